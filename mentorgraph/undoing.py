"""Taking back what was begun when a later step fails."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def undo(work: Coroutine[Any, Any, object], error: BaseException, *, left: str) -> None:
    """Run ``work`` to its end, whoever cancels meanwhile; if it fails, ``left``, which says what to do by hand, is noted beside ``error``, the first failure.

    Raises :class:`asyncio.CancelledError` at its end if it was cancelled meanwhile.
    """
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if task.cancelled() or task.exception() is not None:
        error.add_note(left)
    if cancelled:
        raise asyncio.CancelledError from error
