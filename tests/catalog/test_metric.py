"""Metrics answer by full name; the families of a year answer for every year."""

import pytest

from catalog.metric import METRICS, family


def test_a_family_answers_for_a_year_under_the_name_with_the_year():
    share = METRICS["pwc.share_icml_2023"]

    assert (share.name, share.unit, share.max_age_days, share.source) == ("pwc.share_icml_2023", "share", 400, "pwc")


@pytest.mark.parametrize(
    "name",
    ["github.stars_2023", "pwc.share_icml_23", "pwc.share_icml_2123", "pwc.share_kdd_2023", "github.star", "2023"],
)
def test_a_name_that_is_no_metric_is_refused(name):
    with pytest.raises(KeyError, match=name):
        METRICS[name]


def test_a_year_is_no_part_of_what_a_rubric_asks_for():
    assert family("pwc.share_icml_2023") == "pwc.share_icml"
    assert family("github.commits_365d") == "github.commits_365d"


def test_every_metric_says_how_long_it_is_good_and_how_its_past_can_be_had():
    pasts = {metric.past for metric in METRICS.values()}

    assert pasts <= {"snapshot", "exact", "exact_retained", "reconstructed", "archived"}
    assert [metric.name for metric in METRICS.values() if metric.max_age_days <= 0] == []
    assert [metric.name for metric in METRICS.values() if not metric.meaning or not metric.unit] == []
    assert len(METRICS) == len(list(METRICS))


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("papers.share_neurips_e4", "As papers.share_neurips, but of all accepted papers: a lower bound"),
        ("papers.share_icml_bounds", "As papers.share_icml, but of all accepted papers, if none and if all without a known framework use it"),
        ("pwc.share_iclr_official", "As pwc.share_iclr, but by official repositories alone"),
        ("pwc.share_iclr_e1_official", "As pwc.share_iclr, but of papers with code, whatever it uses, by official repositories alone"),
    ],
)  # fmt: skip
def test_what_another_way_to_count_a_share_means_is_said_in_words(name, meaning):
    assert METRICS[name].meaning == meaning
