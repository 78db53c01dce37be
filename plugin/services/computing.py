"""Long computations beside the event loop: in a thread, or in a process of their own where a thread would starve the web.

Either way the caller hears how far it is, and can stop it. A process is stopped at once, a thread at its next step.
"""

import asyncio
import contextlib
import multiprocessing
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol, TypeVar, cast

from plugin.errors import PluginError
from plugin.graph.matching import Cancelled

T = TypeVar("T")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)

BEAT = 0.5
"""Seconds between two looks at how far it is."""

Asked = Callable[[], bool] | None
Told = Callable[[float], None] | None
Beat = Callable[[float], Awaitable[bool]]
"""Told the progress (0 to 1); ``False`` asks to stop."""


class Crashed(PluginError):
    """A computation's process ended without an answer."""

    status_code = 500
    code = "crashed"


class Work(Protocol[T_contra, R_co]):
    """A pure function of its task, found by its name in its module, so that a new process finds it too."""

    def __call__(self, task: T_contra, cancelled: Asked = None, progress: Told = None, /) -> R_co: ...


async def run(work: Work[T, R], task: T, *, apart: bool, beat: Beat, every: float = BEAT) -> R:
    """The outcome of ``work``, in a process of its own if ``apart``. Raises what it raises, and :class:`Cancelled` if ``beat`` said to stop."""
    return await (_in_process(work, task, beat, every=every) if apart else _in_thread(work, task, beat, every=every))


async def _in_thread(work: Work[T, R], task: T, beat: Beat, *, every: float) -> R:
    stop, far = threading.Event(), [0.0]

    def tell(share: float) -> None:
        far[0] = share

    running = asyncio.create_task(asyncio.to_thread(work, task, stop.is_set, tell))
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=every)
            if not running.done() and not await beat(far[0]):
                stop.set()
        return await running
    finally:
        stop.set()


async def _in_process(work: Work[T, R], task: T, beat: Beat, *, every: float) -> R:
    # Not forked: a copy of this process would hold its threads' locks for ever.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, work, task), daemon=True, name="mentorgraph-round")
    await asyncio.to_thread(child.start)
    theirs.close()
    far = 0.0
    try:
        while True:
            said = await asyncio.to_thread(_next, ours, every)
            if isinstance(said, _Done):
                return cast("R", said.value)
            if isinstance(said, _Failed):
                raise said.error
            far = far if said is None else said
            if not await beat(far):
                raise Cancelled("the computation was stopped")
    finally:
        child.kill()
        await asyncio.to_thread(child.join)
        ours.close()


@dataclass(frozen=True)
class _Done:
    value: object


@dataclass(frozen=True)
class _Failed:
    error: PluginError


def _next(ours: Connection, patience: float) -> _Done | _Failed | float | None:
    """The latest thing the child said; ``None`` when it said nothing. Raises :class:`Crashed` for a child that is gone without a word."""
    said: _Done | _Failed | float | None = None
    try:
        while ours.poll(patience if said is None else 0):
            said = ours.recv()
            if not isinstance(said, float):
                break
    except EOFError as error:
        raise Crashed("the process that computed this ended without an answer: it may have run out of memory") from error
    return said


def _child(theirs: Connection, work: Work[T, R], task: T) -> None:
    # The parent may be gone: then nobody wants the answer.
    with contextlib.suppress(BrokenPipeError):
        try:
            theirs.send(_Done(work(task, None, theirs.send)))
        except PluginError as error:
            theirs.send(_Failed(error))
