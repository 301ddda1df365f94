"""A span around some subjects holds them and who lies between them, and nobody else; parts of all hold everybody once."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from catalog.span import Span, spans

NAMES = st.sets(st.from_regex(r"[a-z0-9][a-z0-9-]{0,3}", fullmatch=True), min_size=1)


@given(NAMES, NAMES)
def test_a_span_around_some_holds_who_lies_between_them_alone(some, others):
    everybody = some | others

    assert held(everybody, Span.around(some)) == {name for name in everybody if min(some) <= name <= max(some)}


def test_the_span_of_one_holds_none_that_begins_like_it_or_is_shorter():
    names = {"subject-2", "subject-29", "subject-2-", "subject-3", "subject-30", "subject-", "subject"}

    assert held(names, Span.around(["subject-3"])) == {"subject-3"}


@given(NAMES, NAMES)
def test_parts_that_end_with_some_names_hold_everybody_once(ends, others):
    everybody = ends | others
    parts = [held(everybody, span) for span in spans(sorted(ends))]

    assert (set().union(*parts), sum(map(len, parts))) == (everybody, len(everybody))


def held(names, span):
    """Return which names a statement of the database finds in a span."""
    asked = "from (select unnest($names) as subject) where subject > $after and subject <= $upto"
    with duckdb.connect() as connection:
        return {name for (name,) in connection.execute(asked, {"names": list(names), **span._asdict()}).fetchall()}
