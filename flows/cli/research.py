"""The commands on research adoption: how well code is classified, and what shares follow."""

from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.arguments import Json, Wide
from flows.cli.show import print_json, show
from flows.notes import note

research = typer.Typer(
    name="research", help="Estimate research adoption. How well code is classified, and what follows."
)

Labels = Annotated[
    Path, typer.Argument(metavar="PATH", help="File of labelled repositories, or the folder of research data.")
]
Links = Annotated[Path | None, typer.Option("--archive", metavar="CSV", help="Links of the frozen archive.")]
RATES = (
    "precision",
    "precision_lo",
    "precision_hi",
    "recall",
    "recall_lo",
    "recall_hi",
    "hits",
    "false_alarms",
    "misses",
)
SERIES = ("series", "venue", "year", "framework", "estimand", "value", "lo", "hi", "n")


@research.callback()
def about() -> None:
    """Estimate research adoption. How well code is classified, and what follows."""


@research.command()
def evaluate(path: Labels, archive: Links = None, wide: Wide = False, as_json: Json = False) -> None:
    """Say how well repositories are classified: precision, recall and confusion against established labels."""
    from flows.stages.research import evaluation, labelled_at, weighed
    from flows.stages.research_series import archive_at

    labelled = labelled_at(path)
    found = evaluation(labelled)
    found["archive"]["weighed"] = weighed(labelled, archive_at(archive)) if archive else []
    if as_json:
        print_json(found)
        return
    _show_quality(found)
    _show_archive(found["archive"])


@research.command()
def estimate(
    path: Labels,
    mentions: Annotated[Path | None, typer.Option("--mentions", metavar="CSV", help="Horace He's counts.")] = None,
    archive: Links = None,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Say which shares follow from labelled repositories of venues, beside the two older series."""
    from flows.stages.research import labelled_at
    from flows.stages.research_series import archive_at, archived, estimates, mentioned, mentions_at

    rows = list(estimates(labelled_at(path)))
    if archive is not None:
        rows = [*archived(archive_at(archive)), *rows]
    if mentions is not None:
        rows = [*mentioned(mentions_at(mentions)), *rows]
    show([_rounded(one) for one in rows] if not as_json else rows, SERIES, as_json=as_json, title="Shares in research")
    if not rows:
        note("no labelled repository names its venue and year; no share follows")


def _show_quality(found: dict[str, Any]) -> None:
    _table(found["frameworks"], ("framework", *RATES), f"{found['repositories']} repositories, read by their imports")
    _table(found["confusion"], ("truth", "told", "repositories"), "How often each truth was told as what")
    _table(
        found["periods"], ("period", "repositories", "framework", *RATES), "By venue, else by year of the last commit"
    )
    columns = ("repository", "truth", "told", "archive", "importing", "files_read")
    _table(found["disagreements"], columns, "Where the label says otherwise")
    weak = found["manifests_alone"]
    if weak["repositories"]:
        title = f"{weak['repositories']} repositories of which only manifests are known, against the archive's labels"
        _table(weak["frameworks"], ("framework", *RATES), title)


def _show_archive(found: dict[str, Any]) -> None:
    for span, words in (("all", "all years"), ("overlap", "last commit in 2023 or 2024")):
        one = found[span]
        if one["repositories"]:
            where = f"{one['repositories']} repositories, {words}"
            _table(
                one["labels"], ("archive", "repositories", "right"), f"The archive's label as main framework: {where}"
            )
            _table(one["confusion"], ("archive", "ours", "repositories"), f"The archive against our imports: {where}")
            columns = ("framework", "value", "lo", "hi", "both", "first_only", "second_only")
            _table(one["factors"], columns, f"Ours for each one of the archive's: {where}")
    shares = ("framework", "archive", "ours", "factor", "lo", "hi")
    _table(found["weighed"], shares, "Shares among named frameworks at the archive's own mix of 2023 and 2024")


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...], title: str) -> None:
    if rows:
        print(title)
        show([_rounded(one) for one in rows], columns)
        print()


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}
