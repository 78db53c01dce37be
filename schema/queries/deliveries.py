"""What the community sent, for its admins."""

from datetime import datetime

import strawberry

from plugin.services.operations import letters
from plugin.services.operations.letters import Letter, Wanted
from schema.context import Info
from schema.ids import GlobalId
from schema.inputs import plain
from schema.paging import DEFAULT_PAGE


@strawberry.type(description="One delivery of the community, without its content.")
class Delivery:
    """For admins of the community."""

    id: strawberry.ID
    kind: str = strawberry.field(description="What the host says happened.")
    state: str = strawberry.field(description="new, handled or dead.")
    attempts: int
    received_at: datetime
    handled_at: datetime | None
    error: str | None = strawberry.field(description="The kind of the last error; never its words, which may quote a member.")
    trace_id: str = strawberry.field(description="Leads to it in the log.")


def delivery(found: Letter, *, installation_id: int) -> Delivery:
    """A delivery as GraphQL shows it."""
    return Delivery(
        id=strawberry.ID(str(GlobalId("Delivery", installation_id, found.event_id))),
        kind=found.kind,
        state=found.state,
        attempts=found.attempts,
        received_at=found.received_at,
        handled_at=found.handled_at,
        error=found.error or None,
        trace_id=found.trace_id,
    )


@strawberry.type
class DeliveryQueries:
    """What the community sent."""

    @strawberry.field(description="The newest deliveries, for admins of the community; `state` is new, handled or dead.")
    async def deliveries(
        self,
        info: Info,
        first: int | None = None,
        state: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Delivery]:
        """Deliveries by state, kind and time."""
        wanted = Wanted(kind=None if kind is None else plain(kind, "kind"), since=since, until=until)
        principal = info.context.principal
        limit = DEFAULT_PAGE if first is None else first
        found = await letters.letters(info.context.runtime, principal, state=state, wanted=wanted, limit=limit)
        return [delivery(one, installation_id=principal.installation_id) for one in found] if principal else []
