"""What is kept behind a score must give it: points that sum to it, dimensions of which it is the mean."""

import shutil

import duckdb
import pytest

from flows.settings import Settings, load_settings
from flows.stages.verify import verify_scores

CASE = "subject = 'pytorch' and as_of = timestamp '2024-01-31' and rubric = '2024.1'"


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> Settings:
    """A home with a warehouse of what ships, scored on the day of the first published card."""
    from flows.cli.app import app

    folder = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPEEDSCORE_HOME_DIR", str(folder))
        app(["score", "--as-of", "2024-01-31", "--rubric", "2024.1"], standalone_mode=False)
    return load_settings(home_dir=folder)


@pytest.mark.parametrize(
    ("altered", "named"),
    [
        ("update contribution set points = points + 1 where metric = 'github.stars' and", "sum of its points"),
        ("delete from contribution where metric = 'github.stars' and", "sum of its points"),
        ("update dimension_score set raw = raw - 0.2 where dimension = 'research' and", "mean of its dimensions"),
        ("update dimension_score set score = 1.5 where dimension = 'research' and", "dimension research"),
        ("update dimension_score set coverage = 0.9 where dimension = 'research' and", "coverage of its dimensions"),
        ("delete from dimension_score where dimension = 'research' and", "dimension research"),
    ],
)
def test_what_is_kept_behind_a_score_and_does_not_give_it_is_named(scored, tmp_path, altered, named):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        assert connection.execute(f"{altered} {CASE}").fetchall() == [(1,)]

    _, found = verify_scores(load_settings(home_dir=tmp_path))

    assert named in found["column"].to_list()
    assert set(found["subject"]) == {"pytorch"}


def test_what_nobody_has_altered_is_confirmed(scored):
    total, found = verify_scores(scored)

    assert total > 0
    assert found.is_empty()
