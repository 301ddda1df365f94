"""The command line. Commands that do not collect never import Prefect."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import InputError
from catalog.wording import many
from flows.cli.arguments import (
    AsOf,
    Gh,
    Json,
    KnownAt,
    Rubric,
    Sources,
    Strict,
    Subjects,
    Wide,
    day,
    ids_of,
    load_settings,
    moment,
)
from flows.cli.backtests import backtests
from flows.cli.corrections import corrections
from flows.cli.discovery import discovery
from flows.cli.ending import INTERRUPTED, ending, leave_when_interrupted, leaving, survive_readers
from flows.cli.guide import Ordered, arrange
from flows.cli.keeping import keeping
from flows.cli.queries import queries
from flows.cli.reports import reports
from flows.cli.show import say_mark, say_what_is_ahead, show
from flows.cli.state import state
from flows.cli.venues import research
from flows.notes import note

app = typer.Typer(
    name="speedscore",
    cls=Ordered,
    help="Measure the ecosystems of machine-learning frameworks every night, and score any past day.",
    epilog="First:\n\n$ speedscore demo\n\n$ speedscore nightly\n\n$ speedscore card pytorch",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich" if sys.stdout and sys.stdout.isatty() else None,  # half of what help takes in a pipe
)
app.add_typer(reports)
app.add_typer(backtests)
app.add_typer(queries)
app.add_typer(corrections)
app.add_typer(state)
app.add_typer(discovery)
app.add_typer(keeping)
app.add_typer(research)


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        print(f"speedscore {version('speedscore')}")
        raise typer.Exit


PARTS = ("ecosystem", "production", "research", "learning", "performance")
SCORE_COLUMNS = (
    "subject",
    "name",
    "as_of",
    "rubric",
    "speed_score",
    "p5",
    "p95",
    "lo",
    "hi",
    *PARTS,
    "coverage",
    "measured_share",
    "status",
)
SAID_COLUMNS = ("name", "as_of", "speed_score", "interval", "status", "coverage", "rubric", *PARTS)
"""For machines and for people, who see the last ones only where there is room."""


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Measure the ecosystems of machine-learning frameworks every night, and score any past day."""


@app.command()
def nightly(
    subject: Subjects = None,
    source: Sources = None,
    strict: Strict = False,
    as_json: Json = False,
    wide: Wide = False,
    gh: Gh = False,
    replay: Annotated[str | None, typer.Option(metavar="RUN", help="Ask nobody: use a run's kept answers.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Ask nobody: land nights that fetched and died.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be asked, at most.")] = False,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only collect and land the I-th of N parts of the subjects.")
    ] = None,
) -> None:
    """Collect now, land, publish, score, report."""
    settings = load_settings()
    subject = ids_of(settings, subject)
    if resume:
        if subject or source or replay or plan or shard:
            raise InputError("--resume lands whole nights as they were asked; leave the other options out")
        from flows.cli.runs import run_resume

        is_sound = run_resume(settings, as_json=as_json)
        raise typer.Exit(3 if strict and not is_sound else 0)
    if shard:
        from flows.stages.shard import shard_of

        subject = shard_of(subject or [one.id for one in settings.followed.subjects], shard)
        if not subject:
            note(f"shard {shard} has no subject; there is nothing to ask")
            return
    if plan:
        from flows.stages.collect import plan_night

        columns = ("source", "resource", "calls", "limit", "period")
        show(plan_night(settings, subject, source or []), columns, as_json=as_json, title="Calls of a night, at most")
        return
    from flows.imports import importing
    from flows.orchestration.server import begin_server

    if not (source or replay):  # which may yet be refused; then the server begins once they are found to be good
        begin_server()
    with importing():
        from flows.cli.runs import run_nightly, run_shard

    if shard:
        night = run_shard(settings, subject, source or [], replay)
        note("next, when every shard has landed: speedscore score, then speedscore report")
    else:
        night = run_nightly(settings, subject, source or [], replay, as_json=as_json)
    raise typer.Exit(3 if strict and not night.is_sound else 0)


@app.command()
def backfill(
    first: Annotated[str, typer.Option("--from", metavar="D", help="First day.")],
    last: Annotated[str, typer.Option("--to", metavar="D", help="Last day.")],
    subject: Subjects = None,
    source: Sources = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be asked.")] = False,
    gh: Gh = False,
    as_json: Json = False,
    wide: Wide = False,
    strict: Strict = False,
) -> None:
    """Fill missing days that a source can still answer for."""
    settings = load_settings()
    subject = ids_of(settings, subject)
    from flows.cli.runs import run_backfill, show_plan
    from flows.stages.spans import Span

    span = Span(day(first), day(last))
    if plan:
        show_plan(settings, span, subject, source or [], as_json=as_json)
        return
    night = run_backfill(settings, span, subject, source or [], as_json=as_json)
    raise typer.Exit(3 if strict and not night.is_sound else 0)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; kinds are told by their columns.")],
    as_json: Json = False,
    wide: Wide = False,
    strict: Strict = False,
) -> None:
    """Load dated trackers and archives. Known are best-of, Github-Ranking, OpenDigger, commit logs, Papers With Code."""
    from flows.stages.importing import import_files

    reports, landed = import_files(load_settings(), paths)
    columns = ("file", "kind", "read", "kept", "not_followed", "refused", "observations")
    rows = [
        vars(one)
        | {"file": one.path.name, "kind": one.kind or "not a tracker", "kept": one.kept, "refused": one.refused.total()}
        for one in reports
    ]
    show(rows, columns, as_json=as_json)
    for one in reports:
        for why, times in one.refused.most_common(5):
            note(f"{one.path.name}: refused {many(times, 'times')}: {why}")
    note(
        f"{many(landed.observations, 'new observations')}, {many(landed.missing, 'empty cells')}, "
        f"{landed.quarantined:,} held back by the plausibility gates, {landed.revised:,} revised, {landed.refused:,} of impossible days refused"
    )
    refused = sum(one.refused.total() for one in reports)
    raise typer.Exit(3 if strict and (refused or landed.quarantined) else 0)


@app.command()
def score(
    as_of: AsOf = None,
    first: Annotated[str | None, typer.Option("--from", metavar="D", help="First day of a span.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="D", help="Last day of a span.")] = None,
    every: Annotated[str, typer.Option(help="Step of the span: day, week or month.")] = "day",
    rubric: Rubric = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    wide: Wide = False,
    strict: Strict = False,
) -> None:
    """Score from what is stored; never fetches."""
    from flows.stages.reading import mark_of
    from flows.stages.score import as_said, default_days, leaderboard, score_days
    from flows.stages.spans import days_between

    if as_of and (first or last):
        raise InputError("--as-of is one day, --from and --to are a span; give one or the other")
    if bool(first) is not bool(last):
        raise InputError("a span needs both --from and --to")
    days = default_days() if not as_of else [day(as_of)]
    if first and last:
        days = days_between(day(first).date(), day(last).date(), every)
    settings = load_settings()
    kept = score_days(settings, days, rubric, moment(known_at) if known_at else None)
    found = leaderboard(kept.scores, kept.names)
    if len(days) > 1:
        found = sorted(found, key=lambda row: (row["as_of"], row["subject"]))
    if as_json:
        show(found, (*SCORE_COLUMNS, "reason"), as_json=True)
    else:
        say_mark(mark_of(settings))
        show(map(as_said, found), SAID_COLUMNS)
        say_what_is_ahead(days)
    note(f"{kept.new:,} of {kept.total:,} scores are new; known at {kept.known_at:%Y-%m-%d %H:%M:%S} UTC")
    withheld = sum(row["status"] == "withheld" for row in found)
    raise typer.Exit(3 if strict and withheld else 0)


@app.command()
def demo(
    keep: Annotated[Path | None, typer.Option(help="Keep the demo's warehouse and site in this folder.")] = None,
    subject: Subjects = None,
    wide: Wide = False,
) -> None:
    """Run everything against a local replica. It stands for the upstreams; all figures are invented, and marked DEMO."""
    from flows.cli.demo import run_demo

    raise typer.Exit(run_demo(keep, ids_of(load_settings(), subject)))


@app.command()
def serve() -> None:
    """Run the schedules in one process. Nightly at 02:00 UTC, scoring on fresh snapshots, a weekly report."""
    settings = load_settings()
    from flows.orchestration.serving import serve_schedules

    signal.signal(signal.SIGINT, signal.default_int_handler)  # Prefect ends the runs in hand, then comes back
    serve_schedules(settings)
    raise typer.Exit(INTERRUPTED)


arrange(app, reports, queries, corrections, state, discovery, keeping)


def main() -> None:
    """Run the command line; whatever goes wrong is one sentence and an exit code."""
    from flows.proxies import spare_own_server

    spare_own_server()
    survive_readers()
    leave_when_interrupted()
    with leaving(), ending():
        app(standalone_mode=True)
