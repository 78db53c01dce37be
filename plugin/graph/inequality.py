"""How unequally something is spread over people."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def gini(amounts: Sequence[float] | NDArray[np.int64]) -> float:
    """The Gini coefficient: 0 when all have the same, towards 1 when one has everything (Gini 1912). 0 for nothing at all."""
    ordered = np.sort(np.asarray(amounts))
    count, whole = len(ordered), float(ordered.sum())
    if not whole:
        return 0.0
    return float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * whole))
