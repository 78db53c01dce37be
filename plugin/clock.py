"""The clock, handed to whoever needs one."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time now, aware and in UTC."""


def system_clock() -> datetime:
    """The real time."""
    return datetime.now(UTC)
