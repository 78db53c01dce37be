"""Who could help with a need, and why: a sum of contributions, each with its criterion."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugin.graph import fading
from plugin.graph.decay import DAY
from plugin.graph.evidence import Shown, evidence_of
from plugin.graph.knowledge import Knowledge
from plugin.graph.signals import CRITERIA, SIGNALS, Need, Signals, collect
from plugin.graph.similar import Similar, similar
from plugin.graph.weights import Weights

__all__ = ["Contribution", "Need", "Ranked", "rank"]

MAX_CANDIDATES = 2_000
"""How many members are looked at closely: those with the most similar help, and those who help most these days."""

NEGLIGIBLE = 0.25
"""Contributions smaller than this, in points of the score, are given together as "other"."""

PAGE = 5
"""Whoever was suggested lately steps back within the first so many places."""

KEPT = 0.6
"""The part of these places that stays with whoever fits best."""

SPREAD_POINTS = 8.0
"""What each doubling of recent suggestions costs at ``spread=1`` in the contest for the other places, in points of the score."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reason: how many points it adds to the score, the need's terms that it rests on, posts to show for it (best first), and numbers to say it with."""

    criterion: str
    value: float
    terms: tuple[int, ...] = ()
    post_ids: tuple[str, ...] = ()
    facts: Mapping[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A member who could help. ``score`` is in points: 100 would be the best in every respect. Contributions sum to it, greatest first."""

    member: int
    score: float
    contributions: tuple[Contribution, ...]


def rank(
    knowledge: Knowledge,
    need: Need,
    *,
    now: float,
    weights: Weights,
    spread: float = 0.0,
    limit: int = 10,
    exclude: Collection[int] = (),
    eligible: Callable[[int], bool] | None = None,
    minimum_fit: float = 0.0,
) -> list[Ranked]:
    """The members who fit a need best, best first.

    ``spread`` from 0 to 1 is how readily whoever was suggested lately leaves the last places of the first five to others; the first three stay with whoever
    fits best, so that an asker loses little. Members without any relevance to the need are left out, so that nobody is shown as filler;
    ``minimum_fit`` asks for that many points from topic, offer and category together. Ties are broken by member number.
    """
    with knowledge.lock:
        found, signals = consider(knowledge, need, now=now, exclude=exclude, eligible=eligible)
        points = points_of(signals.matrix, weights=weights)
        scores = points.sum(axis=1)
        kept = np.flatnonzero(_fit_enough(signals, points, minimum_fit=minimum_fit))
        ordered = kept[np.lexsort((knowledge.numbers(signals.rows)[kept], -scores[kept]))]
        chosen = _take_turns(ordered[: limit + 10 * PAGE], scores, signals.facts["shown"], spread=spread, limit=limit)
        places = [place for place, _ in chosen]
        facts = {name: values[places] for name, values in signals.facts.items()}
        rows = signals.rows[places].tolist()
        evidence = evidence_of(knowledge, need, found, rows, facts=facts, telling=signals.telling, now=now)
        members = knowledge.numbers(signals.rows[places]).tolist()
        return [_ranked(member, points[i], shown, back=back) for member, (i, back), shown in zip(members, chosen, evidence, strict=True)]


def consider(
    knowledge: Knowledge,
    need: Need,
    *,
    now: float,
    exclude: Collection[int] = (),
    eligible: Callable[[int], bool] | None = None,
) -> tuple[Similar, Signals]:
    """What a ranking rests on: similar participations and the signals of all candidates. The caller holds the lock."""
    knowledge.advance(now)
    found = similar(knowledge, need.terms)
    rows = _candidates(knowledge, need, found, now=now, exclude=exclude, eligible=eligible)
    return found, collect(knowledge, need, found, rows, now=now)


def points_of(matrix: NDArray[np.float64], *, weights: Weights) -> NDArray[np.float64]:
    """What each signal of each candidate adds to the score."""
    values = np.array([weights.value(name) for name in SIGNALS])
    whole = float(values[values > 0].sum())
    return matrix * (100 * values / (whole or 1.0))


def _take_turns(ordered: NDArray[np.int64], scores: NDArray[np.float64], shown: NDArray[np.float64], *, spread: float, limit: int) -> list[tuple[int, float]]:
    """The candidates to show, and by how much each stepped back.

    Whoever lost a place is given the score of who stands before them, so that the order is that of the scores.
    """
    left = ordered.tolist()
    if spread > 0:
        page = min(limit, PAGE, len(left))
        stay = max(1, round(KEPT * page))
        chosen, left = left[:stay], left[stay:]
        price = spread * SPREAD_POINTS * np.log2(1 + shown)
        for _ in range(page - stay):
            best = max(left, key=lambda i: float(scores[i] - price[i]))
            left.remove(best)
            chosen.append(best)
        left = chosen + left
    lowest = np.minimum.accumulate(scores[left[:limit]]) if left else np.empty(0)
    return [(i, float(low - scores[i])) for i, low in zip(left, lowest.tolist(), strict=False)]


def _candidates(k: Knowledge, need: Need, found: Similar, *, now: float, exclude: Collection[int], eligible: Callable[[int], bool] | None) -> NDArray[np.int64]:
    if len(k.facts) <= MAX_CANDIDATES:
        rows = np.flatnonzero(k.member_ready.view)
    else:
        recent = k.fading.column(fading.HELPED, 30.0)
        votes = np.bincount(found.authors, weights=(found.asked**2 + found.replied**2) * np.exp2((found.first - now) / (365 * DAY)), minlength=len(recent))
        offering = [row for said in (k.offers, k.about) for term in need.terms for row in list(said.get(term, ()))[: MAX_CANDIDATES // 4]]
        known = np.unique(np.concatenate([_top(recent, MAX_CANDIDATES // 4), _top(votes, MAX_CANDIDATES // 2), np.array(offering, np.int64)]))
        rows = known[k.member_ready.data[known] > 0]
    shy = [row for row, subjects in k.hidden.items() if any(subject and subject <= need.terms.keys() for subject in subjects)]
    rows = rows[~np.isin(rows, shy)] if shy else rows
    numbers = k.numbers(rows)
    rows = rows[~np.isin(numbers, [number for number in (need.asker, *exclude) if number is not None])]
    if eligible is None:
        return rows
    able = np.fromiter((eligible(number) for number in k.numbers(rows).tolist()), bool, count=len(rows))
    return np.asarray(rows[able], np.int64)


def _top(amounts: NDArray[np.int64] | NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Where the largest amounts above zero stand."""
    rows = np.flatnonzero(amounts > 0)
    return rows if len(rows) <= count else np.asarray(rows[np.argpartition(-amounts[rows], count)[:count]], np.int64)


_FIT = [i for i, name in enumerate(SIGNALS) if CRITERIA[name] in ("topic", "offer", "category")]


def _fit_enough(signals: Signals, points: NDArray[np.float64], *, minimum_fit: float) -> NDArray[np.bool_]:
    keep = signals.relevant.copy()
    if minimum_fit > 0:
        keep &= points[:, _FIT].sum(axis=1) >= minimum_fit
    return keep


def _ranked(number: int, points: NDArray[np.float64], evidence: Mapping[str, Shown], *, back: float) -> Ranked:
    sums = {"spread": back} if back else {}
    for name, value in zip(SIGNALS, points.tolist(), strict=True):
        sums[CRITERIA[name]] = sums.get(CRITERIA[name], 0.0) + value
    told = {criterion: value for criterion, value in sums.items() if abs(value) >= NEGLIGIBLE}
    contributions = [_contribution(criterion, value, evidence.get(criterion, ((), (), {}))) for criterion, value in told.items()]
    contributions.sort(key=lambda c: (-c.value, c.criterion))
    other = sum(value for criterion, value in sums.items() if criterion not in told)
    if other:
        contributions.append(Contribution("other", other))
    return Ranked(number, sum(sums.values()), tuple(contributions))


def _contribution(criterion: str, value: float, shown: Shown) -> Contribution:
    terms, posts, facts = shown
    # No post and no word shows that somebody did less than others.
    return Contribution(criterion, value, terms, posts, facts) if value > 0 else Contribution(criterion, value, facts=facts)
