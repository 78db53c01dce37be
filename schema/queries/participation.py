"""Who takes part in a program, for its managers."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import enrolling
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.participation import Enrolment, EnrolmentState
from schema.types.participation import enrolment as enrolment_type
from schema.types.program import Role


@strawberry.type
class ParticipationQueries:
    """What managers read about who takes part."""

    @strawberry.field(description="Enrolments and applications of a program, the oldest first; for its managers.")
    async def enrolments(
        self,
        info: Info,
        program: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        state: EnrolmentState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
        role: Role | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[Enrolment]:
        """A page of enrolments."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "enrolment", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await enrolling.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1, state=state, role=role)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: enrolment_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("enrolment", row.id),
        )
