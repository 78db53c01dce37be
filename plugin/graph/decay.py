"""Sums that fade: how much of something a member did lately, at several half-lives.

A sum of fading terms is kept as a whole number relative to a reference time, so that adding and taking back are exact and independent of order. The
reference moves with the clock of whoever reads, in steps; then all sums are made anew from the events, once in :data:`STEP`.
"""

import numpy as np
from numpy.typing import NDArray

DAY = 86_400.0
STEP = 16 * DAY
"""How far the reference time may lag behind. With a shortest half-life of a day no sum of 2²⁴ events overflows 64 bits."""

_ONE = float(2**22)


def reference(now: float) -> float:
    """The reference time that belongs to ``now``."""
    return float(np.floor(now / STEP)) * STEP


def weigh(exponents: NDArray[np.float64]) -> NDArray[np.int64]:
    """Powers of two as whole numbers."""
    return np.floor(np.exp2(exponents) * _ONE + 0.5).astype(np.int64)


def units(at: NDArray[np.float64], *, half_life: float, origin: float) -> NDArray[np.int64]:
    """What events at these times weigh. ``half_life`` is in days. What lies further ahead than the reference can lag weighs as if it did not."""
    return weigh(np.minimum(at - origin, STEP) / (half_life * DAY))


def amounts(sums: NDArray[np.int64], *, half_life: float, origin: float, now: float) -> NDArray[np.float64]:
    """Sums as they stand at ``now``: an event of this moment is 1, one that is a half-life old 0.5."""
    factor = float(np.exp2(-(now - origin) / (half_life * DAY))) / _ONE
    return sums.astype(np.float64) * factor
