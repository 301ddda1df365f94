"""The commands that correct what has landed: take a run back, take a held level for real. Nothing is deleted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer

from catalog.wording import many
from flows.cli.arguments import Json, Subject, Wide, day, load_settings, metric_of, metrics_like
from flows.cli.show import print_json, show
from flows.notes import note

corrections = typer.Typer()

Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; it is kept with the run.")]
UNDO_COLUMNS = ("metric", "subjects", "retracted", "said_by_others", "first", "last")


@corrections.command()
def undo(
    run: Annotated[str, typer.Argument(help="Id of the run, as `status` and the table `run` name it.")],
    reason: Reason = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be retracted.")] = False,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Take back what a run landed. Figures and scores are as without it, and what was known before stays told."""
    from flows.stages.undo import plan_undo, undo_run

    settings, title = load_settings(), f"Rows that {run} landed"
    if plan:
        show(plan_undo(settings, run), UNDO_COLUMNS, as_json=as_json, title=title)
        return
    done = undo_run(settings, run, reason)
    if as_json:
        scores = {"scored": done.rescored.total, "scores_new": done.rescored.new}
        print_json({"run_id": done.run_id, "undoes": run, "metrics": done.table, **scores})
    else:
        show(done.table, UNDO_COLUMNS, title=title)
    lost = sum(row["retracted"] for row in done.table)
    others = sum(row["said_by_others"] for row in done.table)
    beside = f"; of {many(others, 'rows')} another word stands" if others else ""
    note(f"{run} is undone: {many(lost, 'rows')} retracted{beside}")
    note(
        f"{done.rescored.new:,} of {done.rescored.total:,} scores are new; to let it stand again: speedscore undo {done.run_id}"
    )


@corrections.command()
def accept(
    subject: Subject,
    metric: Annotated[str, typer.Argument(help="Metric whose readings are held back.", autocompletion=metrics_like)],
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day; all days by default.")] = None,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Take for real what was held back. The plausibility gates had held it; `undo` takes that back."""
    from flows.stages.accept import accept_level
    from warehouse.accepted import Acceptance

    settings = load_settings()
    before = day(until) + timedelta(days=1) if until else None
    known, figure = settings.followed.find(subject).id, metric_of(metric)
    done = accept_level(settings, Acceptance(known, figure, before, reason or "taken for real by hand"))
    if as_json:
        print_json({"run_id": done.run_id, "readings": done.readings, "scores_new": done.rescored.new})
    note(
        f"counting now: {many(done.readings, 'readings')} of {figure} of {known}; {done.rescored.new:,} of "
        f"{done.rescored.total:,} scores are new; to take that back: speedscore undo {done.run_id}"
    )


def show_held(held: Sequence[dict[str, Any]]) -> None:
    """Print the levels that are held back, as `held_levels` returns them, and what to do about one that is real."""
    columns = ("subject", "metric", "source", "readings", "since", "before", "value")
    show(held, columns, title="Levels held back; where one is real: speedscore accept SUBJECT METRIC")
    note(f"held back as implausible: {many(len(held), 'levels')}; where one is real: speedscore accept SUBJECT METRIC")
