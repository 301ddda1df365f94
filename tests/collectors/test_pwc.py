"""Papers With Code: the archive's files brought whole, and shares counted by the paper."""

import gzip
import hashlib
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import polars as pl
import pytest

from catalog.load import Catalog
from catalog.observation import Observation, Reason, Status
from catalog.statistics import theil_sen, wilson
from catalog.subject import Subject
from collectors import pwc
from collectors.upstream import Papers, Upstream
from tests.collectors.loopback import MAY_DAY, Asked, Loopback, Reply, always, replaying, seam, serving
from warehouse.papers import PapersError, shares

# --- bringing the files ---


def test_the_five_files_of_the_archive_are_brought(server, tmp_path):
    server.answering = lambda _, asked: Reply(body=asked.path.encode())

    [papers] = collected(server, tmp_path)

    base = "/datasets/pwc-archive"
    assert [path.read_text() for path in papers.links] == [
        f"{base}/links-between-paper-and-code/resolve/main/data/train-00000-of-00001.parquet"
    ]
    assert [path.read_text() for path in papers.papers] == [
        f"{base}/papers-with-abstracts/resolve/main/data/train-0000{part}-of-00004.parquet" for part in range(4)
    ]
    assert papers.raw_sha256 == hashlib.sha256(papers.links[0].read_bytes()).hexdigest()


def test_the_files_of_papers_are_asked_for_at_once(server, tmp_path):
    all_ask = Barrier(4)

    def answer(_: object, asked: Asked) -> Reply:
        if "papers-with-abstracts" in asked.path:
            all_ask.wait(10)
        return Reply(body=asked.path.encode())

    server.answering = answer
    [papers] = collected(server, tmp_path)

    assert [path.read_text().partition("-0000")[2][0] for path in papers.papers] == ["0", "1", "2", "3"]


def test_the_token_goes_to_the_hub_and_not_to_its_cdn(server, tmp_path):
    with serving(always(Reply(body=b"PAR1"))) as cdn:
        server.answering = always(Reply(302, headers={"Location": f"{cdn.url}/blob"}))

        collected(server, tmp_path, token="sesame")

        assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer sesame"}
        assert all("authorization" not in asked.headers for asked in cdn.asked)


def test_where_there_is_no_parquet_the_dump_of_json_is_brought(server, tmp_path):
    server.answering = lambda _, asked: Reply(404) if "parquet" in asked.path else Reply(body=asked.path.encode())

    [papers] = collected(server, tmp_path)

    assert [path.name.partition(".")[2] for path in (*papers.links, *papers.papers)] == ["json.gz", "json.gz"]
    assert papers.url.endswith("/resolve/main/links-between-papers-and-code.json.gz")


def test_the_dump_is_brought_from_where_it_once_lay_and_the_log_tells_so(server, tmp_path, caplog):
    server.answering = lambda _, asked: Reply(body=b"[]") if asked.path.startswith("/about/") else Reply(404)

    [papers] = collected(server, tmp_path)

    assert papers.url == f"{server.url}/about/links-between-papers-and-code.json.gz"
    assert [asked.path for asked in server.asked[-2:]] == [
        "/about/links-between-papers-and-code.json.gz",
        "/about/papers-with-abstracts.json.gz",
    ]
    assert "train-00000-of-00001.parquet is not there (404); in its place: about/links" in caplog.text


def test_half_a_form_is_none_so_that_links_and_papers_are_of_one(server, tmp_path):
    server.answering = lambda _, asked: Reply(404) if "00003-of-00004" in asked.path else Reply(body=b"x")

    [papers] = collected(server, tmp_path)

    assert {path.name.partition(".")[2] for path in (*papers.links, *papers.papers)} == {"json.gz"}


def test_what_broke_off_behind_a_redirect_goes_on_behind_it_without_the_token(server, tmp_path):
    body = bytes(600_000)

    def answer(wire, asked):
        if "range" in asked.headers:
            start = int(asked.headers["range"][6:-1])
            return Reply(206, body[start:], {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})
        wire.send(Reply(200, body[:400_000], {"ETag": '"1"'}, len(body)))
        return None

    with serving(answer) as cdn:
        server.answering = always(Reply(302, headers={"Location": f"{cdn.url}/blob"}))
        [papers] = collected(server, tmp_path, token="sesame")

        assert papers.links[0].read_bytes() == body
        assert {asked.headers.get("authorization") for asked in cdn.asked} == {None}
        assert cdn.asked[1].headers["if-range"] == '"1"'


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(404), Reason.NOT_FOUND),
        (Reply(401), Reason.RESTRICTED),
        (Reply(429), Reason.RATE_LIMITED),
        (Reply(503), Reason.UNREACHABLE),
    ],
    ids=["gone", "refused", "limited", "down"],
)
def test_an_archive_that_cannot_be_had_is_missing_for_every_subject_and_share(server, tmp_path, reply, reason):
    server.answering = always(reply)

    found = collected(server, tmp_path)

    assert {one.reason for one in found} == {reason}
    assert {one.metric for one in found} == {metric.name for metric in pwc.SHARES}


def test_a_kept_run_finds_the_same_files_without_network(server, tmp_path):
    server.answering = lambda _, asked: Reply(body=asked.path.encode())
    first = collected(server, tmp_path)

    with replaying(tmp_path) as http:
        again = list(pwc.collect([subject("pytorch")], Upstream(http, server.url, folder=tmp_path), MAY_DAY))

    assert again == first


# --- shares ---


def test_the_recorded_links_give_the_shares_of_the_tagged(recorded, tmp_path):
    rows = json.loads(gzip.decompress((recorded / "pwc/links-between-papers-and-code.reshaped.json.gz").read_bytes()))
    tagged = Counter(row["framework"] for row in rows if row["framework"] != "none")

    assert (len(rows), tagged.total()) == (1_555, 938)
    for name, share in (("pytorch", 0.6898), ("tf", 0.2228), ("jax", 0.0267)):
        # Each link a paper of its own: then a share of papers is the share of the links.
        alone = [row | {"paper_url": f"p{number}"} for number, row in enumerate(rows)]
        found = of_venue(tmp_path, alone, [row["paper_url"] for row in alone], name)
        assert (round(found.value, 4), found.n) == (share, 938)


def test_the_recorded_papers_are_counted_by_fractions_that_sum_to_one(recorded, tmp_path):
    rows = json.loads(gzip.decompress((recorded / "pwc/links-between-papers-and-code.reshaped.json.gz").read_bytes()))
    papers = sorted({row["paper_url"] for row in rows})
    named = [row for row in rows if row["framework"] != "none"]

    per_paper: dict[str, set[tuple[str, str]]] = {}
    for row in named:
        per_paper.setdefault(row["paper_url"], set()).add((row["repo_url"].lower(), row["framework"]))
    by_hand = sum(sum(fw == "pytorch" for _, fw in some) / len(some) for some in per_paper.values()) / len(per_paper)

    found = of_venue(tmp_path, rows, papers, "pytorch")
    assert found.n == len(per_paper)
    assert found.value == pytest.approx(by_hand)


def test_a_paper_with_several_repositories_counts_by_fractions(tmp_path):
    rows = [link("a", "r1", "pytorch"), link("a", "r2", "tf"), link("a", "r3", "none"), link("b", "r4", "pytorch")]

    assert of_venue(tmp_path, rows, ["a", "b"], "pytorch").value == pytest.approx(3 / 4)
    assert of_venue(tmp_path, rows, ["a", "b"], "tf").value == pytest.approx(1 / 4)


def test_a_paper_without_a_known_framework_is_in_no_base(tmp_path):
    rows = [link("a", "r1", "pytorch"), link("b", "r2", "none"), link("d", "r3", None)]

    found = of_venue(tmp_path, rows, ["a", "b", "c", "d"], "pytorch")

    assert (found.value, found.n) == (1, 1)


def test_the_same_link_twice_counts_once(tmp_path):
    rows = [link("a", "r1", "pytorch"), link("a", "R1 ", "PyTorch"), link("a", "r2", "tf")]

    assert of_venue(tmp_path, rows, ["a"], "pytorch").value == pytest.approx(1 / 2)


@pytest.mark.parametrize(
    "again",
    ["https://github.com/o/r/", "http://github.com/o/r", "https://www.github.com/O/R.git", "github.com/o/r.git/"],
)
def test_a_repository_is_one_however_its_address_is_written(tmp_path, again):
    rows = [link("a", "https://github.com/o/r", "pytorch"), link("a", again, "pytorch"), link("a", "r2", "tf")]

    assert of_venue(tmp_path, rows, ["a"], "pytorch").value == pytest.approx(1 / 2)


@pytest.mark.parametrize("nowhere", ["", "  ", "https://"])
def test_a_link_that_leads_nowhere_is_no_code(tmp_path, nowhere):
    rows = [link("a", "r1", "pytorch"), link("b", nowhere, "none")]
    papers = [paper("a", "ICML 2023 7"), paper("b", "ICML 2023 7")]

    found = {one.metric: (one.value, one.n) for one in everything(tmp_path, rows, papers, "pytorch")}

    assert found["pwc.share_icml_2023_e1"] == (1, 1)


@pytest.mark.parametrize(
    ("url", "proceeding"), [("a/", "ICML 2023 7"), (" a", " ICML 2023 7"), ("a", "\tICML  2023 07 ")]
)
def test_space_around_what_a_row_tells_and_a_slash_behind_an_address_make_no_difference(tmp_path, url, proceeding):
    [found] = told(tmp_path, [link("a", "r1", "pytorch")], [paper(url, proceeding)], "pytorch")

    assert (found.metric, found.valid_at, found.value) == ("pwc.share_icml_2023", datetime(2023, 8, 1), 1)


def test_a_framework_that_no_paper_of_the_venue_uses_has_zero_there(tmp_path):
    rows = [link("a", "r1", "pytorch"), link("b", "r2", "jax")]
    papers = [paper("a", "NeurIPS 2023 12"), paper("b", "ICML 2023 7")]

    found = {one.metric: one.value for one in told(tmp_path, rows, papers, "jax")}

    assert found["pwc.share_neurips_2023"] == 0
    assert found["pwc.share_icml_2023"] == 1


@pytest.mark.parametrize(
    ("proceeding", "metric", "valid_at"),
    [
        ("NeurIPS 2023 12", "pwc.share_neurips_2023", datetime(2024, 1, 1)),
        ("NIPS 2016 12", "pwc.share_neurips_2016", datetime(2017, 1, 1)),
        ("ICML 2018 7", "pwc.share_icml_2018", datetime(2018, 8, 1)),
        ("ICLR 2022 4", "pwc.share_iclr_2022", datetime(2022, 5, 1)),
        ("ICLR 2022", "pwc.share_iclr_2022", datetime(2023, 1, 1)),
    ],
)
def test_a_proceeding_names_venue_year_and_the_month_after_which_it_is_known(tmp_path, proceeding, metric, valid_at):
    [found] = told(tmp_path, [link("a", "r1", "pytorch")], [paper("a", proceeding)], "pytorch")

    assert (found.metric, found.valid_at) == (metric, valid_at)


@pytest.mark.parametrize("proceeding", [None, "", "KDD 2020 6", "NeurIPS", "ICML twenty", "NeurIPS Workshop 2020 12"])
def test_a_proceeding_of_another_kind_is_left_out(tmp_path, proceeding):
    assert told(tmp_path, [link("a", "r1", "pytorch")], [paper("a", proceeding)], "pytorch") == []


@pytest.mark.parametrize("month", ["0", "13", "99"])
def test_a_month_that_there_is_not_costs_the_month_and_not_the_archive(tmp_path, month):
    [found] = told(tmp_path, [link("a", "r1", "pytorch")], [paper("a", f"ICLR 2022 {month}")], "pytorch")

    assert (found.metric, found.valid_at) == ("pwc.share_iclr_2022", datetime(2023, 1, 1))


def test_the_recorded_row_of_papers_is_read(recorded, tmp_path):
    [row] = json.loads((recorded / "pwc/papers-with-abstracts.exact-shape-1row.json").read_text())

    [found] = told(tmp_path, [link(row["paper_url"], "r", "pytorch")], [row], "pytorch")

    assert (found.metric, found.valid_at) == ("pwc.share_neurips_2018", datetime(2019, 1, 1))


def test_a_share_knows_its_base_its_interval_and_that_it_is_frozen(tmp_path):
    rows = [link(str(number), f"r{number}", "pytorch" if number < 3 else "tf") for number in range(4)]

    found = of_venue(tmp_path, rows, [str(number) for number in range(4)], "pytorch")

    assert (found.n, found.value, found.method) == (4, 0.75, "archived")
    assert (round(found.lo, 4), round(found.hi, 4)) == (0.3006, 0.9544)
    assert found.definition == "pwc_share_e2@1;frozen at 2025-07"


def test_a_slope_knows_nothing_of_later_years(tmp_path):
    counts = {2019: 1, 2020: 2, 2021: 3, 2022: 4}
    rows, papers = [], []
    for year, number in counts.items():
        for paper_number in range(4):
            url = f"{year}-{paper_number}"
            rows.append(link(url, url, "pytorch" if paper_number < number else "tf"))
            papers.append(paper(url, f"ICML {year} 7"))

    slopes = [one for one in told(tmp_path, rows, papers, "pytorch") if one.metric == "pwc.share_slope_pp"]

    assert [(one.valid_at.year, round(one.value, 9), one.n) for one in slopes] == [
        (2020, 25, 2),
        (2021, 25, 3),
        (2022, 25, 4),
    ]
    assert {one.status for one in slopes} == {Status.DERIVED}


def test_the_slope_is_the_median_of_pairs_so_one_odd_year_hardly_moves_it():
    assert theil_sen([(2019, 1), (2020, 2), (2021, 9), (2022, 4), (2023, 5)]) == 1
    assert theil_sen([(2020, 1)]) is None
    assert theil_sen([(2020, 1), (2020, 2)]) is None


def test_the_interval_of_wilson_stays_within_none_and_all():
    assert wilson(0.0, 10) == (0, pytest.approx(0.2775, abs=1e-4))
    assert wilson(1.0, 10) == (pytest.approx(0.7225, abs=1e-4), pytest.approx(1))


@pytest.mark.parametrize("body", [b"<html>", b"", b"PAR1"], ids=["HTML", "nothing", "the mark alone"])
def test_files_that_are_not_the_archive_say_so_in_one_line(tmp_path, body):
    path = tmp_path / "x.parquet"
    path.write_bytes(body)

    with pytest.raises(PapersError, match="cannot be read") as caught:
        shares([path], [path], catalog("pytorch"))

    assert "\n" not in str(caught.value)


def test_a_file_without_the_columns_that_count_is_not_the_archive(tmp_path):
    pl.DataFrame({"paper": ["a"]}).write_parquet(tmp_path / "x.parquet")

    with pytest.raises(PapersError, match="not found"):
        shares([tmp_path / "x.parquet"], [tmp_path / "x.parquet"], catalog("pytorch"))


# --- the other estimands, and the dump of JSON ---


def link(paper_url: str, repo_url: str, framework: str | None, *, is_official: bool = False) -> dict[str, Any]:
    return {"paper_url": paper_url, "repo_url": repo_url, "framework": framework, "is_official": is_official}


MIXED = [
    link("a", "r1", "pytorch", is_official=True),
    link("a", "r2", "none"),
    link("b", "r3", "tf"),
    link("b", "r4", "pytorch", is_official=True),
    link("b", "r5", "jax"),
    link("c", "r6", "none", is_official=True),
    link("d", "r7", "jax", is_official=True),
]


@pytest.mark.parametrize(
    ("variant", "share", "n"),
    [
        ("", (1 + 1 / 3 + 0) / 3, 3),
        ("_e1", (1 / 2 + 1 / 3 + 0 + 0) / 4, 4),
        ("_e3", (1 + 1 / 2) / 2, 2),
        ("_e4", (1 / 2 + 1 / 3 + 0 + 0) / 5, 5),
        ("_official", (1 + 1 + 0) / 3, 3),
        ("_e1_official", (1 + 1 + 0 + 0) / 4, 4),
        ("_e3_official", 1.0, 2),
        ("_e4_official", (1 + 1 + 0 + 0) / 5, 5),
    ],
)
def test_each_estimand_has_its_own_base(tmp_path, variant, share, n):
    papers = [paper(url, "ICML 2023 7") for url in "abcde"]

    found = {one.metric: one for one in everything(tmp_path, MIXED, papers, "pytorch")}

    one = found[f"pwc.share_icml_2023{variant}"]
    assert (one.value, one.n) == (pytest.approx(share, abs=1e-9), n)
    assert (one.lo, one.hi) == wilson(one.value, n)
    assert one.definition.endswith(";frozen at 2025-07")


def test_the_pairwise_share_is_told_of_the_pair_alone(tmp_path):
    found = {one.metric for one in everything(tmp_path, MIXED, [paper(url, "ICML 2023 7") for url in "abcde"], "jax")}

    assert "pwc.share_icml_2023_e1" in found
    assert "pwc.share_icml_2023_e3" not in found


def test_other_venues_are_kept_beside_those_that_are_scored_and_bend_no_slope(tmp_path):
    papers = [paper("a", "CVPR 2020 6"), paper("b", "CVPR 2021 6")]

    found = told(tmp_path, [link("a", "r1", "pytorch"), link("b", "r2", "tf")], papers, "pytorch")

    assert {one.metric: one.value for one in found} == {"pwc.share_cvpr_2020": 1, "pwc.share_cvpr_2021": 0}


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_the_dump_of_json_tells_the_same_as_the_parquet_files(tmp_path, suffix):
    papers = [paper(url, "ICML 2023 7") | {"abstract": "x" * 3_000} for url in "abcde"]
    expected = everything(tmp_path, MIXED, papers, "pytorch")
    for name, rows in (("links", MIXED), ("papers", papers)):
        body = json.dumps(rows).encode()
        (tmp_path / f"{name}{suffix}").write_bytes(gzip.compress(body) if suffix.endswith("gz") else body)

    links, of_papers = tmp_path / f"links{suffix}", tmp_path / f"papers{suffix}"
    assert shares([links], [of_papers], catalog("pytorch"), url="u", raw_sha256="s") == expected


def test_an_odd_word_on_who_wrote_a_repository_costs_itself_and_not_the_archive(tmp_path):
    rows = [link("a", "r1", "pytorch") | {"is_official": "maybe"}, link("b", "r2", "tf", is_official=True)]
    for name, told_rows in (("links", rows), ("papers", [paper("a", "ICML 2023 7"), paper("b", "ICML 2023 7")])):
        (tmp_path / f"{name}.json").write_text(json.dumps(told_rows), encoding="utf-8")

    found = shares([tmp_path / "links.json"], [tmp_path / "papers.json"], catalog("pytorch"))

    values = {one.metric: (one.value, one.n) for one in found}
    assert values["pwc.share_icml_2023"] == (0.5, 2)
    assert values["pwc.share_icml_2023_official"] == (0, 1)


def test_a_dump_is_read_by_what_it_is_and_not_by_its_name(tmp_path):
    for name, rows in (("links", MIXED), ("papers", [paper(url, "ICML 2023 7") for url in "abcde"])):
        (tmp_path / f"{name}.json.gz").write_text(json.dumps(rows), encoding="utf-8")
        (tmp_path / f"{name}.json").write_bytes(gzip.compress(json.dumps(rows).encode()))

    named_packed, packed = (
        shares([tmp_path / f"links{suffix}"], [tmp_path / f"papers{suffix}"], catalog("pytorch"))
        for suffix in (".json.gz", ".json")
    )
    assert named_packed == packed != []


def test_the_recorded_dump_gives_the_counted_shares_of_each_year(recorded, tmp_path):
    """Each link a paper of its own, each arXiv year a venue year; an old-style id names its year as well."""
    rows = json.loads(gzip.decompress((recorded / "pwc/links-between-papers-and-code.reshaped.json.gz").read_bytes()))
    alone = [row | {"paper_url": f"p{number}"} for number, row in enumerate(rows)]
    papers = [
        paper(row["paper_url"], f"ICML {arxiv_year(row['paper_arxiv_id'])} 7") for row in alone if row["paper_arxiv_id"]
    ]
    for name, some in (("links", alone), ("papers", papers)):
        (tmp_path / f"{name}.json.gz").write_bytes(gzip.compress(json.dumps(some).encode()))

    counted = {}
    for framework in ("pytorch", "tf", "jax"):
        files = [tmp_path / "links.json.gz"], [tmp_path / "papers.json.gz"]
        for one in shares(*files, catalog(framework)):
            if one.metric.endswith("_e1"):
                counted[framework, one.metric[-7:-3]] = round(one.value * one.n, 6)

    assert {
        year: [counted[name, year] for name in ("pytorch", "tf", "jax")] for year in map(str, range(2019, 2024))
    } == {
        "2019": [64, 27, 1],
        "2020": [77, 24, 3],
        "2021": [104, 18, 6],
        "2022": [124, 13, 5],
        "2023": [120, 6, 7],
    }


def test_a_header_row_in_the_middle_of_the_links_counts_for_nothing(tmp_path):
    header = {name: name for name in ("paper_url", "repo_url", "framework")} | {"is_official": None}
    rows = [link("a", "r1", "pytorch"), header, link("b", "r2", "tf")]
    papers = [paper("a", "ICML 2023 7"), paper("paper_url", "proceeding"), paper("b", "ICML 2023 7")]

    [found] = told(tmp_path, rows, papers, "pytorch")

    assert (found.value, found.n) == (0.5, 2)


def test_a_dump_that_is_cut_short_is_not_the_archive(tmp_path):
    (tmp_path / "x.json.gz").write_bytes(gzip.compress(json.dumps(MIXED).encode())[:-30])

    with pytest.raises(PapersError, match="cannot be read"):
        shares([tmp_path / "x.json.gz"], [tmp_path / "x.json.gz"], catalog("pytorch"))


def test_the_recorded_rows_in_the_dump_s_own_shape_are_read(recorded):
    folder = recorded / "pwc"
    links, papers = (
        folder / "links-between-papers-and-code.exact-shape-3rows.json",
        folder / "papers-with-abstracts.exact-shape-1row.json",
    )

    assert shares([links], [papers], catalog("pytorch")) == []


# --- builders ---

SCHEMA = {
    "links": dict.fromkeys(("paper_url", "repo_url", "framework"), pl.String) | {"is_official": pl.Boolean},
    "papers": dict.fromkeys(("paper_url", "proceeding"), pl.String),
}


def arxiv_year(arxiv_id: str) -> int:
    """Return the year in an id, as 2005.03776 or cs/0112017."""
    year = int(arxiv_id.rpartition("/")[2][:2])
    return 2000 + year if year < 91 else 1900 + year


def subject(framework: str) -> Subject:
    return Subject(id="it", name="It", kind="framework", github="o/it", papers_framework=framework)


def catalog(framework: str) -> Catalog:
    return Catalog(subjects=(subject(framework),))


def collected(server: Loopback, folder: Path, token: str | None = None) -> list[Observation | Papers]:
    with seam(folder, max_wait_s=1) as http:
        return list(pwc.collect([subject("pytorch")], Upstream(http, server.url, token, folder=folder), MAY_DAY))


def paper(paper_url: str, proceeding: str | None) -> dict[str, Any]:
    return {"paper_url": paper_url, "proceeding": proceeding}


def told(folder: Path, links: list[dict[str, Any]], papers: list[dict[str, Any]], framework: str) -> list[Observation]:
    """Return what the two files tell of a framework by the estimand that is scored, and the slope."""
    found = everything(folder, links, papers, framework)
    return [one for one in found if one.metric.endswith("_pp") or one.metric[-4:].isdigit()]


def everything(
    folder: Path, links: list[dict[str, Any]], papers: list[dict[str, Any]], framework: str
) -> list[Observation]:
    """Return all that the two files tell of a framework."""
    for name, rows in (("links", links), ("papers", papers)):
        types = SCHEMA[name]
        frame = pl.DataFrame([{key: row[key] for key in types} for row in rows], schema=types)
        frame.write_parquet(folder / f"{name}.parquet")
    return shares([folder / "links.parquet"], [folder / "papers.parquet"], catalog(framework), url="u", raw_sha256="s")


def of_venue(folder: Path, links: list[dict[str, Any]], papers: list[str], framework: str) -> Observation:
    """Return the share at one made-up venue year where all the papers stand."""
    [found] = told(folder, links, [paper(url, "ICML 2023 7") for url in papers], framework)
    return found
