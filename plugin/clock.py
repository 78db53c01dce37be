"""The clock, handed to whoever needs one."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

Clock = Callable[[], datetime]
"""Returns the time now, aware and in UTC."""
Day = TypeVar("Day", bound=date)
YEARS = range(1900, 2200)
"""The years in which days and times can lie that somebody gives. Nothing can be reckoned with those at the ends of what Python knows: a zone or an hour more,
and there is no such time."""


def system_clock() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def in_our_time(given: Day) -> Day:
    """A day, or a day and a time, that somebody gave. Raises :class:`ValueError` for one outside of :data:`YEARS`."""
    if given.year not in YEARS:
        raise ValueError(f"the year must be {YEARS.start} to {YEARS.stop - 1}")
    return given
