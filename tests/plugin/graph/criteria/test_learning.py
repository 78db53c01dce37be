"""What answers teach about criteria."""

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from plugin.graph.criteria.learning import ENOUGH, WIDEST, Outcome, teach

GOOD, BAD = Outcome(fits={"a": 0.9, "b": 0.5}, went=1.0), Outcome(fits={"a": 0.1, "b": 0.5}, went=0.0)
OUTCOMES = st.lists(st.builds(Outcome, fits=st.dictionaries(st.sampled_from("abc"), st.floats(0, 1), min_size=1), went=st.floats(0, 1)), max_size=30)


def test_what_went_with_good_outcomes_counts_more_and_nothing_else_moves() -> None:
    taught = {one.criterion: one for one in teach([GOOD, BAD] * 10)}
    assert taught["a"].factor > 1.2
    assert taught["b"].factor == pytest.approx(1.0)
    assert (taught["a"].lessons, taught["a"].good) == (20, 10)
    assert [taught["a"].fit_when_good, taught["a"].fit_when_bad] == pytest.approx([0.9, 0.1])


def test_what_went_with_bad_outcomes_counts_less() -> None:
    turned = [Outcome(fits=one.fits, went=1 - one.went) for one in [GOOD, BAD] * 10]
    assert next(one.factor for one in teach(turned) if one.criterion == "a") < 0.85


def test_more_of_the_same_moves_further() -> None:
    few, many = (next(one.factor for one in teach([GOOD, BAD] * times) if one.criterion == "a") for times in (ENOUGH // 2, 4 * ENOUGH))
    assert 1 < few < many <= WIDEST


@pytest.mark.parametrize("outcomes", [[], [GOOD, BAD], [GOOD] * 30, [BAD] * 30])
def test_too_few_or_all_alike_teach_nothing(outcomes: list[Outcome]) -> None:
    assert teach(outcomes) == []


@pytest.mark.slow
@holds(outcomes=OUTCOMES)
def test_factors_stay_within_bounds_whatever_happened(outcomes: list[Outcome]) -> None:
    for one in teach(outcomes):
        assert 1 / WIDEST - 1e-9 <= one.factor <= WIDEST + 1e-9
        assert 0 <= one.good <= one.lessons <= len(outcomes)
    assert teach(outcomes) == teach(list(outcomes))
