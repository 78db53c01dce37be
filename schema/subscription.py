"""Subscriptions."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from time import monotonic
from typing import TypeVar

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.developers import webhooks
from plugin.services.identity import access
from plugin.services.knowledge import reading
from plugin.services.runtime import Runtime
from plugin.services.suggestions import approaching
from schema.context import Info
from schema.inputs import plain
from schema.queries.webhooks import number
from schema.types.webhooks import Events, events

T = TypeVar("T")
TRUST = 30.0
"""Seconds after which a token is looked at again."""
LOOK = 1.0
"""Seconds after which other processes' work is looked for; this process's work shows at once."""


@strawberry.type(description="The viewer's suggestions changed: ask for them again.")
class SuggestionsChanged:
    """How many there are now."""

    count: int


@strawberry.type(description="Something of the viewer's changed: a suggestion, a request, a mentorship or a part in a program. Ask for it again.")
class ViewerChanged:
    """How things stand."""

    suggestions: int = strawberry.field(description="How many there are now.")
    requests: int = strawberry.field(description="How many wait for the viewer's answer.")
    mark: str = strawberry.field(description="Another one whenever something has changed.")


async def _follow(info: Info, look: Callable[[Runtime, Principal], Awaitable[tuple[object, T]]]) -> AsyncGenerator[T, None]:
    """What ``look`` finds, at once and whenever the first of the two is another one."""
    principal = info.context.require(Scope.ME)
    runtime, token = info.context.runtime, info.context.token
    told = runtime.bus.subscribe(principal.installation_id)
    try:
        last: object = None
        trusted_until = monotonic() + TRUST
        while True:
            if monotonic() >= trusted_until:
                # Revoked or expired meanwhile: the error ends the subscription.
                await access.principal_of(runtime, token)
                trusted_until = monotonic() + TRUST
            told.clear()
            mark, found = await look(runtime, principal)
            if mark != last:
                # Nothing is given out to who signed out, was erased or suspended in the moment before.
                access.require(await access.principal_of(runtime, token), Scope.ME)
                last = mark
                yield found
            # Not wait_for, which up to Python 3.11 forgets that it was cancelled if news come in the same moment: whoever left would be followed for ever.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await told.wait()
    finally:
        runtime.bus.unsubscribe(told, principal.installation_id)


async def _suggestions(runtime: Runtime, principal: Principal) -> tuple[object, SuggestionsChanged]:
    count, mark = await reading.news(runtime, principal)
    return mark, SuggestionsChanged(count=count)


async def _viewer(runtime: Runtime, principal: Principal) -> tuple[object, ViewerChanged]:
    news = await approaching.news(runtime, principal)
    return news.mark, ViewerChanged(suggestions=news.suggestions, requests=news.requests, mark=news.mark)


async def _events(info: Info, wanted: frozenset[str], after: int | None) -> AsyncGenerator[Events, None]:
    """Events after a number, and where that leads, at once; then what happens."""
    principal = webhooks.require_listener(info.context.principal)
    runtime, token = info.context.runtime, info.context.token
    told = runtime.bus.subscribe(principal.installation_id)
    try:
        trusted_until, begun = monotonic() + TRUST, False
        while True:
            if monotonic() >= trusted_until:
                webhooks.require_listener(await access.principal_of(runtime, token))
                trusted_until = monotonic() + TRUST
            told.clear()
            after, found = await webhooks.news(runtime, principal, after=after)
            fitting = [one for one in found if not wanted or one.type in wanted]
            if fitting or not begun:
                webhooks.require_listener(await access.principal_of(runtime, token))
                begun = True
                yield events(fitting, up_to=after)
            if not found:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await told.wait()
    finally:
        runtime.bus.unsubscribe(told, principal.installation_id)


@strawberry.type
class Subscription:
    """What can be followed."""

    @strawberry.subscription(description="Says at once how many suggestions there are, and again whenever they change.")
    async def suggestions_changed(self, info: Info) -> AsyncGenerator[SuggestionsChanged, None]:
        """Follow the viewer's suggestions."""
        async with aclosing(_follow(info, _suggestions)) as found:
            async for one in found:
                yield one

    @strawberry.subscription(description="Says at once how things stand for the viewer, and again whenever anything of theirs changes.")
    async def viewer_changed(self, info: Info) -> AsyncGenerator[ViewerChanged, None]:
        """Follow everything that is the viewer's."""
        async with aclosing(_follow(info, _viewer)) as found:
            async for one in found:
                yield one

    @strawberry.subscription(
        description="What happens, as webhooks carry it; says at once what came `after` a number, or where to begin; for admins and services that run programs."
    )
    async def events(self, info: Info, types: list[str] | None = None, after: str | None = None) -> AsyncGenerator[Events, None]:
        """Follow events."""
        webhooks.require_listener(info.context.principal)
        wanted = frozenset(plain(one, "types") for one in types or ())
        async with aclosing(_events(info, wanted, None if after is None else number(after))) as found:
            async for one in found:
                yield one
