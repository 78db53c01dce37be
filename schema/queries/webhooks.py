"""Developers' endpoints, for admins of the community."""

import strawberry

from plugin.errors import Invalid
from plugin.services.developers import webhooks
from plugin.services.identity import access
from schema.context import Info
from schema.ids import number_of
from schema.paging import DEFAULT_PAGE, page_size
from schema.types import webhooks as types


def number(given: str) -> int:
    """The number of an event. Raises :class:`Invalid`."""
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise Invalid("an event's number is a whole number", field="number")
    return int(given)


@strawberry.type
class WebhookQueries:
    """What admins read about events going out."""

    @strawberry.field(description="The endpoints that events are posted to; for admins of the community.")
    async def webhooks(self, info: Info) -> list[types.Webhook]:
        """All of them."""
        principal = await access.require_admin(info.context.runtime, info.context.principal)
        found = await webhooks.listing(info.context.runtime, principal)
        return [types.webhook(one, installation_id=principal.installation_id) for one in found]

    @strawberry.field(description="What was and is to be posted to an endpoint, the newest first; for admins of the community.")
    async def webhook_posts(self, info: Info, webhook: strawberry.ID, first: int | None = None, before: strawberry.ID | None = None) -> list[types.WebhookPost]:
        """The log of an endpoint."""
        principal = await access.require_admin(info.context.runtime, info.context.principal)
        which = number_of(principal, webhook, "Webhook")
        limit = page_size(DEFAULT_PAGE if first is None else first)
        found = await webhooks.log(info.context.runtime, principal, which, limit=limit, before=None if before is None else number(before))
        return [types.webhook_post(one) for one in found]
