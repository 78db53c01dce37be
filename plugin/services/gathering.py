"""What comes together is worked off together.

A commit costs the same for one delivery as for a hundred, and code that has just run runs again in half the time. So one group is worked off at a time, the
next is gathered meanwhile, and it is closed only when a whole turn of the event loop brought nothing more. While many come it also waits for as many as came
lately, for a moment: half of them were just answered and come again, and two groups in turns would be half as large. What comes alone waits for two
empty turns of the loop, some microseconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from plugin.errors import Unavailable

log = structlog.get_logger()

T = TypeVar("T")
R = TypeVar("R")

LARGEST = 256
"""Most items in one group: what is done with them before the first wait keeps the loop busy."""
LONGEST = 0.005
"""Seconds after which a group is closed although more come: longer than a commit takes, shorter than anybody notices."""
MANY = 8
"""Items that were there at the same time from which on a group waits for as many again."""
MOMENT = 0.002
"""Seconds of that wait; again while more come."""

Work = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]
"""Works off a group; gives for each item in order its result, or the error that its giver gets."""


Settle = Callable[[R | Exception], None]
"""Gets an item's result, or the error instead of it."""


class Gathering(Generic[T, R]):
    """Gathers the items of one process; each event loop has groups of its own, so that nobody waits for a loop that may end."""

    def __init__(self) -> None:
        self._groups: _Groups[T, R] | None = None

    def put(self, item: T, work: Work[T, R], settle: Settle[R]) -> None:
        """Add an item; ``settle`` is called once its group was worked off. All items are given with the same ``work``."""
        groups = self._groups
        loop = asyncio.get_running_loop()
        if groups is None or groups.loop is not loop:
            groups = self._groups = _Groups(loop, work)
        groups.put(item, settle)


class _Groups(Generic[T, R]):
    def __init__(self, loop: asyncio.AbstractEventLoop, work: Work[T, R]) -> None:
        self.loop = loop
        self._work = work
        self._items: list[T] = []
        self._settles: list[Settle[R]] = []
        self._busy = False
        """Whether a group is worked off, or the next is about to be closed."""
        self._lately = 0
        """How many were there when the last group was done, that group and those who waited for the next."""
        self._waits: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def put(self, item: T, settle: Settle[R]) -> None:
        self._items.append(item)
        self._settles.append(settle)
        if not self._busy:
            self._begin()
        elif self._waits is not None and len(self._items) >= self._lately:
            self._waits.cancel()
            self._close()

    def _begin(self) -> None:
        self._busy = True
        self.loop.call_soon(self._look, 0, self.loop.time() + LONGEST)

    def _look(self, before: int, deadline: float) -> None:
        """Close the group unless there is reason to expect more."""
        found = len(self._items)
        if found >= LARGEST or self.loop.time() >= deadline:
            self._close()
        elif found > before:
            self.loop.call_soon(self._look, found, deadline)
        elif found < self._lately and self._lately >= MANY:
            self._waits = self.loop.call_later(MOMENT, self._look_again, found, deadline)
        else:
            self._close()

    def _look_again(self, before: int, deadline: float) -> None:
        """Close the group unless the last moment brought more."""
        found = len(self._items)
        if before < found < LARGEST and self.loop.time() < deadline:
            self._waits = self.loop.call_later(MOMENT, self._look_again, found, deadline)
        else:
            self._close()

    def _close(self) -> None:
        self._waits = None
        items, self._items = self._items[:LARGEST], self._items[LARGEST:]
        settles, self._settles = self._settles[:LARGEST], self._settles[LARGEST:]
        self._task = self.loop.create_task(self._run(items, settles))

    async def _run(self, items: list[T], settles: list[Settle[R]]) -> None:
        results: Sequence[R | Exception]
        try:
            results = await self._work(items)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            results = [error] * len(items)
        except asyncio.CancelledError:
            _tell(settles, [Unavailable("the service is stopping", code="stopping")] * len(items))
            raise
        _tell(settles, results)
        self._lately = min(LARGEST, len(items) + len(self._items))
        if self._items:
            self._begin()
        else:
            self._busy = False


def _tell(settles: Sequence[Settle[R]], results: Sequence[R | Exception]) -> None:
    for settle, result in zip(settles, results, strict=True):
        try:
            settle(result)
        except Exception:
            log.exception("answer_failed")
