"""Events of programs."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.meetings import hosting
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.program_events import ProgramEvent
from schema.types.program_events import program_event as event_type


@strawberry.type
class ProgramEventQueries:
    """Events of programs."""

    @strawberry.field(description="Events of a program, the newest first; for who takes part in it and who manages it.")
    async def program_events(self, info: Info, program: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[ProgramEvent]:
        """A page of events."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "event", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await hosting.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: event_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("event", row.event.id),
        )
