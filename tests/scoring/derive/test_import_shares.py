"""The share of papers that use a subject: by imports and by manifests; windows widen, and a year is told when full."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from catalog.observation import Observation
from catalog.subject import Subject
from scoring.derive.import_shares import (
    BY_IMPORTS,
    BY_MANIFESTS,
    LEAST_DAYS_READ,
    import_shares,
    module_names,
    year_shares,
)

TODAY = datetime(2026, 11, 1)
PYTORCH = Subject(
    id="pytorch", name="PyTorch", kind="framework", github="a/a", pypi="torch", papers_framework="pytorch"
)
KERAS = Subject(id="keras", name="Keras", kind="framework", github="b/b", pypi="keras")
POLARS = Subject(id="polars", name="Polars", kind="library", github="c/c", pypi="polars")
NOBODY = Subject(id="nobody", name="Nobody", kind="library", github="d/d")


def papers(*rows: tuple[int, str, str | None], times: int = 1) -> pl.DataFrame:
    """Return papers listed so many days ago, with the frameworks and packages that they name."""
    told = [
        {
            "listed_on": TODAY.date() - timedelta(days=ago),
            "frameworks": frameworks.split(","),
            "packages": None if packages is None else packages.split(","),
        }
        for ago, frameworks, packages in rows
        for _ in range(times)
    ]
    schema = {"listed_on": pl.Date, "frameworks": pl.List(pl.String), "packages": pl.List(pl.String)}
    return pl.DataFrame(told, schema=schema)


def told(found: pl.DataFrame, subject: Subject, metric: str = "papers.import_share") -> Observation:
    series = BY_MANIFESTS if metric.endswith("_manifests") else BY_IMPORTS
    return next(one for one in import_shares(found, [subject], TODAY, series) if one.metric == metric)


def test_a_framework_shares_a_paper_and_a_library_counts_whole():
    some = papers((5, "pytorch,tf", "torch,tensorflow,tf-keras"), (6, "pytorch", "torch,polars"), times=100)

    name = "papers.import_share_manifests"
    assert told(some, PYTORCH, name).value == pytest.approx(0.75)
    assert told(some, KERAS, name).value == pytest.approx(0.5)
    assert told(some, POLARS, name).value == pytest.approx(0.5)
    assert told(some, POLARS, name).n == 200
    assert told(some, POLARS, name).definition.startswith("import_share@1:")


def test_by_imports_a_paper_counts_for_its_main_framework_and_a_library_by_its_module():
    some = papers((5, "pytorch", "torch,keras"), (6, "jax", "jax,scikit-learn,polars"), times=100)

    assert told(some, PYTORCH).value == pytest.approx(0.5)
    assert told(some, KERAS).value == pytest.approx(0.5)
    assert told(some, POLARS).definition == "import_share@2:daily-papers-imports:30d"
    assert module_names(Subject(id="a", name="A", kind="library", github="a/a", pypi="some-lib")) == {"a", "some_lib"}


@pytest.mark.parametrize(("days", "value"), [(LEAST_DAYS_READ - 1, None), (LEAST_DAYS_READ, 0.75)])
def test_a_year_is_told_when_its_window_is_full(days, value):
    some = papers((5, "pytorch", "torch"), (300, "pytorch", "torch"), (200, "pytorch", "x"), (9, "tf", "x"), times=60)
    share, slope = year_shares(some, days, [PYTORCH], TODAY)

    assert (share.value, share.n, share.definition) == (value, 240, "papers_share@2:daily-papers-imports")
    assert (slope.value, slope.n) == (None, 3)
    assert list(year_shares(some, days, [POLARS], TODAY)) == []


@pytest.mark.parametrize(("ago", "window"), [(30, "30d"), (31, "90d"), (91, "180d"), (181, "365d")])
def test_the_window_is_the_shortest_that_brings_two_hundred_papers(ago, window):
    some = pl.concat([papers((5, "pytorch", "torch"), times=199), papers((ago, "jax", "jax"))])
    found = told(some, PYTORCH)

    assert (found.n, found.definition.rpartition(":")[2]) == (200, window)
    assert found.value == pytest.approx(199 / 200)


def test_fewer_papers_tell_nothing_but_their_number():
    found = told(papers((5, "pytorch", "torch"), times=199), PYTORCH)

    assert (found.value, found.n) == (None, 199)


def test_papers_of_which_nobody_kept_the_packages_say_nothing_of_libraries():
    some = pl.concat([papers((5, "pytorch", None), times=300), papers((5, "pytorch", "torch"), times=200)])

    assert told(some, POLARS).value == 0
    assert told(some, POLARS).n == 200
    assert told(some, PYTORCH).n == 500


def test_a_subject_without_a_package_is_not_asked_for():
    assert list(import_shares(papers((5, "pytorch", "torch")), [NOBODY], TODAY, BY_IMPORTS)) == []


def test_the_slope_is_that_of_the_logarithm_over_whole_months():
    """A share that doubles every month rises by 12 ln 2 a year."""
    rows = []
    for number in range(7):
        ago = (TODAY.date() - date(2026, 3 + number, 15)).days
        hits = 2**number
        rows += [(ago, "pytorch", "polars")] * hits + [(ago, "pytorch", "torch")] * (128 - hits)
    found = told(papers(*rows), POLARS, "papers.import_slope")

    assert found.value == pytest.approx(12 * 0.693, rel=0.02)
    assert found.n == 7
