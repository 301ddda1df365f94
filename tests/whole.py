"""How much of a long test is run: a part by `make test`, all of it by `make test-whole`."""

import os
from typing import TypeVar

import pytest

IS_WHOLE = os.environ.get("SPEEDSCORE_TESTS") == "whole"
Amount = TypeVar("Amount")
long = pytest.mark.skipif(
    not IS_WHOLE, reason="takes long, and its kind is tested elsewhere; `make test-whole` runs it"
)


def amount(usual: Amount, whole: Amount) -> Amount:
    """Return how much to test."""
    return whole if IS_WHOLE else usual
