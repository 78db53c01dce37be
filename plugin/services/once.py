"""Asking for the same thing once, however many want to know at the same moment, and not again at once if there was no answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

REMEMBERED = 1_000
"""Failures that are remembered at most."""


class Once(Generic[K]):
    """Shares what is under way, and lets nobody ask again for ``pause`` seconds after a failure."""

    def __init__(self, *, pause: float) -> None:
        self._pause = pause
        self._under_way: dict[K, asyncio.Future[bool]] = {}
        self._failed: dict[K, float] = {}

    async def ask(self, key: K, work: Callable[[], Awaitable[bool]], *, now: bool = False) -> bool:
        """Whether ``work`` came to an answer; ``now`` asks even soon after a failure."""
        if not now and monotonic() - self._failed.get(key, -self._pause) < self._pause:
            return False
        asked = self._under_way.get(key)
        if asked is None:
            asked = self._under_way[key] = asyncio.ensure_future(work())
            asked.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Whoever gives up waiting leaves the others theirs.
        answered = await asyncio.shield(asked)
        if answered:
            self._failed.pop(key, None)
        else:
            if len(self._failed) >= REMEMBERED:
                self._failed.clear()
            self._failed[key] = monotonic()
        return answered
