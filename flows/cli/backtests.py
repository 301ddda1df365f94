"""The commands that try scores against what came of it, and against other worlds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.arguments import AsOf, Json, Rubric, Wide, day, load_settings
from flows.cli.show import print_json, show
from flows.notes import note

if TYPE_CHECKING:
    from polars import DataFrame

backtests = typer.Typer(name="backtest", help="Try scores against what came of it. And against other worlds.")


@backtests.command()
def survival(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder with whole weekly snapshots.")],
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Say how well signals of one day foretell which projects still live two years later."""
    from flows.stages.backtest import survival_of

    rows = []
    for start, found in survival_of(data):
        days = {"forecast": start.day, "outcome": start.outcome_to}
        rows += [days | vars(one) for one in found]
    show(rows, ("forecast", "outcome", "signal", "auc", "lo", "hi", "lived", "died"), as_json=as_json)
    if not rows:
        note("the snapshots are too few: a forecast takes one a year before, one half a year before, two years after")
        raise typer.Exit(1)


@backtests.command()
def abandonment(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder with whole weekly snapshots.")],
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Say how well signals of one day foretell who is given up within two years: no push and no release for a year."""
    from flows.stages.backtest import abandonment_of

    areas, parts = [], []
    for start, found, thirds in abandonment_of(data):
        areas += [{"forecast": start.day, **row} for row in found.to_dicts()]
        parts += [{"forecast": start.day, **row} for row in thirds.to_dicts()]
    if as_json:
        print_json({"signals": areas, "thirds": parts})
        return
    show(
        areas,
        ("forecast", "signal", "auc", "lo", "hi", "above", "above_lo", "above_hi", "given_up", "lasting", "censored"),
    )
    print()
    show(parts, ("forecast", "third", "marks_from", "marks_to", "projects", "given_up"), title="Thirds by ecosystem")


@backtests.command()
def seed(wide: Wide = False, as_json: Json = False) -> None:
    """Score the seed card again; exit 1 on any difference from what it published."""
    from flows.stages.backtest import seed_again

    found = seed_again(load_settings())
    show(found, ("subject", "as_of", "figure", "published", "scored"), as_json=as_json)
    raise typer.Exit(int(any(row["published"] != row["scored"] for row in found)))


@backtests.command()
def ranks(as_of: AsOf = None, rubric: Rubric = None, wide: Wide = False, as_json: Json = False) -> None:
    """Say how scores and ranks bear other inputs, goalposts and weights, any weights of the dimensions among them."""
    from flows.stages.backtest import ranks_of
    from flows.stages.score import default_days

    found = ranks_of(load_settings(), day(as_of) if as_of else default_days()[0], rubric)
    columns = ("subject", "world", "speed_mean", "median", "lo", "hi", "p_first", "peers")
    show(found.to_dicts(), columns, as_json=as_json)
    if found.is_empty():
        note("no subject has a Speed Score on this day; name another with --as-of")


@backtests.command()
def irrelevant(as_of: AsOf = None, rubric: Rubric = None, wide: Wide = False, as_json: Json = False) -> None:
    """Leave out each subject in turn; exit 1 when a number of any other moves."""
    from flows.stages.backtest import peers_left_out
    from flows.stages.score import default_days

    found = peers_left_out(load_settings(), day(as_of) if as_of else default_days()[0], rubric)
    show(found.to_dicts(), ("left_out", "moved", "bounds"), as_json=as_json)
    raise typer.Exit(int(any(row["moved"] for row in found.to_dicts())))


@backtests.command()
def tricks(as_of: AsOf = None, rubric: Rubric = None, wide: Wide = False, as_json: Json = False) -> None:
    """Say what each cheap trick would add to each score, the dearest first; nothing is stored."""
    from flows.stages.backtest import trick_gains
    from flows.stages.score import default_days

    found = trick_gains(load_settings(), day(as_of) if as_of else default_days()[0], rubric)
    show(found.to_dicts(), ("trick", "usd", "subject", "moved"), as_json=as_json)
    _say_nothing_known(found)


@backtests.command()
def weights(as_of: AsOf = None, rubric: Rubric = None, wide: Wide = False, as_json: Json = False) -> None:
    """Say how much each figure decides, beside its weight, and which figures of a dimension say the same."""
    from flows.stages.backtest import weights_of
    from flows.stages.score import default_days

    found, alike = weights_of(load_settings(), day(as_of) if as_of else default_days()[0], rubric)
    if as_json:
        print_json({"weights": found.to_dicts(), "redundant": alike.to_dicts()})
        return
    show(found.to_dicts(), ("dimension", "metric", "nominal", "effective"))
    _say_nothing_known(found)
    if not alike.is_empty():
        print()
        show(alike.to_dicts(), ("dimension", "metric", "metric_other", "subjects", "correlation"), title="Say the same")


def _say_nothing_known(found: "DataFrame") -> None:
    if found.is_empty():
        note("nothing is known of this day; name another with --as-of")
