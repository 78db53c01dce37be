"""Estimates with their 95 % intervals, written out by hand from what they are named after, or taken from scipy."""

from collections.abc import Iterable, Sequence
from math import isnan, sqrt
from statistics import NormalDist, fmean, stdev

from scipy import stats

Z = NormalDist().inv_cdf(0.975)
Figure = tuple[float, float | None, float | None, int]
"""Value, lower and upper end, and how many it rests on."""


def share(hits: int, n: int) -> Figure | None:
    """A share with the interval of Wilson (1927), from its quadratic equation."""
    if not n:
        return None
    p, a = hits / n, Z * Z / n
    half = Z * sqrt(p * (1 - p) / n + a / (4 * n))
    low, high = (p + a / 2 - half) / (1 + a), (p + a / 2 + half) / (1 + a)
    return p, max(0.0, low) if hits else 0.0, min(1.0, high) if hits < n else 1.0, n


def mean(values: Sequence[float]) -> Figure | None:
    """A mean with Student's interval."""
    if not values:
        return None
    middle, n = fmean(values), len(values)
    if n < 2:
        return middle, None, None, n
    half = float(stats.t.ppf(0.975, n - 1)) * stdev(values) / sqrt(n)
    return middle, middle - half, middle + half, n


def promoters(points: Sequence[int]) -> Figure | None:
    """The net promoter score with the adjusted Wald interval of Rocks (2016)."""
    n = len(points)
    if not n:
        return None
    up, down = sum(one > 8 for one in points), sum(one < 7 for one in points)
    p, q = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3)
    half = Z * sqrt((p + q - (p - q) ** 2) / (n + 3))
    score = (up - down) / n
    return 100 * score, 100 * min(score, max(-1.0, p - q - half)), 100 * max(score, min(1.0, p - q + half)), n


def unevenness(amounts: Iterable[int]) -> float:
    """Gini's coefficient as the mean of all differences over twice the mean."""
    found = list(amounts)
    total = sum(found)
    return sum(abs(a - b) for a in found for b in found) / (2 * len(found) * total) if total else 0.0


def share_apart(hits: int, n: int, other_hits: int, other_n: int) -> Figure | None:
    """How much higher a share is than another, with Newcombe's tenth interval (1998) from those of Wilson."""
    one, other = share(hits, n), share(other_hits, other_n)
    if one is None or other is None:
        return None
    (p, low, high, _), (q, other_low, other_high, _) = one, other
    assert low is not None
    assert high is not None
    assert other_low is not None
    assert other_high is not None
    apart = p - q
    return apart, apart - sqrt((p - low) ** 2 + (other_high - q) ** 2), apart + sqrt((high - p) ** 2 + (q - other_low) ** 2), n + other_n


def mean_apart(values: Sequence[float], others: Sequence[float]) -> Figure | None:
    """How much higher a mean is than another, with the interval of Welch's test."""
    if not values or not others:
        return None
    apart, n = fmean(values) - fmean(others), len(values) + len(others)
    if len(values) < 2 or len(others) < 2:
        return apart, None, None, n
    if len({*values}) == len({*others}) == 1:
        return apart, apart, apart, n
    low, high = (float(end) for end in stats.ttest_ind(values, others, equal_var=False).confidence_interval(0.95))
    assert not isnan(low)
    return apart, low, high, n
