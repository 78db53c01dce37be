"""Who was asked to take part, and what became of it."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import asking, inviting
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.invitations import Invitation, InvitationState, Wave, invitation_type, wave_type


@strawberry.type
class InvitationQueries:
    """For managers of a program."""

    @strawberry.field(description="A program's waves of invitations, in their order. For managers.")
    async def waves(self, info: Info, program: strawberry.ID) -> list[Wave]:
        """Who was asked when."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await asking.waves(info.context.runtime, principal, number)
        return [wave_type(one, counts, installation_id=principal.installation_id) for one, counts in found]

    @strawberry.field(description="Invitations to a program, the oldest first. For managers.")
    async def invitations(
        self,
        info: Info,
        program: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        state: InvitationState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[Invitation]:
        """A page of invitations."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "invitation", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await inviting.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1, state=state)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: invitation_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("invitation", row.id),
        )
