"""The commands that tell how things stand: what is followed and measured, how fresh, what is missing, proof."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalog.wording import many, some
from flows.cli.arguments import Json, Strict, Subjects, Wide, day, ids_of, load_settings, metric_of, metrics_like
from flows.cli.corrections import show_held
from flows.cli.show import print_json, say_mark, say_what_is_ahead, show
from flows.notes import note

if TYPE_CHECKING:
    from flows.settings import Settings
    from flows.stages.verify import Verified

state = typer.Typer()

NAMED = 3
LISTED = 100
"""Of so many subjects the scores are listed; a table of thousands is a question for SQL."""
SUBJECT_COLUMNS = ("id", "name", "kind", "github", "pypi", "stackoverflow_tags", "forum", "chat", "huggingface_tag")
SUBJECT_MORE = (*SUBJECT_COLUMNS, "github_id", "github_former", "papers_framework", "import_names")


@state.command()
def subjects(wide: Wide = False, as_json: Json = False) -> None:
    """List what is followed. With the names under which each source knows it."""
    found = load_settings().followed.subjects
    if as_json:
        print_json([one.model_dump() for one in found])
        return
    rows = [one.model_dump() | {"forum": one.discourse_url, "chat": one.discord_invite} for one in found]
    listed = [
        {key: ", ".join(map(str, cell)) or None if isinstance(cell, list) else cell for key, cell in row.items()}
        for row in rows
    ]
    listed = [{key: None if cell is None else str(cell) for key, cell in row.items()} for row in listed]
    show(listed, SUBJECT_MORE if wide else SUBJECT_COLUMNS)


@state.command()
def metrics(
    name: Annotated[str | None, typer.Argument(help="One metric, or a source.", autocompletion=metrics_like)] = None,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """List what is measured. What it means, in which unit, how long a value stays good."""
    from catalog.metric import METRICS
    from collectors.source import sources

    columns = ("metric", "meaning", "unit", "good_for_days", "past", "definition")
    known = [METRICS[one] for one in METRICS]
    if name is not None:
        of_source = [one for one in known if one.source == name]
        known = of_source or [METRICS[metric_of(name)]]
    elif not as_json:
        known = [one for one in known if one.source in sources()]
        note(f"{len(METRICS) - len(known)} more are curated or derived: speedscore metrics curated")
    rows = [
        {"metric": one.name, "unit": one.unit, "good_for_days": one.max_age_days, "meaning": one.meaning}
        | {"past": one.past, "definition": one.definition}
        for one in known
    ]
    show(rows, columns, as_json=as_json)


@state.command()
def status(
    settings: Annotated[bool, typer.Option("--settings", help="Show the settings, secrets masked.")] = False,
    max_age: Annotated[
        float | None, typer.Option(metavar="H", min=0, help="Exit 1 when the last night ended more than H hours ago.")
    ] = None,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Show how things stand. How fresh each source of a night is, the last runs, the scores, and what is missing."""
    chosen = load_settings()
    if settings:
        found = chosen.in_force
        rows = [{"setting": name, "value": _set(chosen.masked(str(value)))} for name, value in found.items()]
        show(rows, ("setting", "value"), as_json=as_json)
        return
    from flows.stages.reading import reading
    from flows.stages.score import default_days, falls_ahead
    from warehouse.accepted import held_levels
    from warehouse.freshness import freshness
    from warehouse.label import label
    from warehouse.query import rows as ask

    with reading(chosen) as connection:
        fresh, runs, mark = freshness(connection), ask(connection, "last_runs"), label(connection)
        latest, reviews, held = (
            ask(connection, "coverage"),
            ask(connection, "open_review_count"),
            held_levels(connection),
        )
    if as_json:
        print_json({"label": mark, "sources": fresh, "runs": runs, "scores": latest, "reviews": reviews, "held": held})
        _leave_when_late(chosen, max_age)
        return
    say_mark(mark)
    _show_status(fresh, runs, latest)
    if ahead := falls_ahead(chosen, default_days()[0]):
        print()
        title = "Scores that are lost within a month unless sources answer or facts are confirmed"
        show(_by_dimension(ahead), ("dimension", "subjects", "first", "named"), title=title)
    if held:
        print()
        show_held(held)
    if reviews:
        print()
        show(reviews, ("kind", "findings", "facts", "oldest"), title="Facts to look at again: from review_queue")
    _leave_when_late(chosen, max_age)


def _set(value: str) -> str | None:
    return None if value == "None" else value


def _leave_when_late(settings: "Settings", max_age_h: float | None) -> None:
    """Exit 1, with a sentence, where no night landed in the last so many hours: for monitors."""
    if max_age_h is None:
        return
    from flows.stages.check import Verdict
    from flows.stages.health import health

    late = [one for one in health(settings, max_age_h) if one.name == "last_night"]
    if any(one.verdict is Verdict.FAIL for one in late):
        note(f"too old: {late[0].detail}")
        raise typer.Exit(1)


def _show_status(
    fresh: Sequence[dict[str, Any]], runs: Sequence[dict[str, Any]], latest: Sequence[dict[str, Any]]
) -> None:
    """Print the sources that a night asks, the other ones in a line, the runs and the scores."""
    from collectors.source import sources
    from flows.stages.score import as_said

    nightly = {name for name, one in sources().items() if not one.is_optional}
    asked = [row for row in fresh if row["source"] in nightly]
    show(asked, ("source", "newest", "values", "missing", "why"), title="Sources that a night asks")
    _say_reasons(reason for row in asked for reason in (row["why"] or "").split(", "))
    if others := [row for row in fresh if row["source"] not in nightly]:
        values, newest = sum(row["values"] for row in others), max(str(row["newest"])[:10] for row in others)
        note(
            f"{many(len(others), 'other sources')} (documents behind facts, imports): {many(values, 'values')}, the newest of {newest}"
        )
    print()
    columns = ("run_id", "status", "rows", "without_value", "held_back", "undone_by", "started_at")
    show(map(_told_run, runs), columns, title="Last runs, and the rows that each added")
    print()
    show(
        map(as_said, latest[:LISTED]),
        ("subject", "as_of", "speed_score", "status", "coverage", "stale"),
        title="Scores",
    )
    if more := len(latest[LISTED:]):
        note(f"{many(more, 'more subjects')}: speedscore sql 'from leaderboard'")
    say_what_is_ahead(row["as_of"] for row in latest)


def _told_run(run: dict[str, Any]) -> dict[str, Any]:
    """Return a run with names that say what is counted: rows, not what sources were asked for."""
    counted = {"rows": run["observations"], "without_value": run["missing"], "held_back": run["quarantined"]}
    return {**run, **counted, "status": "undone" if run["undone_by"] else run["status"]}


def _by_dimension(ahead: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    by: dict[str, list[dict[str, Any]]] = {}
    for row in ahead:
        by.setdefault(row["dimension"], []).append(row)
    for dimension, rows in by.items():
        named = some((row["subject"] for row in sorted(rows, key=lambda row: str(row["on"]))), NAMED)
        yield {"dimension": dimension, "subjects": len(rows), "first": min(row["on"] for row in rows), "named": named}


@state.command()
def gaps(
    first: Annotated[
        str | None, typer.Option("--from", metavar="D", help="First day; 30 days before the last by default.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="D", help="Last day; today by default.")] = None,
    subject: Subjects = None,
    every: Annotated[bool, typer.Option("--all", help="List each cell, not one line a cause.")] = False,
    wide: Wide = False,
    as_json: Json = False,
    strict: Strict = False,
) -> None:
    """Show what is missing, and why. Cells whose newest answer has no value, and days of a span that can still be had."""
    from catalog.moments import midnight
    from flows.clock import utc_now
    from flows.stages.holes import holes
    from flows.stages.reading import reading
    from flows.stages.spans import Span
    from warehouse.query import rows

    settings = load_settings()
    wanted = ids_of(settings, subject)
    to = day(last) if last else midnight(utc_now().date())
    span = Span(day(first) if first else to - timedelta(days=30), to).forwards()
    with reading(settings) as connection:
        cells = [row for row in rows(connection, "gaps") if not wanted or row["subject"] in wanted]
    found = [row | {"days": 1, "first": row["valid_at"]} for row in cells] + holes(settings, span, wanted)
    columns = ("subject", "metric", "source", "reason", "valid_at", "is_recoverable", "past", "days", "first")
    title = "Newest answers without a value, and days that can still be had"
    if every or as_json:
        show(found, columns, as_json=as_json, title=title)
    else:
        causes = ("source", "reason", "cells", "days", "can_be_had", "subjects", "metrics")
        show(_by_cause(found), causes, title=title)
        _say_reasons(row["reason"] for row in cells)
        note("each cell: speedscore gaps --all; what can be had: speedscore backfill --from D --to D --plan")
    if any(row["reason"] == "quarantined" for row in cells):
        note("quarantined: held back as implausible; where it is real: speedscore accept SUBJECT METRIC")
    raise typer.Exit(3 if strict and cells else 0)


def _say_reasons(reasons: Iterable[str]) -> None:
    """Say in words what the reasons of a table mean, each once."""
    from catalog.observation import Reason

    known = {one.value: one.told for one in Reason}
    if told := [f"{reason}: {known[reason]}" for reason in dict.fromkeys(reasons) if reason in known]:
        note("; ".join(told))


def _by_cause(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each source and reason: cells, days, and how many of the cells can still be had."""
    by: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        by.setdefault((row["source"], row["reason"]), []).append(row)
    return [
        {"source": source, "reason": reason, "cells": len(rows), "days": sum(row["days"] for row in rows)}
        | {"can_be_had": sum(bool(row["is_recoverable"]) for row in rows)}
        | {"subjects": some((row["subject"] for row in rows), NAMED)}
        | {"metrics": some((name for name, _ in Counter(row["metric"] for row in rows).most_common()), NAMED)}
        for (source, reason), rows in sorted(by.items(), key=lambda one: -len(one[1]))
    ]


@state.command()
def verify(
    every: Annotated[bool, typer.Option("--all", help="Draw every interval again, not a part of them.")] = False,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Recompute every stored score from stored inputs. Exit code 1 on any difference."""
    from flows.stages.verify import CASES_DRAWN, verify_scores

    done = verify_scores(load_settings(), None if every else CASES_DRAWN)
    total, found = done.scores, done.differences
    columns = ("subject", "as_of", "rubric", "known_at", "column", "stored", "recomputed")
    if as_json or found.height:
        show(found.to_dicts(), columns, as_json=as_json)
    scores = found.drop_nulls("rubric")
    cases = scores.select("known_at", "rubric", "as_of", "subject").unique().height
    note(f"{done.confirmed:,} of {total:,} stored scores are confirmed, {cases:,} differ")
    if words := found.height - scores.height:
        note(f"{many(words, 'newest words')} (newest_word, metric_latest) are not what was said; bring back a backup")
    if done.drawn:
        note(f"intervals of {done.drawn_again:,} of {many(done.drawn, 'drawn days')} were drawn again{_others(done)}")
    raise typer.Exit(1 if found.height else 0)


def _others(done: "Verified") -> str:
    """Say what of the drawn days is not drawn again."""
    return "" if done.drawn == done.drawn_again else "; the others are as they were kept (--all draws all)"
