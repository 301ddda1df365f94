"""Templates stay compiled between commands; where that cannot be, cards are printed all the same."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from flows.stages.compiled import Compiled


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    for _ in range(2):
        said = Environment(loader=DictLoader({"a": "{{ 1 + 1 }}"}), bytecode_cache=Compiled(str(tmp_path)))  # noqa: S701
        assert said.get_template("a").render() == "2"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_takes_nothing_is_no_reason_not_to_print(tmp_path: Path) -> None:
    said = Environment(loader=DictLoader({"a": "{{ 1 + 1 }}"}), bytecode_cache=Compiled(str(tmp_path / "gone")))  # noqa: S701
    assert said.get_template("a").render() == "2"
    with pytest.raises(OSError):
        (tmp_path / "gone" / "file").write_text("")
