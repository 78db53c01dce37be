"""Developers' endpoints: made, changed, paused, tried, and caught up."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from plugin.domain.people import Principal
from plugin.services.developers import webhooks
from plugin.services.developers.webhook_lane import Outcome
from plugin.services.developers.webhooks import Seen
from plugin.services.identity import access
from plugin.services.runtime import Runtime
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.queries.webhooks import number
from schema.types import webhooks as types


@strawberry.input
class CreateWebhookInput:
    """Where, and which events; without types all of them."""

    name: str
    url: str
    types: list[str] | None = None


@strawberry.input
class ChangeWebhookInput:
    """Which one, and how it is to be from now on."""

    webhook: strawberry.ID
    name: str
    url: str
    types: list[str] | None = None


@strawberry.input
class WebhookInput:
    """Which one."""

    webhook: strawberry.ID


@strawberry.input(description="What is posted again: everything since a moment, or one event by its number.")
class ReplayWebhookInput:
    """Which one, and from when on."""

    webhook: strawberry.ID
    since: datetime | None = None
    number: str | None = None


@strawberry.type
class WebhookPayload:
    """The endpoint as it is now."""

    webhook: types.Webhook | None
    user_errors: list[UserError]


@strawberry.type
class WebhookSecretPayload:
    """The endpoint, and its new secret."""

    webhook: types.Webhook | None
    secret: str | None = strawberry.field(description="Shown this once; whsec_ and base64, as Standard Webhooks has it.")
    user_errors: list[UserError]


@strawberry.type
class DeleteWebhookPayload:
    """Whether it is gone."""

    deleted: bool
    user_errors: list[UserError]


@strawberry.type
class ReplayWebhookPayload:
    """How many events are posted again."""

    events: int
    user_errors: list[UserError]


@strawberry.type
class TestWebhookPayload:
    """What came of it."""

    ok: bool
    status: int | None = strawberry.field(description="What the endpoint answered; null if it did not.")
    error: str | None
    user_errors: list[UserError]


async def _admin(info: Info) -> Principal:
    # Before anything that was sent is looked at.
    return await access.require_admin(info.context.runtime, info.context.principal)


def _types(given: list[str] | None) -> tuple[str, ...]:
    return tuple(plain(one, "types") for one in given or ())


async def create_webhook(info: Info, input: CreateWebhookInput) -> WebhookSecretPayload:  # noqa: A002 - the Relay convention
    """Post events to an address from now on."""
    principal = await _admin(info)

    async def work() -> Seen:
        name, url = plain(input.name, "name"), plain(input.url, "url")
        return await webhooks.create(info.context.runtime, principal, name=name, url=url, types=_types(input.types))

    return _with_secret(principal, *await attempt(work))


async def change_webhook(info: Info, input: ChangeWebhookInput) -> WebhookPayload:  # noqa: A002 - the Relay convention
    """Another name, address or choice of events."""
    principal = await _admin(info)

    async def work() -> Seen:
        which, name, url = number_of(principal, input.webhook, "Webhook"), plain(input.name, "name"), plain(input.url, "url")
        return await webhooks.change(info.context.runtime, principal, which, name=name, url=url, types=_types(input.types))

    return _payload(principal, *await attempt(work))


Act = Callable[[Runtime, Principal | None, int], Awaitable[Seen]]


async def _acted(info: Info, principal: Principal, webhook: str, act: Act) -> tuple[Seen | None, list[UserError]]:
    async def work() -> Seen:
        return await act(info.context.runtime, principal, number_of(principal, webhook, "Webhook"))

    return await attempt(work)


async def pause_webhook(info: Info, input: WebhookInput) -> WebhookPayload:  # noqa: A002 - the Relay convention
    """Post nothing for now."""
    principal = await _admin(info)
    return _payload(principal, *await _acted(info, principal, input.webhook, webhooks.pause))


async def resume_webhook(info: Info, input: WebhookInput) -> WebhookPayload:  # noqa: A002 - the Relay convention
    """Go on, with what waited."""
    principal = await _admin(info)
    return _payload(principal, *await _acted(info, principal, input.webhook, webhooks.resume))


async def rotate_webhook_secret(info: Info, input: WebhookInput) -> WebhookSecretPayload:  # noqa: A002 - the Relay convention
    """A new secret."""
    principal = await _admin(info)
    return _with_secret(principal, *await _acted(info, principal, input.webhook, webhooks.rotate))


async def delete_webhook(info: Info, input: WebhookInput) -> DeleteWebhookPayload:  # noqa: A002 - the Relay convention
    """Forget it."""
    principal = await _admin(info)
    found, errors = await _acted(info, principal, input.webhook, webhooks.delete)
    return DeleteWebhookPayload(deleted=found is not None, user_errors=errors)


async def replay_webhook(info: Info, input: ReplayWebhookInput) -> ReplayWebhookPayload:  # noqa: A002 - the Relay convention
    """Post again."""
    principal = await _admin(info)

    async def work() -> int:
        which = number_of(principal, input.webhook, "Webhook")
        event = None if input.number is None else number(input.number)
        return await webhooks.replay(info.context.runtime, principal, which, since=input.since, number=event)

    count, errors = await attempt(work)
    return ReplayWebhookPayload(events=count or 0, user_errors=errors)


async def test_webhook(info: Info, input: WebhookInput) -> TestWebhookPayload:  # noqa: A002 - the Relay convention
    """Try it."""
    principal = await _admin(info)

    async def work() -> Outcome:
        return await webhooks.test(info.context.runtime, principal, number_of(principal, input.webhook, "Webhook"))

    found, errors = await attempt(work)
    if found is None:
        return TestWebhookPayload(ok=False, status=None, error=None, user_errors=errors)
    return TestWebhookPayload(ok=found.taken, status=found.status, error=found.error or None, user_errors=errors)


def _payload(principal: Principal, found: Seen | None, errors: list[UserError]) -> WebhookPayload:
    return WebhookPayload(webhook=None if found is None else types.webhook(found, installation_id=principal.installation_id), user_errors=errors)


def _with_secret(principal: Principal, found: Seen | None, errors: list[UserError]) -> WebhookSecretPayload:
    shown = None if found is None else types.webhook(found, installation_id=principal.installation_id)
    return WebhookSecretPayload(webhook=shown, secret=None if found is None else found.secret, user_errors=errors)


@strawberry.type
class WebhookMutations:
    """For admins in person: the host is asked whether they are that still."""

    create_webhook = strawberry.field(resolver=create_webhook, description="Post events to an address of yours, signed; for admins in person.")
    change_webhook = strawberry.field(resolver=change_webhook, description="Another name, address or choice of events; for admins in person.")
    pause_webhook = strawberry.field(resolver=pause_webhook, description="Post nothing for now; events wait for 30 days. For admins in person.")
    resume_webhook = strawberry.field(resolver=resume_webhook, description="Go on with what waited, paused or switched off; for admins in person.")
    rotate_webhook_secret = strawberry.field(
        resolver=rotate_webhook_secret, description="A new secret; the one before it signs beside it for 24 hours. For admins in person."
    )
    delete_webhook = strawberry.field(resolver=delete_webhook, description="Forget an endpoint and its log; for admins in person.")
    replay_webhook = strawberry.field(resolver=replay_webhook, description="Post again what happened since a moment, or one event; for admins in person.")
    test_webhook = strawberry.field(resolver=test_webhook, description="Post an event of no meaning at once and say what came of it; for admins in person.")
