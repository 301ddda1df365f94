"""What the page of questions in SQL shows: the tables that the downloads make, and questions to begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reports.card import environment
from reports.site_kept import KeptFacts

TYPES: Mapping[type[pl.DataType], str] = {pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Datetime: "TIMESTAMP"}
QUESTIONS = (
    ("leaderboard", "Leaderboard by kind", {"scores"}),
    ("history", "History of a score", {"scores"}),
    ("moves", "Biggest moves in a year", {"scores"}),
    ("stars", "Stars of two subjects", {"figures"}),
    ("coverage", "Coverage", {"scores"}),
)


@dataclass(frozen=True)
class Table:
    """A download as DuckDB reads it: the types of its columns, in DuckDB's words, by their names."""

    name: str
    columns: Mapping[str, str]

    @property
    def literal(self) -> str:
        """The columns as `read_csv` takes them."""
        return "{" + ", ".join(f"'{column}': '{kind}'" for column, kind in self.columns.items()) + "}"


def tables(kept: KeptFacts) -> list[Table]:
    """Return the tables that the downloads of a site make."""
    return [
        Table(name, {column: _type(kind) for column, kind in next(kept.parts(name)).schema.items()})
        for name in kept.tables
    ]


def questions(kept: KeptFacts, ranked: Sequence[str]) -> list[tuple[str, str]]:
    """Return questions to begin with, each as its words and its SQL, about the leaders of the ranked subjects."""
    has, leaders = set(kept.tables), ranked or ["none"]
    templates = environment()
    return [
        (words, templates.get_template(f"explore/{name}.sql.j2").render(one=leaders[0], other=leaders[:2][-1]).strip())
        for name, words, needed in QUESTIONS
        if needed <= has
    ]


def _type(kind: pl.DataType) -> str:
    if kind.is_integer():
        return "BIGINT"
    return "DOUBLE" if kind.is_numeric() else TYPES.get(kind.base_type(), "VARCHAR")
