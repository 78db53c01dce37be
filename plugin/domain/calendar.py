"""Events of a calendar."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An event with a beginning and an end.

    ``uid`` stays for ever; ``sequence`` rises with every change (RFC 5545, section 3.8.7.4), or calendars keep the older time. ``changed_at`` is when it was
    changed last. A cancelled event stays in files, or calendars would keep it.
    """

    uid: str
    name: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int = 0
    description: str = ""
    url: str = ""
    location: str = ""
    cancelled: bool = False
