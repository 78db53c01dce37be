"""What every event says of its own origin."""

from datetime import datetime
from typing import TypedDict

from mentorgraph.events import Source


class Seen(TypedDict):
    """When the host was in a state, and how much that may be believed; see :class:`mentorgraph.events.Event`."""

    seen_at: datetime
    source: Source


def by_reading(now: datetime) -> Seen:
    """Read from the host. Taken before a request: the host was at least in this moment's state, and what happens meanwhile is not taken for older."""
    return Seen(seen_at=now, source=Source.HOST)
