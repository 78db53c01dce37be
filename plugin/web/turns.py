"""How often clients may ask the authorization server: leaky buckets in this process, looked at before any work is done.

No address of a client is looked at: behind a reverse proxy all have one. Whoever showed good credentials before has a bucket of their own, which nobody without
them can empty; all others of a community share one.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

from plugin.errors import TooMany

MOST = 10_000
"""Buckets that are kept; the one that was used longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much there can be at once, and what comes back a second."""

    burst: float
    a_second: float


KNOWN = Pace(60, 1)
"""A client that showed good credentials before."""
STRANGERS = Pace(120, 2)
"""All others of one community together."""
MEMBER = Pace(60, 1)
"""A member who is asked to allow something."""
REGISTERING = Pace(20, 1 / 60)
"""Applications that are registered with one community."""


def credentials(installation_id: int, client_id: str, shown: str) -> bytes:
    """What a client is known by; no secret is kept."""
    return hashlib.sha256(f"{installation_id}\x00{client_id}\x00{shown}".encode("utf-8", "surrogatepass")).digest()


class Turns:
    """All buckets of a process."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def take(self, key: object, pace: Pace) -> None:
        """Take one out of a bucket. Raises :class:`TooMany` with how long to wait."""
        now = monotonic()
        left, at = self._buckets.get(key, (pace.burst, now))
        left = min(pace.burst, left + (now - at) * pace.a_second)
        if left < 1:
            raise TooMany("asked too often: wait and try again", retry_after=(1 - left) / pace.a_second)
        self._buckets[key] = left - 1, now
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)

    def client(self, installation_id: int, shown: bytes) -> None:
        """A turn of a client with these credentials. Raises :class:`TooMany`."""
        if shown in self._known:
            self._known.move_to_end(shown)
            self.take(shown, KNOWN)
        else:
            self.take(("strangers", installation_id), STRANGERS)

    def good(self, shown: bytes) -> None:
        """These credentials were good."""
        self._known[shown] = None
        if len(self._known) > MOST:
            self._known.popitem(last=False)
