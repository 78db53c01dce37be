"""Subscriptions."""

import asyncio
from collections.abc import AsyncGenerator
from time import monotonic

import strawberry

from plugin.domain.people import Scope
from plugin.services import access, reading
from schema.context import Info

TRUST = 30.0
"""Seconds after which a token is looked at again."""
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
        runtime, token = info.context.runtime, info.context.token
        told = runtime.bus.subscribe(principal.installation_id)
        try:
            last: int | None = None
            trusted_until = monotonic() + TRUST
            while True:
                if monotonic() >= trusted_until:
                    # Revoked or expired meanwhile: the error ends the subscription.
                    await access.principal_of(runtime, token)
                    trusted_until = monotonic() + TRUST
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
