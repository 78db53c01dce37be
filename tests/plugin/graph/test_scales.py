"""Figures about answers, against independent code, published numbers and simulation."""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from plugin.graph import scales
from plugin.graph.scales import Items

VALUES = st.lists(st.floats(-100, 100), min_size=2, max_size=40)
COUNTS = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(VALUES)
def test_the_mean_and_its_interval_are_those_of_scipy(values: list[float]) -> None:
    found = scales.mean(values)
    assert found is not None
    assert found.value == pytest.approx(np.mean(values), abs=1e-9)
    if np.std(values) > 1e-6:
        low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert found.low == pytest.approx(low, rel=1e-6, abs=1e-6)
        assert found.high == pytest.approx(high, rel=1e-6, abs=1e-6)


def test_of_nothing_there_is_no_figure_and_of_one_no_interval() -> None:
    assert scales.mean([]) is None
    assert scales.share(0, 0) is None
    assert scales.nps([]) is None
    one = scales.mean([3.0])
    assert one is not None
    assert (one.value, one.low, one.high, one.n) == (3.0, None, None, 1)
    with pytest.raises(ValueError, match="no share"):
        scales.share(3, 2)
    with pytest.raises(ValueError, match="0 to 10"):
        scales.nps([11])


@given(COUNTS)
def test_a_share_and_its_interval_are_those_of_scipy(case: tuple[int, int]) -> None:
    hits, n = case
    found = scales.share(hits, n)
    theirs = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert found is not None
    assert found.low == pytest.approx(theirs.low, abs=1e-9)
    assert found.high == pytest.approx(theirs.high, abs=1e-9)


@pytest.mark.parametrize(
    ("hits", "n", "other_hits", "other_n", "low", "high"),
    # Newcombe 1998, table II, method 10.
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (5, 56, 0, 29, -0.0381, 0.1926), (10, 10, 0, 20, 0.6791, 1.0)],
)
def test_the_difference_of_shares_is_the_published_one(hits: int, n: int, other_hits: int, other_n: int, low: float, high: float) -> None:
    found = scales.share_difference(hits, n, other_hits, other_n)
    assert found is not None
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)


@given(VALUES, VALUES)
def test_the_difference_of_means_is_that_of_scipy(one: list[float], other: list[float]) -> None:
    found = scales.mean_difference(one, other)
    assert found is not None
    if min(np.std(one), np.std(other)) > 1e-3:
        low, high = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        assert found.low == pytest.approx(low, rel=1e-6, abs=1e-6)
        assert found.high == pytest.approx(high, rel=1e-6, abs=1e-6)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_the_net_promoter_score(scores: list[int]) -> None:
    found = scales.nps(scores)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    up, down = len([one for one in scores if one in {9, 10}]), len([one for one in scores if one < 7])
    assert found.value == pytest.approx(100 * (up - down) / len(scores))
    assert -100 <= found.low <= found.value <= found.high <= 100


def test_the_interval_of_the_net_promoter_score_narrows_and_holds() -> None:
    widths = []
    for n in (10, 40, 160, 640):
        found = scales.nps([10] * (n // 2) + [8] * (n // 4) + [3] * (n // 4))
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        widths.append(found.high - found.low)
    assert all(wide > 1.6 * narrow for wide, narrow in pairwise(widths))
    random = np.random.default_rng(7)
    true, held = 100 * (0.5 - 0.2), 0
    for _ in range(1_500):
        drawn = random.choice([10, 8, 3], p=[0.5, 0.3, 0.2], size=25)
        found = scales.nps([int(one) for one in drawn])
        assert found is not None
        held += (found.low or 0.0) <= true <= (found.high or 0.0)
    assert 0.93 <= held / 1_500 <= 0.97


def simulated(people: int, k: int, *, loading: float, seed: int) -> Items:
    """Items that share one cause; the true alpha is k r / (1 + (k - 1) r) with r the square of the loading."""
    random = np.random.default_rng(seed)
    cause = random.normal(size=(people, 1))
    found: Items = loading * cause + sqrt(1 - loading**2) * random.normal(size=(people, k))
    return found


def test_alpha_of_a_worked_example() -> None:
    # Sums 6, 9, 12, 14: item variances 5/3, 5/3, 11/12 by hand, of the sums 12.25; alpha = 3/2 (1 - 4.25/12.25).
    items = np.array([[2, 2, 2], [3, 3, 3], [4, 4, 4], [5, 5, 4]], dtype=float)
    assert scales.alpha(items) == pytest.approx(1.5 * (1 - (5 / 3 + 5 / 3 + 11 / 12) / 12.25))


@given(st.integers(2, 6), st.integers(3, 30), st.integers(0, 10_000))
def test_alpha_is_what_the_covariances_say(k: int, people: int, seed: int) -> None:
    items = simulated(people, k, loading=0.6, seed=seed)
    covariance = np.cov(items, rowvar=False)
    average, variance = (covariance.sum() - np.trace(covariance)) / (k * (k - 1)), np.trace(covariance) / k
    assert scales.alpha(items) == pytest.approx(k * average / (variance + (k - 1) * average))


def test_alpha_needs_two_items_two_people_and_a_difference() -> None:
    for items in (np.ones((1, 3)), np.ones((5, 1)), np.ones((5, 3)), np.array([[1.0, 5.0], [5.0, 1.0]])):
        assert scales.alpha(items) is None
        assert scales.alpha_estimate(items) is None
        assert scales.alpha_bootstrap(items, seed=1) is None


@pytest.mark.slow
@pytest.mark.parametrize("method", ["feldt", "bootstrap"])
def test_the_interval_of_alpha_holds_the_truth_as_often_as_it_says(method: str) -> None:
    k, loading = 6, 0.7
    true, held, rounds = k * loading**2 / (1 + (k - 1) * loading**2), 0, 400
    for seed in range(rounds):
        items = simulated(80, k, loading=loading, seed=seed)
        found = scales.alpha_estimate(items) if method == "feldt" else scales.alpha_bootstrap(items, seed=seed, rounds=400)
        assert found is not None
        held += (found.low or 0.0) <= true <= (found.high or 0.0)
    assert 0.91 <= held / rounds <= 0.985


def test_the_bootstrap_of_a_seed_is_always_the_same() -> None:
    items = simulated(40, 5, loading=0.6, seed=3)
    assert scales.alpha_bootstrap(items, seed=5) == scales.alpha_bootstrap(items, seed=5)
    assert scales.alpha_bootstrap(items, seed=5) != scales.alpha_bootstrap(items, seed=6)


def test_an_item_that_counts_the_other_way_round_spoils_alpha() -> None:
    items = simulated(200, 3, loading=0.8, seed=1)
    crossed = items.copy()
    crossed[:, 1] = 6 - crossed[:, 1]
    before = scales.alpha(crossed)
    assert before is not None
    assert before < 0 < (scales.alpha(items) or 0)


def test_a_factor_is_scored_for_those_who_answered_half_of_it() -> None:
    people = [{"a": 4.0, "b": 2.0}, {"a": 5.0}, {"b": 1.0, "x": 9.0}, {}, {"a": 1.0, "b": 1.0, "c": 1.0, "d": 5.0}]
    assert scales.factor_scores(people, ["a", "b", "c", "d"]) == [3.0, 2.0]
    assert scales.factor_scores(people, ["a", "b"]) == [3.0, 5.0, 1.0, 1.0]
