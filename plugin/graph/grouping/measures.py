"""What groups are measured by: attributes as columns of 0 and 1, and the cost of having so many of each.

Spread: a value that the share ``p`` of all people has is due to ``round(p s)`` places of a group of ``s``; each place short is a miss, each beyond ``p s``
rounded up a quarter of one. A number is cut into quarters first. Alike: everybody without the group's commonest value is a miss. Numbers alike: the sum of
distances from the group's median, as a share of the whole range (counted on a scale of sixteen steps, where it is a sum over steps of whoever is on the smaller
side).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plugin.errors import Invalid
from plugin.graph.grouping.model import Aim, Kind, Person, Trait

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MISS = 240.0
"""The cost of one miss at the largest weight. Costs are whole numbers in floating point, so that sums are exact and products are fast."""

HARD = 1e7
"""The cost of breaking a rule once: more than all aims together can cost."""

STEPS = 16
QUARTERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One thing that groups cost.

    ``has`` says which of the values each person has, ``counted`` whether they count at all. ``table`` is the cost by size, value and count and is summed over
    values; without one the cost is ``weight`` for everyone who counts and does not have the commonest value.
    """

    has: Floats
    counted: Floats
    weight: float
    table: Floats | None = None

    def cost(self, counts: Floats, sizes: Floats) -> Floats:
        """The cost of groups, given how many have each value and how many count."""
        if self.table is None:
            most = counts.max(axis=-1, initial=0.0)
            return np.asarray(self.weight * (sizes - most), np.float64)
        values = np.arange(counts.shape[-1])
        found = self.table[sizes.astype(np.int64)[..., None], values, counts.astype(np.int64)]
        return np.asarray(found.sum(axis=-1), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """An aim with the people's values: the measure, what each value is called, and the share of it among all; ``numbers`` where it is one of numbers."""

    aim: Aim
    measure: Measure
    names: tuple[str, ...]
    share: Floats
    numbers: Floats | None = None

    def due(self, size: float) -> Floats:
        """How many places of a group of that size are due to each value."""
        return np.rint(self.share * size)


def columns(people: Sequence[Person], aims: Sequence[Aim], *, largest: int) -> list[Column]:
    """The aims as columns over the people; ``largest`` is how many may be in a group at most. Aims that nobody has a value for are left out."""
    heaviest = max((aim.weight for aim in aims), default=1.0)
    made = (_column(people, aim, weight=max(1.0, round(MISS * aim.weight / heaviest)), largest=largest) for aim in aims)
    return [column for column in made if column is not None]


def hours(people: Sequence[Person]) -> tuple[Ints, Floats]:
    """The hours at which anybody can meet and which are not beaten by another (at which the same people can and more), and who can at each."""
    listed = np.array(sorted(frozenset().union(*(person.hours for person in people))), np.int64)
    place = {hour: k for k, hour in enumerate(listed.tolist())}
    can = np.zeros((len(people), len(listed)))
    for row, person in enumerate(people):
        can[row, [place[hour] for hour in person.hours]] = 1
    both, alone = can.T @ can, can.sum(axis=0)
    within = both == alone[:, None]
    earlier = np.arange(len(listed))[None, :] < np.arange(len(listed))[:, None]
    beaten = (within & ((alone[None, :] > alone[:, None]) | earlier)).any(axis=1)
    return listed[~beaten], can[:, ~beaten]


def meeting(can: Floats) -> Measure:
    """Everybody who cannot come at the group's best hour breaks a rule."""
    return Measure(can, np.ones(len(can)), HARD)


def sizes(real: Floats, *, least: int, most: int, preferred: float) -> Measure:
    """Fewer people than the least break a rule; the further from the preferred number, the worse by a little. ``real`` is 1 for people, 0 for empty places."""
    count = np.arange(most + 1)
    cost = np.where(count < least, HARD * (least - count), 0.0) + np.rint(2 * (count - preferred) ** 2)
    return Measure(real[:, None], np.zeros(len(real)), 1.0, cost[None, None, :])


def _column(people: Sequence[Person], aim: Aim, *, weight: float, largest: int) -> Column | None:
    values = [person.traits.get(aim.attribute) if aim.mentors or not person.mentor else None for person in people]
    told = [value for value in values if value is not None and value != frozenset()]
    numeric = [isinstance(value, int | float) and not isinstance(value, bool) for value in told]
    if not told:
        return None
    if any(numeric) and not all(numeric):
        raise Invalid("“{attribute}” is a number for some and words for others: choose one", code="bad_attribute", field="aims", attribute=aim.attribute)
    if all(numeric):
        return _numbers(np.array([np.nan if value is None else value for value in values], np.float64), aim, weight=weight, largest=largest)
    return _words([_set(value) for value in values], aim, weight=weight, largest=largest)


def _set(value: Trait | None) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset({str(value)})


def _words(values: Sequence[frozenset[str]], aim: Aim, *, weight: float, largest: int) -> Column:
    names = tuple(sorted(frozenset().union(*values)))
    place = {name: k for k, name in enumerate(names)}
    has = np.zeros((len(values), len(names)))
    for row, value in enumerate(values):
        has[row, [place[name] for name in value]] = 1
    counted = np.asarray(has.any(axis=1), np.float64)
    share = has.sum(axis=0) / max(1.0, counted.sum())
    if aim.kind is Kind.CLUSTER:
        return Column(aim, Measure(has, counted, weight), names, share)
    return Column(aim, Measure(has, counted, weight, _spread(share, weight=weight, largest=largest)), names, share)


def _numbers(values: Floats, aim: Aim, *, weight: float, largest: int) -> Column:
    known = ~np.isnan(values)
    if not np.isfinite(values[known]).all():
        raise Invalid("“{attribute}” has a value that is not a number: leave it out", code="bad_attribute", field="aims", attribute=aim.attribute)
    low, high = float(values[known].min()), float(values[known].max())
    counted = known.astype(np.float64)
    filled = np.where(known, values, low)
    if aim.kind is Kind.CLUSTER:
        edges = np.linspace(low, high, STEPS + 1)[:-1]
        has = (filled[:, None] > edges) * counted[:, None]
        count = np.arange(largest + 1.0)
        smaller = np.clip(np.minimum(count[None, :], count[:, None] - count[None, :]), 0, None)
        table = np.repeat(np.rint(smaller * weight / STEPS)[:, None, :], STEPS, axis=1)
        return Column(aim, Measure(has, counted, weight, table), (), np.zeros(STEPS), values)
    cuts = np.unique(np.quantile(values[known], np.linspace(0, 1, QUARTERS + 1)))
    part = np.clip(np.searchsorted(cuts, filled, side="right") - 1, 0, max(0, len(cuts) - 2))
    names = tuple(f"{a:g} to {b:g}" for a, b in pairwise(cuts.tolist())) or (f"{low:g}",)
    has = (part[:, None] == np.arange(len(names))) * counted[:, None]
    share = has.sum(axis=0) / max(1.0, counted.sum())
    return Column(aim, Measure(has, counted, weight, _spread(share, weight=weight, largest=largest)), names, share, values)


def _spread(share: Floats, *, weight: float, largest: int) -> Floats:
    """The cost by size, value and count."""
    size, count = np.arange(largest + 1.0)[:, None, None], np.arange(largest + 1.0)[None, None, :]
    part = share[None, :, None] * size
    short, over = np.clip(np.rint(part) - count, 0, None), np.clip(count - np.ceil(part - 1e-9), 0, None)
    return np.asarray(np.rint(weight * short + weight / 4 * over), np.float64)
