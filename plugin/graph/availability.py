"""Hours of the week that people have free, as bits, so that what two of them share is one AND.

A week is 336 half hours in UTC from Monday 00:00, kept in six words of 64 bits. Half hours, because some time zones are half an hour off; in those that are
a quarter off, as Nepal's, a span loses what does not fill a half hour of UTC.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

SLOTS = 7 * 48
WORDS = 6

Span = tuple[int, int, int]
"""A day (Monday is 0), and minutes from and to; a span that ends at or before its start goes on into the next day."""

Packed = NDArray[np.uint64]


def slots(spans: Iterable[Span], *, offset_hours: float) -> NDArray[np.bool_]:
    """The half hours in UTC that lie wholly within local spans."""
    free = np.zeros(SLOTS, bool)
    shift = round(offset_hours * 60)
    for day, start, end in spans:
        first = -(-(start - shift) // 30)
        last = ((end if end > start else end + 24 * 60) - shift) // 30
        free[(day * 48 + np.arange(first, last)) % SLOTS] = True
    return free


def pack(weeks: Sequence[NDArray[np.bool_] | None]) -> Packed:
    """One row of six words for each person; nobody's hours for ``None``."""
    bits = np.zeros((len(weeks), WORDS * 64), bool)
    for row, week in enumerate(weeks):
        if week is not None:
            bits[row, :SLOTS] = week
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint64)


def shared_hours(one: Packed, other: Packed) -> NDArray[np.float64]:
    """Hours a week that are free for both; rows are broadcast against each other."""
    return np.asarray(np.bitwise_count(one & other).sum(axis=-1, dtype=np.float64) / 2)
