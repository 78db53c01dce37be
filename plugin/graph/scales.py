"""Figures about answers, each with how sure one can be of it.

Intervals are at 95 % unless said otherwise. Quantiles come from scipy.special, which loads in a tenth of the time of scipy.stats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plugin.domain.health import MIN_CELL

T = TypeVar("T")
LEVEL = 0.95
Items = NDArray[np.float64]
"""One row a person, one column an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its interval. ``low`` and ``high`` are ``None`` where there are too few values for one; ``n`` is how many there are."""

    value: float
    low: float | None
    high: float | None
    n: int


def batches(values: Sequence[T]) -> Sequence[T]:
    """Those that fill whole batches of :data:`~plugin.domain.health.MIN_CELL`, the first ones first."""
    return values[: len(values) // MIN_CELL * MIN_CELL]


def mean(values: Sequence[float], *, level: float = LEVEL) -> Estimate | None:
    """The mean with Student's t interval; ``None`` of no values.

    Notes
    -----
    Student (1908), "The probable error of a mean", Biometrika 6(1). With one value, or none that differ, there is no spread to judge by: one value has no
    interval, and equal ones an interval of no width.

    """
    if not values:
        return None
    array = np.asarray(values, dtype=float)
    n, value = len(array), float(array.mean())
    if n < 2:
        return Estimate(value=value, low=None, high=None, n=n)
    half = float(special.stdtrit(n - 1, 0.5 + level / 2)) * float(array.std(ddof=1)) / sqrt(n)
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def share(hits: int, n: int, *, level: float = LEVEL) -> Estimate | None:
    """A share with Wilson's score interval; ``None`` of none. Raises :class:`ValueError` unless ``0 <= hits <= n``.

    Notes
    -----
    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22; recommended for small n by Brown, Cai & DasGupta (2001),
    "Interval estimation for a binomial proportion", Statistical Science 16(2).

    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if n == 0:
        return None
    z = float(special.ndtri(0.5 + level / 2))
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(value=p, low=0.0 if hits == 0 else max(0.0, middle - half), high=1.0 if hits == n else min(1.0, middle + half), n=n)


def share_difference(hits: int, n: int, other_hits: int, other_n: int, *, level: float = LEVEL) -> Estimate | None:
    """How much higher the first share is than the other, with Newcombe's hybrid score interval; ``None`` if one is of none.

    Notes
    -----
    Newcombe (1998), "Interval estimation for the difference between independent proportions", Statistics in Medicine 17, method 10.

    """
    one, other = share(hits, n, level=level), share(other_hits, other_n, level=level)
    if one is None or other is None or one.low is None or one.high is None or other.low is None or other.high is None:
        return None
    value = one.value - other.value
    low = value - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = value + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Estimate(value=value, low=low, high=high, n=n + other_n)


def mean_difference(values: Sequence[float], others: Sequence[float], *, level: float = LEVEL) -> Estimate | None:
    """How much higher the first mean is, with Welch's t interval; ``None`` if one is of none.

    Notes
    -----
    Welch (1947), "The generalization of Student's problem when several different population variances are involved", Biometrika 34.

    """
    if not values or not others:
        return None
    a, b = np.asarray(values, dtype=float), np.asarray(others, dtype=float)
    n, value = len(a) + len(b), float(a.mean() - b.mean())
    if min(len(a), len(b)) < 2:
        return Estimate(value=value, low=None, high=None, n=n)
    va, vb = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    # Below what a difference of answers can be, where squares of it underflow.
    if va + vb < 1e-24:
        return Estimate(value=value, low=value, high=value, n=n)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = float(special.stdtrit(freedom, 0.5 + level / 2)) * sqrt(va + vb)
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def nps(scores: Sequence[int], *, level: float = LEVEL) -> Estimate | None:
    """The net promoter score from answers 0 to 10, from -100 to 100, with its interval; ``None`` of no answers. Raises :class:`ValueError` beyond 0 to 10.

    Notes
    -----
    Reichheld (2003), "The one number you need to grow": 9 and 10 promote, 0 to 6 detract. The interval is Rocks' adjusted Wald for the difference of two shares
    of one sample: 3/4 of an answer is added to promoters and to detractors and 3/2 to the rest, three in all (Rocks 2016, "Interval estimation for the Net
    Promoter Score", The American Statistician 70(4)).

    """
    if any(not 0 <= one <= 10 for one in scores):
        raise ValueError("answers go from 0 to 10")
    n = len(scores)
    if n == 0:
        return None
    up, down = sum(one >= 9 for one in scores), sum(one <= 6 for one in scores)
    weight = n + 3.0
    p, q = (up + 0.75) / weight, (down + 0.75) / weight
    half = float(special.ndtri(0.5 + level / 2)) * sqrt((p + q - (p - q) ** 2) / weight)
    low, high = max(-1.0, p - q - half), min(1.0, p - q + half)
    value = (up - down) / n
    # The adjusted middle leans to 0: with a handful of equal answers the score itself would lie outside.
    return Estimate(value=100 * value, low=100 * min(low, value), high=100 * max(high, value), n=n)


def alpha(items: Items) -> float | None:
    """Cronbach's alpha of items that are turned the same way; ``None`` with fewer than two items or people, or where all people have the same sum.

    Notes
    -----
    Cronbach (1951), "Coefficient alpha and the internal structure of tests", Psychometrika 16. Below 0 it says that items contradict each other: one that
    counts the other way round was not marked so.

    """
    people, k = items.shape
    if people < 2 or k < 2:
        return None
    total = float(items.sum(axis=1).var(ddof=1))
    if total <= 1e-12:
        return None
    return float(k / (k - 1) * (1 - float(items.var(axis=0, ddof=1).sum()) / total))


def alpha_estimate(items: Items, *, level: float = LEVEL) -> Estimate | None:
    """Cronbach's alpha with Feldt's interval; ``None`` where there is no alpha.

    Notes
    -----
    Feldt (1965), "The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty", Psychometrika 30: (1 - alpha) / (1 - estimate)
    follows F with n - 1 and (n - 1)(k - 1) degrees of freedom.

    """
    value = alpha(items)
    if value is None:
        return None
    people, k = items.shape
    one, two = people - 1, (people - 1) * (k - 1)
    low = 1 - (1 - value) * float(special.fdtri(one, two, 0.5 + level / 2))
    high = 1 - (1 - value) * float(special.fdtri(one, two, 0.5 - level / 2))
    return Estimate(value=value, low=low, high=high, n=people)


def alpha_bootstrap(items: Items, *, seed: int, rounds: int = 2_000, level: float = LEVEL) -> Estimate | None:
    """Cronbach's alpha with a percentile bootstrap interval over people, which does not rest on normal answers; ``None`` where there is no alpha.

    Notes
    -----
    Efron & Tibshirani (1993), "An introduction to the bootstrap", chapter 13. Samples in which everybody has the same sum have no alpha and are left out.

    """
    value = alpha(items)
    if value is None:
        return None
    people, k = items.shape
    drawn = items[np.random.default_rng(seed).integers(0, people, size=(rounds, people))]
    totals = drawn.sum(axis=2).var(axis=1, ddof=1)
    parts = drawn.var(axis=1, ddof=1).sum(axis=1)
    good = totals > 1e-12
    if not good.any():
        return Estimate(value=value, low=None, high=None, n=people)
    found = k / (k - 1) * (1 - parts[good] / totals[good])
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(value=value, low=float(low), high=float(high), n=people)


def factor_scores(answers: Sequence[Mapping[str, float]], keys: Sequence[str], *, least: float = 0.5) -> list[float]:
    """Each person's mean over the items of a factor, for those who answered at least this share of them; answers are turned the same way already."""
    found = []
    for one in answers:
        given = [one[key] for key in keys if key in one]
        if given and len(given) >= least * len(keys):
            found.append(sum(given) / len(given))
    return found
