"""Handling deliveries again."""

from datetime import datetime

import strawberry

from plugin.errors import NotFound
from plugin.services.identity import access
from plugin.services.operations import letters
from plugin.services.operations.letters import Wanted
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import UNKNOWN, parse_id
from schema.inputs import plain


@strawberry.input(description="Which dead letters: each condition that is given must fit; all without any.")
class RetryDeliveriesInput:
    """By id, kind and time of arrival."""

    ids: list[strawberry.ID] | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@strawberry.type
class RetryDeliveriesPayload:
    """How many will be handled again."""

    retried: int
    user_errors: list[UserError]


async def retry_deliveries(info: Info, input: RetryDeliveriesInput) -> RetryDeliveriesPayload:  # noqa: A002 - the Relay convention
    """Have dead letters handled again; doing so twice changes nothing."""
    # Before anything that was sent is looked at.
    principal = await access.require_admin(info.context.runtime, info.context.principal)

    def event_id(text: str) -> str:
        found = parse_id(text, installation_id=principal.installation_id)
        if found.type_name != "Delivery":
            raise NotFound(UNKNOWN)
        return plain(found.value, "ids")

    async def work() -> int:
        ids = None if input.ids is None else [event_id(one) for one in input.ids]
        kind = None if input.kind is None else plain(input.kind, "kind")
        return await letters.handle_again(info.context.runtime, principal, Wanted(event_ids=ids, kind=kind, since=input.since, until=input.until))

    count, errors = await attempt(work)
    return RetryDeliveriesPayload(retried=count or 0, user_errors=errors)


@strawberry.type
class DeliveryMutations:
    """What the community sent, handled again."""

    retry_deliveries = strawberry.field(
        resolver=retry_deliveries, description="Have deliveries that could not be handled tried again, for admins of the community."
    )
