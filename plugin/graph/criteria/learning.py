"""What answers teach about criteria: by how much the weight of each is to be multiplied.

A lesson is a pair with its fits and how well it went (0 to 1). A logistic regression says how far each fit went with good outcomes; its coefficients are drawn
towards none by a quadratic penalty (ridge; Hoerl and Kennard 1970), so that few lessons move little, and their exponentials multiply the weights. A factor
stays between a third and three: what an admin asked for stays recognisable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from plugin.graph.criteria.measures import Floats

ENOUGH = 8
"""Fewer lessons, or only good or only bad ones, teach nothing."""

STRENGTH = 10.0
"""How much the penalty resists, beside a loss of at most 0.7 a lesson."""

WIDEST = 3.0
"""A weight is at most multiplied and divided by this."""

NOTABLE = 0.01
"""Smaller moves than this are not made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How well a pair went, and how well it met each criterion when it was made."""

    fits: Mapping[str, float]
    went: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What lessons say of one criterion: by what its weight is multiplied, and its mean fit where things went well and where they did not."""

    criterion: str
    factor: float
    lessons: int
    good: int
    fit_when_good: float
    fit_when_bad: float


def teach(outcomes: Sequence[Outcome], *, strength: float = STRENGTH) -> list[Taught]:
    """What the outcomes teach, by criterion in alphabetical order; nothing if they are too few or all alike."""
    went = np.array([one.went for one in outcomes])
    good = went >= 0.5
    if len(outcomes) < ENOUGH or good.all() or not good.any():
        return []
    keys = sorted({key for one in outcomes for key in one.fits})
    fits = np.array([[one.fits.get(key, np.nan) for key in keys] for one in outcomes]).reshape(len(outcomes), len(keys))
    there = ~np.isnan(fits)
    means = np.array([fits[there[:, k], k].mean() for k in range(len(keys))])
    centred = np.where(there, fits - means, 0.0)
    slopes = _fit(centred, went, strength=strength)
    factors = np.exp(np.clip(slopes, -np.log(WIDEST), np.log(WIDEST)))
    return [
        Taught(
            criterion=key,
            factor=float(factors[k]),
            lessons=int(there[:, k].sum()),
            good=int((there[:, k] & good).sum()),
            fit_when_good=_mean(fits[there[:, k] & good, k]),
            fit_when_bad=_mean(fits[there[:, k] & ~good, k]),
        )
        for k, key in enumerate(keys)
    ]


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def _fit(fits: Floats, went: Floats, *, strength: float) -> Floats:
    def loss(point: Floats) -> tuple[float, Floats]:
        raw = point[0] + fits @ point[1:]
        off = 1 / (1 + np.exp(-raw)) - went
        value = float((np.logaddexp(0, raw) - went * raw).sum() + strength / 2 * (point[1:] ** 2).sum())
        return value, np.concatenate([[off.sum()], fits.T @ off + strength * point[1:]])

    found = minimize(loss, np.zeros(fits.shape[1] + 1), jac=True, method="L-BFGS-B")
    return np.asarray(found.x[1:], np.float64)
