"""The threads that read from SQLite.

One thread does all the reading for as long as it gets on with it: the interpreter runs one thread at a time, and threads that take turns at short readings
spend a third of their time on the turns. Only while it is held up by a long reading do others take over what waits behind it.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Callable[[], Any], "Future[Any]"]

PATIENCE = 0.01
"""Seconds after which a reader that finished nothing is held up."""


class Readers:
    """At most ``most`` threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._done = 0
        self._spare = 0
        self._lock = threading.Lock()
        self._watch: tuple[asyncio.AbstractEventLoop, asyncio.TimerHandle] | None = None
        self._first = threading.Thread(target=self._read_for_ever, name="read", daemon=True)
        self._first.start()

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` gives in one of the threads, or raises there."""
        future: Future[T] = Future()
        self._jobs.put((work, future))
        loop = asyncio.get_running_loop()
        if self._watch is None or self._watch[0] is not loop:
            self._watch_over(loop)
        return await asyncio.wrap_future(future, loop=loop)

    def close(self) -> None:
        """Finish what was asked for."""
        self._jobs.put(None)
        self._first.join(30)

    # ------------------------------------------------------------------------------------------------------------- who is held up

    def _watch_over(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch = loop, loop.call_later(PATIENCE, self._look, loop, self._done)

    def _look(self, loop: asyncio.AbstractEventLoop, done: int) -> None:
        self._watch = None
        if self._jobs.empty():
            return
        if self._done == done:
            self._wake()
        self._watch_over(loop)

    def _wake(self) -> None:
        with self._lock:
            if self._spare + 1 >= self._most:
                return
            self._spare += 1
        threading.Thread(target=self._help_out, name="read", daemon=True).start()

    # ------------------------------------------------------------------------------------------------------------- the threads

    def _read_for_ever(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)

    def _help_out(self) -> None:
        try:
            while True:
                job = self._jobs.get_nowait()
                if job is None:
                    self._jobs.put(None)
                    return
                self._do(job)
        except Empty:
            return
        finally:
            with self._lock:
                self._spare -= 1

    def _do(self, job: _Job) -> None:
        work, future = job
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            future.set_exception(error)
        else:
            future.set_result(result)
        self._done += 1
