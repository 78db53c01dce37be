"""Who answers more often than their figures let expect.

Two members who were here yesterday and answered as much lately can still differ: one takes up every other question, one only what is to their taste. Each
answer that is given is held against everybody's chance of giving it, by the weights that ship with the product; the sums fade. It is the residual of a model
as a feature of the next one (one step of boosting, after Friedman 2001), per member and shrunk towards "as expected".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Column
from plugin.graph.decay import DAY

HALF_LIFE = 120.0
"""Days after which an answer says half as much about somebody's habit."""

CAUTION = 4.0
"""So many answers as expected are taken for granted, so that little evidence says little."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How many answers a member gave and how many could be expected, both faded to the time of the whole."""

    member: int
    answered: float
    expected: float


class Habits:
    """The habits of a community by member row. Not synchronised.

    Sums are kept as of ``at``: what is later is added with more than its weight, so that nothing needs to be faded in between.
    """

    def __init__(self) -> None:
        self.at = 0.0
        self.answered: Column[np.float64] = Column(np.float64)
        self.expected: Column[np.float64] = Column(np.float64)

    def grow(self, members: int) -> None:
        """Have room for so many members."""
        self.answered.grow(members)
        self.expected.grow(members)

    def forget(self, row: int) -> None:
        """Forget a member's habit."""
        self.answered.data[row] = self.expected.data[row] = 0.0

    def clear(self, *, at: float) -> None:
        """Forget everybody's, and begin anew at a time."""
        self.answered.data[:] = 0.0
        self.expected.data[:] = 0.0
        self.at = at

    def count(self, row: int, rows: NDArray[np.int64], chances: NDArray[np.float64], *, at: float) -> None:
        """``row`` gave an answer, which each of ``rows`` could have given."""
        weight = float(np.exp2((at - self.at) / (HALF_LIFE * DAY)))
        self.answered.data[row] += weight
        self.expected.data[rows] += weight * chances

    def amounts(self, rows: NDArray[np.int64], *, now: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each of some members answered and could be expected to, faded to ``now``."""
        factor = float(np.exp2(-max(now - self.at, 0.0) / (HALF_LIFE * DAY)))
        return self.answered.data[rows] * factor, self.expected.data[rows] * factor

    def signal(self, rows: NDArray[np.int64], *, now: float) -> NDArray[np.float64]:
        """0 for as expected, ln 2 for twice as often; little evidence is drawn towards 0."""
        answered, expected = self.amounts(rows, now=now)
        return np.asarray(np.log((answered + CAUTION) / (expected + CAUTION)), np.float64)
