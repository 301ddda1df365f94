"""Which answer moved a score, and by how much: exact Shapley values that sum to the difference.

See docs/method.md#what-moved-a-score.

The players are the answers that changed, the states of backing repositories that changed, and the gate. Dimensions are
additive, so each is a game of its own. Within a dimension a group is a game of its own too, as long as no change can
make it known, unknown or silent; then the weights of the groups stand still. Otherwise its players are coupled, and
the dimension is one game. The gate multiplies: with D0 the dimension before and t(S) what the players S add to it, the
dimension is gate x D0 + the sum of gate x t over the games, and the Shapley value of a sum is the sum of the values,
so the gate joins each small game instead of one big one. Every coalition is scored by the code that scores subjects.

A game of more than MOST_PLAYERS changes is played by teams: first what came or went of a group is one player, then also
its states of repositories, then the whole group. That, too, sums exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.aggregate import numbered
from scoring.combine import dimensions
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.shapley import Array, coalitions, shapley

MOST_PLAYERS = 12
VALUE, COVERAGE, CURATED, LIVENESS, SEVERAL = "value", "coverage", "curated", "liveness", "several"
NOWHERE = "not_applicable"
MARK, FACTOR = "mark", "factor"
WORTH = ("mark", "ceiling", "state")
PLACE = ("as_of", "dimension", "group", "metric", "group_weight", "weight", "combine")
COVER = ("status", "valid_until", "best_factor")


@dataclass(frozen=True)
class Gate:
    """What multiplies a dimension: the metric that says so, its state, its factor."""

    metric: str
    state: float | None
    factor: float


@dataclass(frozen=True)
class Side:
    """One end of a difference: the answered questions of a subject; the gates and the marks of its dimensions."""

    rows: pl.DataFrame
    gates: Mapping[str, Gate]
    raw: Mapping[str, float | None]
    rubric: Rubric


@dataclass(frozen=True)
class Move:
    """What one change moved, in points of the Speed Score."""

    dimension: str
    metric: str
    kind: str
    before: float | None
    after: float | None
    points: float


@dataclass(frozen=True)
class Player:
    """One change: of an answer (its mark), or of the state behind it (its factor)."""

    dimension: str
    group: str
    metric: str
    part: str
    kind: str
    before: float | None
    after: float | None
    asked: str
    is_idle: bool = False


def moves(before: Side, after: Side) -> list[Move]:
    """Return what every change between two sides of one rubric moved, in the dimensions that are known at both."""
    known = [name for name in DIMENSIONS if before.raw[name] is not None and after.raw[name] is not None]
    return [move for name in known for move in _of_dimension(name, before, after)]


def _of_dimension(name: str, before: Side, after: Side) -> list[Move]:
    one, other = (_plain(side.rows.filter(pl.col("dimension") == name)) for side in (before, after))
    gate = before.gates.get(name) or _open(after.gates.get(name))
    next_gate = after.gates.get(name) or _open(gate)
    rubric = after.rubric
    players = _players(one, other, rubric)
    start = _worth(one, other, [], coalitions(0), rubric)
    found, lost = [], float((next_gate.factor - gate.factor) * start[0])
    for game in _games([player for player in players if not player.is_idle], one, other, rubric):
        teams = _teams(game)
        added = _worth(one, other, teams, coalitions(len(teams)), rubric) - start
        values = shapley(np.concatenate([gate.factor * added, next_gate.factor * added]))
        found += [_move(team, float(points)) for team, points in zip(teams, values[:-1], strict=True)]
        lost += float(values[-1])
    found += [_move([player], 0.0) for player in players if player.is_idle]
    if gate != next_gate:
        found.append(Move(name, gate.metric, LIVENESS, gate.state, next_gate.state, lost / len(DIMENSIONS)))
    return found


def _open(gate: Gate | None) -> Gate:
    """Return the gate of which nothing is known: it takes nothing off."""
    return Gate(gate.metric if gate else "", None, 1.0)


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their marks as they are before what backs them counts."""
    return rows.with_columns(pl.col("mark", "ceiling") / pl.col("factor"))


def _players(one: pl.DataFrame, other: pl.DataFrame, rubric: Rubric) -> list[Player]:
    """Name what differs; a value that differs and is worth the same is idle."""
    found = []
    for old, new in zip(one.iter_rows(named=True), other.iter_rows(named=True), strict=True):
        place = (old["dimension"], old["group"])
        is_idle = all(old[name] == new[name] for name in WORTH)
        if not is_idle or _fresh(old) != _fresh(new):
            found.append(Player(*place, old["metric"], MARK, _kind(old, new), _fresh(old), _fresh(new), old["metric"],
                                is_idle))  # fmt: skip
        if old["factor"] != new["factor"]:
            states = (_state(old, rubric), _state(new, rubric))
            found.append(Player(*place, old["metric"], FACTOR, LIVENESS, *states, old["backing"]))
    return found


def _fresh(row: Mapping[str, Any]) -> float | None:
    return row["value"] if row["state"] == "fresh" else None


def _state(row: Mapping[str, Any], rubric: Rubric) -> float | None:
    """Return the state behind an answer as it counts: past its age it is as unknown as one that was never seen.

    Where the unseen leaves its weight to the others, the last state keeps its factor.
    """
    return row["backing_value"] if row["backing_state"] == "fresh" or not rubric.is_monotone else None


def _kind(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if old["state"] != new["state"]:
        return COVERAGE
    return CURATED if "curated" in {old["status"], new["status"]} else VALUE


def _games(players: Sequence[Player], one: pl.DataFrame, other: pl.DataFrame, rubric: Rubric) -> list[list[Player]]:
    """Split the players by group where the weights of the groups stand still, whoever has moved.

    Under a monotone rubric they do as long as what applies stays the same.
    """
    if rubric.is_monotone and (one["state"] == NOWHERE).equals(other["state"] == NOWHERE):
        return _by(players, lambda player: player.group)
    is_fresh, is_same = (pl.col("state") == "fresh") & (pl.col("next") == "fresh"), pl.col("state") == pl.col("next")
    groups = one.with_columns(next=other["state"]).group_by("group").agg(
        is_steady=is_fresh.any() | (is_same.all() & (pl.col("state") != "stale").all())
    )  # fmt: skip
    if not groups["is_steady"].all():
        return [list(players)] if players else []
    return _by(players, lambda player: player.group)


def _teams(game: Sequence[Player]) -> list[list[Player]]:
    """Let everybody play alone, or in the smallest teams of which there are not too many."""
    sizes = (
        lambda one: (one.group, one.metric, one.part),
        lambda one: (one.group, COVERAGE if one.kind == COVERAGE else one.metric, one.part),
        lambda one: (one.group, one.metric if one.kind == VALUE else one.kind, ""),
        lambda one: one.group,
    )
    return next((teams for size in sizes if len(teams := _by(game, size)) <= MOST_PLAYERS), [list(game)])


def _by(players: Iterable[Player], label: Any) -> list[list[Player]]:
    teams: dict[Any, list[Player]] = {}
    for player in players:
        teams.setdefault(label(player), []).append(player)
    return list(teams.values())


def _move(team: Sequence[Player], points: float) -> Move:
    first, kinds = team[0], {player.kind for player in team}
    points /= len(DIMENSIONS)
    if len(team) == 1:
        return Move(first.dimension, first.asked, first.kind, first.before, first.after, points)
    kind = first.kind if len(kinds) == 1 else SEVERAL
    names = ", ".join(player.asked for player in team)
    return Move(first.dimension, names, kind, None, None, points)


def _worth(
    one: pl.DataFrame,
    other: pl.DataFrame,
    teams: Sequence[Sequence[Player]],
    is_in: NDArray[np.bool_],
    rubric: Rubric,
) -> Array:
    """Return the mark of the dimension without its gate for every coalition, each scored as one pseudo-subject.

    A coalition that leaves nothing known is worth what the empty one is.
    """
    seat = {(player.metric, player.part): number for number, team in enumerate(teams) for player in team}
    nobody = np.zeros((len(is_in), 1), dtype=bool)
    seats = np.hstack([is_in, nobody])
    moved, alive = (seats[:, [seat.get((metric, part), -1) for metric in one["metric"]]] for part in (MARK, FACTOR))
    new, factor = moved.ravel(), np.where(alive, other["factor"].to_numpy(), one["factor"].to_numpy()).ravel()
    copies = pl.concat([one.select(*PLACE, *COVER)] * len(is_in)).with_columns(
        subject=pl.Series(np.repeat(np.arange(len(is_in)), one.height)),
        **{name: _chosen(new, one[name], other[name], len(is_in)) for name in WORTH},
    )
    marked = copies.with_row_index("question").with_columns(pl.col("mark", "ceiling") * pl.Series(factor), factor=1.0)
    marks = dimensions(numbered(marked), rubric)[1]["mark"]
    found: Array = marks.fill_null(0.0 if rubric.is_monotone else marks[0]).to_numpy()
    return found


def _chosen(is_new: NDArray[np.bool_], one: pl.Series, other: pl.Series, copies: int) -> pl.Series:
    many, others = (pl.concat([column] * copies) for column in (one, other))
    return others.zip_with(pl.Series(is_new), many)
