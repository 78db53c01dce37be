"""Scores of candidate pairs from wishes and rules, the candidates themselves, and the parts that a score is made of.

Each side's score is the weighted mean of the fits of its wishes, and the two are fused harmonically (:mod:`plugin.graph.reciprocal`). A fit that nobody can
know because one of the two said nothing counts as a half: it speaks neither for nor against.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.domain.designs import RuleWay, Side
from plugin.domain.rounds import Part
from plugin.graph.criteria.measures import Bools, Floats, Ints, Measure
from plugin.graph.matching import RuleKind, RuleMask
from plugin.graph.reciprocal import fuse, shares

UNKNOWN = 0.5
"""The fit that counts where it is not known."""

ALL_PAIRS = 1_000_000
"""Up to so many pairs all are candidates."""

BLOCK = 1_000_000
"""Pairs looked at together while candidates are chosen; bounds memory at about 8 MB an array."""

OUTSIDE = 5
"""A candidate in so many stands for pairs that rules remove, so that a rule's price can be told."""

Watch = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What one criterion asks: the measure of what mentees get of it and of what mentors get; ``None`` where it is not that side's wish."""

    key: str
    weight: float
    mentee: Measure | None
    mentor: Measure | None


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A hard rule on a measure: met from ``at_least`` on. What is not known does not meet a rule that must hold, and breaks none that must not."""

    name: str
    way: RuleWay
    measure: Measure
    at_least: float

    def allows(self, fit: Floats) -> Bools:
        """For each fit, whether the rule lets the pair be."""
        met = np.nan_to_num(fit, nan=-1.0) >= self.at_least - 1e-9
        return met if self.way is RuleWay.MUST else ~met


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Candidate pairs by rows of both sides, ordered by mentee and then mentor, with their scores and what each rule says."""

    mentee: Ints
    mentor: Ints
    score: Floats
    rules: tuple[RuleMask, ...]


def score(wishes: Sequence[Wish], mentees: Ints, mentors: Ints) -> Floats:
    """The score of listed pairs, from 0 to 1."""
    return _fused(wishes, lambda measure: measure.of(mentees, mentors), (len(mentees),))


def candidates(
    wishes: Sequence[Wish],
    checks: Sequence[Check],
    *,
    mentees: int,
    mentors: int,
    each: int,
    extra: Collection[tuple[int, int]] = (),
    watch: Watch = lambda _share: None,
) -> Scored:
    """The pairs to choose from: all of them up to :data:`ALL_PAIRS`, else the best ``each`` of every mentee and of every mentor, and ``extra`` ones by rows.

    Of a mentee's candidates one in :data:`OUTSIDE` is the best whatever the rules say. ``watch`` is told how far it is, and raises to stop it.
    """
    if mentees * mentors <= ALL_PAIRS:
        rows, columns = np.divmod(np.arange(mentees * mentors), mentors)
    else:
        every = _best(wishes, checks, mentees=mentees, mentors=mentors, each=min(each, mentees), watch=watch)
        wanted = np.array([mentee * mentors + mentor for mentee, mentor in extra], np.int64)
        rows, columns = np.divmod(np.union1d(every, wanted), mentors)
    found = score(wishes, rows, columns)
    watch(1.0)
    masks = tuple(RuleMask(check.name, RuleKind(check.way.value), check.allows(check.measure.of(rows, columns))) for check in checks)
    return Scored(rows, columns, found, masks)


def parts(wishes: Sequence[Wish], mentees: Ints, mentors: Ints) -> list[tuple[Part, ...]]:
    """What the scores of listed pairs are made of, the largest contribution first; the contributions of a pair sum to its score."""
    sums = {side: _side(wishes, lambda measure: measure.of(mentees, mentors), (len(mentees),), side=side) for side in (Side.MENTEE, Side.MENTOR)}
    factors = _factors(sums[Side.MENTEE], sums[Side.MENTOR], (len(mentees),))
    columns: list[tuple[str, Side, Floats, Floats]] = []
    for side in (Side.MENTEE, Side.MENTOR):
        whole = sum(wish.weight for wish in wishes if _measure(wish, side) is not None)
        for wish in wishes:
            measure = _measure(wish, side)
            if measure is not None:
                fit = _known(measure.of(mentees, mentors))
                columns.append((wish.key, side, fit, factors[side] * fit * (wish.weight / whole)))
    return [
        tuple(sorted((Part(criterion=key, side=side, fit=float(fit[i]), contribution=float(adds[i])) for key, side, fit, adds in columns), key=_place))
        for i in range(len(mentees))
    ]


def _place(part: Part) -> tuple[float, str, str]:
    return (-part.contribution, part.criterion, part.side.value)


def _measure(wish: Wish, side: Side) -> Measure | None:
    return wish.mentee if side is Side.MENTEE else wish.mentor


def _known(fit: Floats) -> Floats:
    return np.asarray(np.nan_to_num(fit, nan=UNKNOWN), np.float64)


def _side(wishes: Sequence[Wish], fit_of: Callable[[Measure], Floats], shape: tuple[int, ...], *, side: Side) -> Floats | None:
    asked = [(wish.weight, measure) for wish in wishes if (measure := _measure(wish, side)) is not None]
    whole = sum(weight for weight, _ in asked)
    if not whole:
        return None
    found = np.zeros(shape)
    for weight, measure in asked:
        found += _known(fit_of(measure)) * (weight / whole)
    return found


def _fused(wishes: Sequence[Wish], fit_of: Callable[[Measure], Floats], shape: tuple[int, ...]) -> Floats:
    # A criterion of both sides that is measured alike for both is looked at once.
    once: dict[int, Floats] = {}

    def remembered(measure: Measure) -> Floats:
        if id(measure) not in once:
            once[id(measure)] = fit_of(measure)
        return once[id(measure)]

    mentee = _side(wishes, remembered, shape, side=Side.MENTEE)
    mentor = _side(wishes, remembered, shape, side=Side.MENTOR)
    if mentee is None or mentor is None:
        only = mentee if mentor is None else mentor
        return np.zeros(shape) if only is None else only
    return fuse(mentee, mentor)


def _factors(mentee: Floats | None, mentor: Floats | None, shape: tuple[int, ...]) -> dict[Side, Floats]:
    if mentee is None or mentor is None:
        return {Side.MENTEE: np.ones(shape), Side.MENTOR: np.ones(shape)}
    first, second = shares(mentee, mentor)
    return {Side.MENTEE: first, Side.MENTOR: second}


def _best(wishes: Sequence[Wish], checks: Sequence[Check], *, mentees: int, mentors: int, each: int, watch: Watch) -> Ints:
    size = max(1, BLOCK // mentors)
    inside = each - each // OUTSIDE
    keys: list[NDArray[np.int64]] = []
    best_of_mentor = np.full((each, mentors), -np.inf)
    holder = np.zeros((each, mentors), np.int64)
    for start in range(0, mentees, size):
        watch(0.9 * start / mentees)
        rows = np.arange(start, min(start + size, mentees))
        scores = _fused(wishes, lambda measure, rows=rows: measure.block(rows), (len(rows), mentors))  # type: ignore[misc]  # a default binds the loop's rows
        allowed = np.ones(scores.shape, bool)
        for check in checks:
            allowed &= check.allows(check.measure.block(rows))
        closed = np.where(allowed, scores, -1.0)
        keys += [_keys(closed, rows, inside), _keys(scores, rows, each - inside)]
        both = np.concatenate([best_of_mentor, closed])
        kept = np.argpartition(-both, each - 1, axis=0)[:each]
        holder = np.take_along_axis(np.concatenate([holder, np.broadcast_to(rows[:, None], closed.shape)]), kept, axis=0)
        best_of_mentor = np.take_along_axis(both, kept, axis=0)
    there = best_of_mentor >= 0
    keys.append(holder[there] * mentors + np.broadcast_to(np.arange(mentors), holder.shape)[there])
    return np.unique(np.concatenate(keys))


def _keys(scores: Floats, rows: Ints, count: int) -> Ints:
    """The best columns of each row, as keys of pairs."""
    mentors = scores.shape[1]
    if count >= mentors:
        return np.asarray((rows[:, None] * mentors + np.arange(mentors)).ravel(), np.int64)
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    return np.asarray((rows[:, None] * mentors + best).ravel(), np.int64)
