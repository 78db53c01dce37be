"""One community and one service for all tests of a suite, which follow one another."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from mentorgraph.kit.service import Service, running
from mentorgraph.kit.stage import Stage

T = TypeVar("T")
PRICING = (
    "Subscription pricing for a first product: annual plans with a discount work best for small customers",
    "Raise the price of a subscription in steps, tell customers early and keep annual plans stable",
    "Pricing tiers confuse small customers; begin with one subscription plan and one annual plan",
    "A discount on annual plans keeps customers of a subscription, and pricing becomes predictable",
)
QUESTION = "How should I choose the pricing of a first subscription product and its annual plans for small customers?"


class Played:
    """What the parts of the suite share."""

    stage: ClassVar[type[Stage]]
    _loop: ClassVar[asyncio.AbstractEventLoop]
    _stack: ClassVar[AsyncExitStack]
    service: ClassVar[Service]
    people: ClassVar[dict[str, str]]

    @classmethod
    def setup_class(cls) -> None:
        """Start the community with a few people in it, and the service connected to it."""
        cls._loop, cls._stack, cls.people = asyncio.new_event_loop(), AsyncExitStack(), {}
        cls._loop.run_until_complete(cls._begin())

    @classmethod
    async def _begin(cls) -> None:
        stage = await cls._stack.enter_async_context(cls.stage())
        try:
            for name in ("expert", "second", "asker", "leaver"):
                cls.people[name] = await stage.join(name)
            for number, text in enumerate(PRICING):
                topic, _ = await stage.ask(cls.people["asker"], f"Pricing question number {number + 1}", f"{text}?")
                await stage.answer(cls.people["expert"], topic, PRICING[(number + 1) % 4])
                await stage.answer(cls.people["second"], topic, f"I agree with what was said about question {number}")
            cls.service = await cls._stack.enter_async_context(running(stage))
        except BaseException:
            await cls._stack.aclose()
            raise

    @classmethod
    def teardown_class(cls) -> None:
        """Stop all of it."""
        cls._loop.run_until_complete(cls._stack.aclose())
        cls._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end."""
        return self._loop.run_until_complete(work)

    @property
    def on_stage(self) -> Stage:
        """The community."""
        return self.service.stage

    def now(self) -> datetime:
        """The service's clock."""
        return self.service.parts.runtime.clock()

    async def username(self, member: str) -> str:
        """The name by which the host calls a member now."""
        found = await self.service.read(lambda unit: unit.members.by_host(member))
        assert found is not None
        return found.username
