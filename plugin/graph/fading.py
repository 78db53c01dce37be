"""The fading sums of all members: what each did lately, at several half-lives, and in which category."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from plugin.graph import decay
from plugin.graph.columns import Column

Key = TypeVar("Key", bound=Hashable)

HELPED = "helped"
POSTED = "posted"
LIKED = "liked"
ACCEPTED = "accepted"
SHOWN = "shown"

HALF_LIVES: dict[str, tuple[float, ...]] = {
    HELPED: (1.0, 3.0, 10.0, 30.0, 90.0, 365.0, 2000.0),
    POSTED: (3.0,),
    LIKED: (180.0,),
    ACCEPTED: (365.0,),
    SHOWN: (7.0,),
}
"""Half-lives in days, by what is summed: topics of others answered, posts written, likes received, answers accepted, times suggested."""

CATEGORY_HALF_LIFE = 365.0
# Also a half-life of HELPED, so that a category's part of all help can be told.


@dataclass(frozen=True, slots=True)
class _Sum:
    half_life: float
    column: Column[np.int64]


class Fading:
    """Sums by kind and half-life, by member. Not synchronised; ``origin`` is the reference time of all of them."""

    def __init__(self) -> None:
        self.origin = 0.0
        self.in_category: dict[tuple[int, int], int] = {}
        self.category_totals: dict[int, int] = {}
        self._sums = {kind: [_Sum(half_life, Column(np.int64)) for half_life in lives] for kind, lives in HALF_LIVES.items()}
        self._lives = {kind: np.array(lives) for kind, lives in HALF_LIVES.items()}

    def grow(self, members: int) -> None:
        for sums in self._sums.values():
            for one in sums:
                one.column.grow(members)

    def add(self, kind: str, member: int, at: float, *, times: int = 1) -> None:
        """Count an event in, or with ``times=-1`` out again."""
        exponents = np.minimum(at - self.origin, decay.STEP) / (self._lives[kind] * decay.DAY)
        weights = decay.weigh(exponents)
        for one, weight in zip(self._sums[kind], weights.tolist(), strict=True):
            one.column.data[member] += times * weight

    def add_category(self, category: int, member: int, at: float, *, times: int = 1) -> None:
        """Count help in a category in or out."""
        weight = times * int(decay.units(np.array([at]), half_life=CATEGORY_HALF_LIFE, origin=self.origin)[0])
        _change(self.in_category, (category, member), weight)
        _change(self.category_totals, category, weight)

    def load(self, kind: str, members: NDArray[np.int32], at: NDArray[np.float64]) -> None:
        """Make the sums of a kind anew from all its events."""
        for one in self._sums[kind]:
            one.column.data[:] = 0
            # np.add.at on whole numbers is exact whatever the order; bincount would go through floats.
            np.add.at(one.column.data, members, decay.units(at, half_life=one.half_life, origin=self.origin))

    def load_categories(self, categories: NDArray[np.int32], members: NDArray[np.int32], at: NDArray[np.float64]) -> None:
        """Make the sums by category anew from all its events."""
        keys = categories.astype(np.int64) << 32 | members
        names, place = np.unique(keys, return_inverse=True)
        sums = np.zeros(len(names), np.int64)
        np.add.at(sums, place, decay.units(at, half_life=CATEGORY_HALF_LIFE, origin=self.origin))
        kept = sums > 0
        self.in_category = {(key >> 32, key & 0xFFFFFFFF): total for key, total in zip(names[kept].tolist(), sums[kept].tolist(), strict=True)}
        self.category_totals = {}
        for (category, _), total in self.in_category.items():
            _change(self.category_totals, category, total)

    def amounts(self, kind: str, half_life: float, members: NDArray[np.int64], *, now: float) -> NDArray[np.float64]:
        """The sums of some members as they stand at ``now``."""
        column = self._sums[kind][HALF_LIVES[kind].index(half_life)].column
        return decay.amounts(column.data[members], half_life=half_life, origin=self.origin, now=now)

    def total(self, kind: str, half_life: float, *, now: float) -> float:
        """The sum of all members at ``now``."""
        column = self._sums[kind][HALF_LIVES[kind].index(half_life)].column
        return float(decay.amounts(column.view.sum(keepdims=True), half_life=half_life, origin=self.origin, now=now)[0])

    def column(self, kind: str, half_life: float) -> NDArray[np.int64]:
        """The raw sums of all members; comparable with each other."""
        return self._sums[kind][HALF_LIVES[kind].index(half_life)].column.view

    def columns(self, kind: str) -> list[NDArray[np.int64]]:
        """The raw sums of a kind at each half-life."""
        return [one.column.view for one in self._sums[kind]]

    def category_amounts(self, category: int, members: NDArray[np.int64], *, now: float) -> tuple[NDArray[np.float64], float]:
        """How much each of some members helped in a category lately, and all members together."""
        raw = np.fromiter((self.in_category.get((category, m), 0) for m in members.tolist()), np.int64, count=len(members))
        total = np.array([self.category_totals.get(category, 0)])
        both = decay.amounts(np.concatenate([raw, total]), half_life=CATEGORY_HALF_LIFE, origin=self.origin, now=now)
        return both[:-1], float(both[-1])


def _change(sums: dict[Key, int], key: Key, change: int) -> None:
    total = sums.get(key, 0) + change
    if total:
        sums[key] = total
    else:
        sums.pop(key, None)
