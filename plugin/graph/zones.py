"""How far a time zone is from UTC."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from plugin.graph.decay import DAY


def offset_hours(zone: str | None, *, now: float) -> float | None:
    """Hours east of UTC at ``now``; ``None`` for a zone that is not known."""
    return _offset(zone, int(now // DAY)) if zone else None


@lru_cache(maxsize=4096)
def _offset(zone: str, day: int) -> float | None:
    try:
        offset = dt.datetime.fromtimestamp(day * DAY, tz=ZoneInfo(zone)).utcoffset()
    except (ValueError, KeyError, OSError):
        # An unknown zone is a KeyError, what can be none a ValueError, and a folder of zones an OSError.
        return None
    return offset.total_seconds() / 3600 if offset is not None else None
