"""Our own ids: 63-bit numbers that rise with time, made without asking the database."""

import secrets
from datetime import UTC, datetime

_EPOCH_MS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
_RANDOM_BITS = 22


def new_id(now: datetime) -> int:
    """A new id: 41 bits of milliseconds since 2026 and 22 random ones.

    Two ids of one millisecond collide once in four million times; the primary key catches that.
    """
    return max(0, int(now.timestamp() * 1000) - _EPOCH_MS) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def new_installation_id() -> int:
    """A random id that says nothing of how many communities there are; short enough to read aloud."""
    return 10**9 + secrets.randbelow(9 * 10**9)
