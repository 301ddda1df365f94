"""What is imported is not looked through for garbage."""

import gc

import pytest

from flows.imports import importing


def test_what_is_made_while_importing_is_not_looked_at_again() -> None:
    with importing():
        assert not gc.isenabled()
        made = [[]]

    assert gc.isenabled()
    assert all(one is not made for one in gc.get_objects())
    gc.unfreeze()


def test_an_import_that_fails_leaves_things_as_they_were() -> None:
    with pytest.raises(ImportError), importing():
        raise ImportError

    assert gc.isenabled()
    gc.unfreeze()
