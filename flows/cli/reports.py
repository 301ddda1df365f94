"""The commands that tell of scores: cards, explanations, the site."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalog.errors import InputError
from catalog.names import repository_of
from catalog.wording import many
from flows.cli.arguments import (
    AsOf,
    Gh,
    Json,
    KnownAt,
    Rubric,
    Subject,
    Wide,
    day,
    ids_of,
    load_settings,
    moment,
    subjects_like,
)
from flows.cli.show import print_json, say_mark, show
from flows.notes import note, tell

if TYPE_CHECKING:
    from catalog.subject import Subject as Known
    from flows.settings import Settings
    from flows.stages.compare import Compared

reports = typer.Typer()

LEAST_COMPARED = 2
MOST_PARTING = 12


@reports.command()
def card(
    subject: Subject,
    as_of: AsOf = None,
    rubric: Rubric = None,
    form: Annotated[str, typer.Option("--format", help="md, json or html.")] = "md",
    wide: Wide = False,
    gh: Gh = False,
) -> None:
    """Print the card of a framework. An address that is not followed yet is followed and asked about first."""
    from flows.cli.page import show_page
    from flows.stages.card import card_facts
    from flows.stages.compiled import keep_compiled
    from flows.stages.score import default_days
    from reports.card import as_html, as_json, as_markdown

    keep_compiled()
    forms = {"md": as_markdown, "html": as_html, "json": as_json}
    if form not in forms:
        raise InputError(f"--format {form!r}: choose {', '.join(forms)}")
    settings = load_settings()
    known = _meant(settings, subject)
    facts = card_facts(settings, known.id, day(as_of) if as_of else default_days()[0], rubric)
    text = forms[form](facts[0]).rstrip()
    if form == "md":
        show_page(text)
    else:
        print(text)


def _meant(settings: "Settings", typed: str) -> "Known":
    """Return the subject that is meant; of an address that nobody follows yet, follow and collect first."""
    try:
        return settings.followed.find(typed)
    except InputError:
        if not repository_of(typed):
            raise
    from flows.cli.following import follow_and_collect

    return follow_and_collect(settings, typed)


@reports.command()
def explain(
    subject: Subject,
    first: Annotated[str, typer.Option("--from", metavar="D", help="The earlier day.")],
    last: Annotated[str, typer.Option("--to", metavar="D", help="The later day.")],
    rubric: Annotated[
        str | None, typer.Option("--rubric", metavar="ID", help="Rubric of both days; else each day has its own.")
    ] = None,
    known_at: KnownAt = None,
    known_from: Annotated[
        str | None,
        typer.Option(
            "--known-from", metavar="T", help="What was known at the start; else when its score was first kept."
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table, md or json.")] = "table",
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Say which change moved a score, and by how much. The points sum exactly."""
    from flows.stages.explain import Question, explanation
    from flows.stages.spans import Span
    from reports.explanation import explanation_json, explanation_markdown, explanation_rows

    if form not in {"table", "md", "json"}:
        raise InputError(f"--format {form!r}: choose table, md, json")
    span = Span(day(first), day(last)).forwards()
    settings = load_settings()
    known = [moment(one) if one else None for one in (known_from, known_at)]
    facts = explanation(settings, Question(settings.followed.find(subject).id, *span, rubric, *known))
    if as_json or form == "json":
        print(explanation_json(facts))
    elif form == "md":
        print(explanation_markdown(facts).rstrip())
    else:
        say_mark(facts.label)
        tell("\n".join([f"What moved {facts.name}", "", *facts.summary, ""]))
        table = explanation_rows(facts)
        show(table, list(table[0]))


@reports.command()
def compare(
    subjects: Annotated[
        list[str], typer.Argument(help="Two subjects or more, by id, name or package.", autocompletion=subjects_like)
    ],
    as_of: AsOf = None,
    rubric: Rubric = None,
    every: Annotated[bool, typer.Option("--all", help="Every figure, not only those that part them most.")] = False,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Put frameworks side by side. Scores, intervals, and the figures that part them most, in their units."""
    from flows.stages.compare import compared
    from flows.stages.reading import mark_of
    from flows.stages.score import default_days

    settings = load_settings()
    ids = ids_of(settings, subjects)
    if len(ids) < LEAST_COMPARED:
        raise InputError("compare needs two different subjects; try: speedscore compare pytorch jax")
    found = compared(settings, ids, day(as_of) if as_of else default_days()[0], rubric)
    mark = mark_of(settings)
    if as_json:
        print_json(
            {
                "label": mark,
                "as_of": found.as_of,
                "rubric": found.rubric,
                "scores": found.scores,
                "figures": found.figures,
            }
        )
        return
    say_mark(mark)
    columns = ("what", *found.names)
    show(found.scores, columns, title=f"{found.title}, rubric {found.rubric}")
    print()
    _show_figures(found, found.lines if every else found.lines[:MOST_PARTING])


def _show_figures(found: "Compared", shown: Sequence[Mapping[str, Any]]) -> None:
    """Print figures side by side; where there is little room, the values stay."""
    hidden = len(found.lines) - len(shown)
    if not shown:
        note("no figure of any of them is known of that day")
        return
    columns = ("name", *found.names, "dimension", "figure")
    show(shown, columns, title="What parts them most" if hidden else "Figures")
    if any(row[name] is None for row in shown for name in found.names):
        note("-: not known, or does not apply")
    if hidden:
        note(f"{many(hidden, 'more figures')}: --all")


@reports.command("open")
def open_() -> None:
    """Open the site in a browser. It is written first where there is none."""
    import webbrowser

    settings = load_settings()
    page = settings.home_dir / "site" / "index.html"
    if not page.is_file():
        from flows.stages.report import write_site

        page = write_site(settings, page.parent)
    print(page)
    if not webbrowser.open(page.resolve().as_uri()):
        note("no browser can be started here; open the file that is named above")


@reports.command()
def report(
    out: Annotated[Path | None, typer.Option(help="Folder; the default is <home>/site.")] = None, as_of: AsOf = None
) -> None:
    """Write the static site."""
    from flows.stages.browser_build import browser_build
    from flows.stages.report import write_site

    settings = load_settings()
    browser_build(settings)
    print(write_site(settings, out or settings.home_dir / "site", day(as_of) if as_of else None))
