"""How unequally something is spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.graph.inequality import gini


@given(st.lists(st.integers(0, 100), max_size=20))
def test_gini_is_the_mean_difference(amounts: list[int]) -> None:
    pairs = sum(abs(a - b) for a in amounts for b in amounts)
    expected = pairs / (2 * len(amounts) * sum(amounts)) if sum(amounts) else 0.0
    assert gini(amounts) == pytest.approx(expected, abs=1e-9)
