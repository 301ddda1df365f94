"""The archive of papers is counted once; what is kept of it is what would be counted again."""

from pathlib import Path

import polars as pl
import pytest

from collectors.upstream import Papers
from flows.stages import kept_counts
from flows.stages.kept_counts import counts_of
from warehouse.papers import counts

LINKS = [
    {"paper_url": f"https://paper/{number}", "repo_url": f"https://code/{number}", "framework": framework}
    for number, framework in enumerate(["pytorch", "tf", "jax", "none", "pytorch", "pytorch", "tf"])
]
PAPERS = [{"paper_url": row["paper_url"], "proceeding": "ICML 2023 7"} for row in LINKS]


def test_the_second_night_counts_nothing_and_has_the_same_counts(archive, counted):
    first = counts_of(archive)
    second = counts_of(archive)

    assert len(counted) == 1
    assert first == second == counts(archive.links, archive.papers)
    assert {share["share"] for share in first} > {0.0, round(3 / 7, 12)}
    assert [list(map(type, row.values())) for row in first] == [list(map(type, row.values())) for row in second]


def test_another_archive_is_counted_anew_and_takes_the_place_of_the_first(archive, counted, tmp_path):
    counts_of(archive)
    newer = kept(tmp_path, LINKS[:-1], "b")
    found = counts_of(newer)

    assert len(counted) == 2
    assert found == counts(newer.links, newer.papers)
    assert len(list(tmp_path.glob("counts-*"))) == 1


def test_other_venues_are_counted_anew(archive, counted, monkeypatch):
    counts_of(archive)
    monkeypatch.setattr("warehouse.papers.NAMED", ("pytorch", "tf"))
    counts_of(archive)

    assert len(counted) == 2


@pytest.mark.parametrize("damage", [b"", b"PAR1"])
def test_what_is_damaged_is_counted_anew(archive, counted, tmp_path, damage):
    first = counts_of(archive)
    [path] = tmp_path.glob("counts-*")
    path.write_bytes(damage)

    assert counts_of(archive) == first
    assert len(counted) == 2


def test_where_nothing_can_be_kept_each_night_counts(archive, counted, monkeypatch):
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(kept_counts, "write_whole", full)

    assert counts_of(archive) == counts_of(archive)
    assert len(counted) == 2


# --- fixtures and builders ---


@pytest.fixture
def archive(tmp_path: Path) -> Papers:
    return kept(tmp_path, LINKS, "a")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note each time that files are counted."""
    found: list[object] = []
    monkeypatch.setattr(kept_counts, "counts", lambda *of: (found.append(of), counts(*of))[1])
    return found


def kept(folder: Path, links: list[dict[str, str]], name: str) -> Papers:
    """Keep an archive whose files are called by a name that stands for their fingerprint."""
    pl.DataFrame(links).with_columns(is_official=pl.lit(value=False)).write_parquet(folder / f"{name}1.parquet")
    pl.DataFrame(PAPERS).write_parquet(folder / f"{name}2.parquet")
    return Papers((folder / f"{name}1.parquet",), (folder / f"{name}2.parquet",), raw_sha256=name, url="u")
