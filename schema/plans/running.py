"""Running a plan: what is known at once is filled in at once, what has to be waited for is waited for level by level, so that loaders see whole levels."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import iscoroutine
from typing import Any

from schema.batches import Batch
from schema.context import Context


class Unusual(Exception):
    """Something that a plan leaves to the engine."""


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """What resolvers of ours use of Strawberry's ``Info``; a test holds that they use nothing else."""

    context: Context


Finish = Callable[[Any, "Run"], Any]
"""Turns what a resolver gave into what the answer shows."""


class Run:
    """One execution of a plan."""

    __slots__ = ("arguments", "batches", "info", "values", "waiting")

    def __init__(self, context: Context, arguments: tuple[Mapping[str, Any], ...]) -> None:
        self.info = PlanInfo(context)
        self.arguments = arguments
        """What resolvers with arguments are given, in the order in which the plan numbers them."""
        self.values = 0
        """How many values were filled in, each of a field: what is inside of a scalar is not counted."""
        self.waiting: list[tuple[Awaitable[Any], Finish, dict[str, Any], str]] = []
        self.batches: dict[Batch, list[tuple[Any, Finish, dict[str, Any], str]]] = {}

    def later(self, value: Awaitable[Any], finish: Finish, into: dict[str, Any], key: str) -> None:
        """Put ``value`` under ``key`` once it is there."""
        self.waiting.append((value, finish, into, key))

    def together(self, batch: Batch, source: Any, finish: Finish, into: dict[str, Any], key: str) -> None:  # noqa: ANN401 - an object of any type of ours
        """Put what ``batch`` gives for ``source`` under ``key``; it is asked once for all sources of a level."""
        self.batches.setdefault(batch, []).append((source, finish, into, key))

    async def settle(self) -> None:
        """Wait until nothing is left to wait for. Raises whatever a resolver raised, after everything that was under way with it has ended."""
        while self.waiting or self.batches:
            level, self.waiting = self.waiting, []
            level += [(self._batch(batch, places), _nothing, {}, "") for batch, places in self.batches.items()]
            self.batches = {}
            if len(level) == 1:
                value, finish, into, key = level[0]
                into[key] = finish(await value, self)
                continue
            tasks = [asyncio.ensure_future(value) for value, *_ in level]
            try:
                for task, (_, finish, into, key) in zip(tasks, level, strict=True):
                    into[key] = finish(await task, self)
            except BaseException:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                raise

    def give_up(self) -> None:
        """Let go of what was asked for and is waited for no more."""
        for value, *_ in self.waiting:
            if iscoroutine(value):
                value.close()
        self.waiting = []

    async def _batch(self, batch: Batch, places: list[tuple[Any, Finish, dict[str, Any], str]]) -> None:
        found = await batch(self.info, [source for source, *_ in places])
        for value, (_, finish, into, key) in zip(found, places, strict=True):
            into[key] = finish(value, self)


def _nothing(value: object, _run: Run) -> object:
    return value
