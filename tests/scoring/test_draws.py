"""What is told of draws one case at a time is what all of them at once would tell: quantiles, ranks, first places."""

import numpy as np
import pytest

from scoring.drawn_items import DrawnItems
from scoring.drawn_totals import DrawnTotals
from scoring.quantile import quantile
from scoring.ranks import rank_shares
from scoring.scenario import DRAWS

KINDS = ["framework", "framework", "library", "framework", "framework"]
CHANCE = np.random.RandomState(7)


def held(lower, upper):
    """Hold draws x case at both ends."""
    totals = DrawnTotals(np.empty_like(lower))
    for place in range(lower.shape[1]):
        totals.add(place, lower[:, place], upper[:, place])
    return totals


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5, 0.95])
def test_a_quantile_is_numpys_to_the_last_bit(share):
    drawn = CHANCE.standard_normal((5, DRAWS))

    assert (quantile(drawn, share) == np.quantile(drawn, share, axis=1)).all()
    assert np.isnan(quantile(np.full((1, DRAWS), np.nan), share)).all()


@pytest.mark.parametrize("steps", [3, 10**9])
def test_ranks_are_those_of_comparing_each_with_all_others(steps):
    """With few steps many are equal: of equals the first comes first."""
    lower = np.round(CHANCE.random_sample((200, len(KINDS))) * steps) / steps
    upper = lower + np.round(CHANCE.random_sample(lower.shape) * 0.3 * steps) / steps
    lower[:, 1] = upper[:, 1] = np.nan

    for own, told in enumerate(rank_shares(held(lower, upper), KINDS)):
        rivals = [one for one in range(len(KINDS)) if KINDS[one] == KINDS[own] and one != own]
        before = [
            sum(bool(draw[one] > mine[own] or (draw[one] == mine[own] and one < own)) for one in rivals)
            for mine, draw in zip(lower, upper, strict=True)
        ]
        assert told.peers == len(rivals) + 1
        assert told.shares.tolist() == [before.count(place) / 200 for place in range(told.peers)]


def test_of_many_peers_ten_ranks_are_told_and_others_only_where_they_are_likely():
    many = np.tile(np.arange(30.0), (200, 1))
    many[:1, 0], many[:3, 1] = 28.5, 27.5

    told = rank_shares(held(many, many), ["framework"] * 30)

    assert told[29].ranks.tolist() == list(range(10))
    assert told[0].ranks[told[0].shares >= 0.01].tolist() == [29]
    assert told[1].ranks[told[1].shares >= 0.01].tolist() == [2, 28]


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("most_held", [50, 10**9])
def test_who_is_first_is_found_though_one_case_is_seen_at_a_time(is_open, most_held, monkeypatch):
    monkeypatch.setattr("scoring.drawn_items.MOST_HELD", most_held)
    low = CHANCE.random_sample((len(KINDS), 3, DRAWS))
    high = low + 0.2 * CHANCE.random_sample(low.shape)
    known = CHANCE.random_sample((len(KINDS), 3)) < 0.7
    field = DrawnItems(KINDS, known, is_open)

    for place in range(len(KINDS)):
        field.add(place, low[place], high[place])

    found = field.p_first()
    for place, item in zip(*np.nonzero(known), strict=True):
        rivals = [one for one in range(len(KINDS)) if one != place and KINDS[one] == KINDS[place]]
        others = [high[one, item] for one in rivals if is_open or known[one, item]]
        best = np.max(others, axis=0) if others else np.full(DRAWS, -np.inf)
        assert found[place, item] == np.mean(low[place, item] > best)
        assert field.lo[place, item] == np.quantile(low[place, item], 0.05)
        assert field.hi[place, item] == np.quantile(high[place, item], 0.95)


def test_a_case_without_anything_unseen_is_held_once():
    lower = CHANCE.random_sample((200, 3))
    upper = lower.copy()
    upper[:, 1] += 0.1

    totals = held(lower, upper)

    assert list(totals.higher) == [1]
    for places in ([0, 2], [0, 1, 2]):
        told = totals.ends(slice(50, 100), np.array(places))
        assert (told[0] == lower[50:100, places]).all()
        assert (told[1] == upper[50:100, places]).all()


def test_a_case_without_a_kind_has_no_rank_and_is_nobodys_peer():
    drawn = CHANCE.random_sample((200, 3))

    first, last = rank_shares(held(drawn, drawn), ["framework", None, "framework"])

    assert (first.peers, last.peers) == (2, 2)
    assert first.first == (drawn[:, 0] > drawn[:, 2]).mean()
