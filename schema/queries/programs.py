"""Reading programs."""

import strawberry

from plugin.domain.people import Scope
from plugin.errors import NotFound
from plugin.services.knowledge import reading
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.program import Program, ProgramState
from schema.types.program import program as program_type


@strawberry.type
class ProgramQueries:
    """What can be read about programs."""

    @strawberry.field(description="Mentorship programs, newest first.")
    async def programs(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        state: ProgramState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[Program]:
        """A page of programs."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "program", 1)
        rows = await reading.program_page(info.context.runtime, principal, after=None if place is None else place[0], limit=size + 1, state=state)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: program_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("program", row.id),
        )

    @strawberry.field(description="A program by its id.")
    async def program(self, info: Info, id: strawberry.ID) -> Program | None:  # noqa: A002 - the field's own name
        """One program."""
        principal = info.context.require(Scope.READ)
        try:
            number = parse_number(id, type_name="Program", installation_id=principal.installation_id)
        except NotFound:
            return None
        found = await reading.program(info.context.runtime, principal, number)
        return None if found is None else program_type(found, installation_id=principal.installation_id)
