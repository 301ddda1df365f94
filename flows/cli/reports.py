"""The commands that tell of scores: cards, explanations, the site."""

from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import InputError
from flows.cli.arguments import AsOf, Json, KnownAt, Rubric, day, load_settings, moment
from flows.cli.show import show

reports = typer.Typer()


@reports.command()
def card(
    subject: Annotated[str, typer.Argument(help="Subject id.")],
    as_of: AsOf = None,
    rubric: Rubric = None,
    form: Annotated[str, typer.Option("--format", help="md, json or html.")] = "md",
) -> None:
    """Print the discovery card of a subject."""
    from flows.stages.card import card_facts
    from flows.stages.score import default_days
    from reports.card import as_html, as_json, as_markdown

    forms = {"md": as_markdown, "html": as_html, "json": as_json}
    if form not in forms:
        raise InputError(f"--format {form!r}: choose {', '.join(forms)}")
    settings = load_settings()
    known = settings.followed[subject]
    facts = card_facts(settings, known.id, day(as_of) if as_of else default_days()[0], rubric)
    print(forms[form](facts[0]).rstrip())


@reports.command()
def explain(
    subject: Annotated[str, typer.Argument(help="Subject id.")],
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
    as_json: Json = False,
) -> None:
    """Say which change moved a score, and by how much; the points sum exactly."""
    from flows.stages.explain import Question, explanation
    from reports.explanation import explanation_json, explanation_markdown, explanation_rows

    if form not in {"table", "md", "json"}:
        raise InputError(f"--format {form!r}: choose table, md, json")
    if day(first) > day(last):
        raise InputError(f"--from {first} must not lie after --to {last}")
    settings = load_settings()
    known = [moment(one) if one else None for one in (known_from, known_at)]
    facts = explanation(settings, Question(settings.followed[subject].id, day(first), day(last), rubric, *known))
    if as_json or form == "json":
        print(explanation_json(facts))
    elif form == "md":
        print(explanation_markdown(facts).rstrip())
    else:
        print("\n".join([f"What moved {facts.name}", "", *facts.summary, ""]))
        table = explanation_rows(facts)
        show(table, list(table[0]))


@reports.command()
def report(
    out: Annotated[Path | None, typer.Option(help="Folder; the default is <home>/site.")] = None, as_of: AsOf = None
) -> None:
    """Write the static site."""
    from flows.stages.report import write_site

    settings = load_settings()
    print(write_site(settings, out or settings.home_dir / "site", day(as_of) if as_of else None))
