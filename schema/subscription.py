"""Subscriptions."""

import asyncio
from collections.abc import AsyncGenerator

import strawberry

from plugin.domain.people import Scope
from plugin.services import reading
from schema.context import Info

LOOK = 1.0
"""Seconds after which other processes' work is looked for; this process's work shows at once."""


@strawberry.type(description="The viewer's suggestions changed: ask for them again.")
class SuggestionsChanged:
    """How many there are now."""

    count: int


@strawberry.type
class Subscription:
    """What can be followed."""

    @strawberry.subscription(description="Says at once how many suggestions there are, and again whenever they change.")
    async def suggestions_changed(self, info: Info) -> AsyncGenerator[SuggestionsChanged, None]:
        """Follow the viewer's suggestions."""
        principal = info.context.require(Scope.ME)
        runtime = info.context.runtime
        told = runtime.bus.subscribe(principal.installation_id)
        try:
            last: int | None = None
            while True:
                told.clear()
                count, mark = await reading.news(runtime, principal)
                if mark != last:
                    last = mark
                    yield SuggestionsChanged(count=count)
                try:
                    await asyncio.wait_for(told.wait(), LOOK)
                except TimeoutError:
                    continue
        finally:
            runtime.bus.unsubscribe(told, principal.installation_id)
