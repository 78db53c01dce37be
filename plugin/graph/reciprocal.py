"""Reciprocal scores: what a mentee gets of a mentor and what a mentor gets of a mentee, as one number that is high only if both are.

The two are fused by the harmonic mean (RECON; Pizzato, Rej, Chung, Koprinska and Kay 2010), which is the one of the usual means that forgives a low side least.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fuse(mentee: Floats, mentor: Floats) -> Floats:
    """The harmonic mean of two scores from 0 to 1; 0 where either is 0.

    >>> fuse(np.array([1.0, 0.5, 0.0]), np.array([1.0, 1.0, 1.0])).round(3).tolist()
    [1.0, 0.667, 0.0]
    """
    first, second = shares(mentee, mentor)
    return np.asarray(mentee * first + mentor * second, np.float64)


def shares(mentee: Floats, mentor: Floats) -> tuple[Floats, Floats]:
    """By what each side's score is multiplied so that the two products sum to the harmonic mean: 2ab/(a+b) = a·b/(a+b) + b·a/(a+b)."""
    whole = mentee + mentor
    with np.errstate(invalid="ignore", divide="ignore"):
        first = np.where(whole > 0, mentor / whole, 0.0)
        second = np.where(whole > 0, mentee / whole, 0.0)
    return np.asarray(first), np.asarray(second)
