"""Whatever goes wrong in reading one answer is the answer's; what goes wrong with our own machine is ours."""

import json
import sqlite3

import pytest

from catalog.errors import InputError
from collectors.errors import ChangedError, GoneError
from collectors.reading import one_answer


@pytest.mark.parametrize(
    "error",
    [ValueError, OverflowError, KeyError, TypeError, RecursionError, AttributeError, ZeroDivisionError, AssertionError],
)
def test_what_an_answer_causes_is_a_change_of_the_source_and_says_where(error):
    with pytest.raises(ChangedError, match=rf"{error.__name__} in \w+ \(test_reading\.py:\d+\)"), one_answer():
        raise error("secret")


@pytest.mark.parametrize("error", [OSError, MemoryError, sqlite3.OperationalError, InputError, KeyboardInterrupt])
def test_what_no_answer_causes_passes_through(error):
    with pytest.raises(error), one_answer():
        raise error


def test_what_a_source_says_of_itself_stays_as_it_is():
    with pytest.raises(GoneError, match="no b"), one_answer():
        raise GoneError("no b")


def test_the_text_of_a_fault_is_not_told_for_it_may_be_long_or_secret():
    with pytest.raises(ChangedError) as told, one_answer():
        json.loads("[" * 100_000)

    assert str(told.value).startswith("the answer cannot be read: RecursionError in ")
    assert len(str(told.value)) < 120
