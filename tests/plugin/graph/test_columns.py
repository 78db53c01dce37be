"""Columns and chains."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plugin.graph.columns import Chains, Column


def test_a_column_keeps_its_rows_when_it_grows() -> None:
    column = Column(np.int32, fill=-1)
    for value in range(100):
        assert column.append(value) == value
    column.grow(150)
    assert column.view.tolist() == [*range(100), *[-1] * 50]


@given(st.lists(st.integers(0, 5), max_size=40), st.sets(st.integers(0, 39)))
def test_chains_hold_what_was_added_and_not_removed(groups: list[int], removed: set[int]) -> None:
    chains, built = Chains(), Chains()
    for row, group in enumerate(groups):
        chains.add(group, row)
    built.build(np.array(groups, np.int32), count=6)
    for one in (chains, built):
        for row in removed:
            if row < len(groups):
                one.remove(groups[row], row)
        expected = {g: [row for row in range(len(groups) - 1, -1, -1) if groups[row] == g and row not in removed] for g in range(6)}
        assert {g: one.of(g) for g in range(6)} == expected
        places, rows = one.of_all(np.arange(6, dtype=np.int32))
        assert sorted(zip(places.tolist(), rows.tolist(), strict=True)) == sorted((g, row) for g, found in expected.items() for row in found)
