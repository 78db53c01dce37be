"""Our own ids: 63-bit numbers that rise with time, made without asking the database."""

import secrets
import threading
from collections import OrderedDict
from datetime import UTC, datetime

_EPOCH_MS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
_RANDOM_BITS = 22
_MOMENTS = 256
"""Moments whose ids are remembered: more than there are units of work at one time, which take turns on PostgreSQL with every statement."""


class Ids:
    """Makes ids of 41 bits of milliseconds since 2026 and 22 random ones, none of them twice.

    A unit of work has one time, so a page of a listing makes hundreds of ids of one millisecond: within a process none repeats. Two processes that make one id
    each in the same millisecond collide once in four million times; the primary key catches that.
    """

    def __init__(self) -> None:
        self._given: OrderedDict[int, set[int]] = OrderedDict()
        self._lock = threading.Lock()

    def new(self, now: datetime) -> int:
        """A new id."""
        moment = max(0, int(now.timestamp() * 1000) - _EPOCH_MS)
        with self._lock:
            given = self._given.setdefault(moment, set())
            self._given.move_to_end(moment)
            if len(self._given) > _MOMENTS:
                self._given.popitem(last=False)
            while (word := secrets.randbits(_RANDOM_BITS)) in given:
                pass
            given.add(word)
        return moment << _RANDOM_BITS | word


def new_installation_id() -> int:
    """A random id that says nothing of how many communities there are; short enough to read aloud."""
    return 10**9 + secrets.randbelow(9 * 10**9)
