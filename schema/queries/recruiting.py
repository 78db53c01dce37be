"""Recruiting, for managers of a program; where a program is announced, any member may know."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import announcing, asking, inviting, prospecting, referring
from schema.context import Info
from schema.ids import parse_number
from schema.inputs import plain
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.recruiting import (
    Announcement,
    HostMessagePreview,
    Invitation,
    InvitationState,
    Prospect,
    Referral,
    SkillShortage,
    Wave,
    announcement_type,
    invitation_type,
    preview_type,
    prospect_type,
    shortage_type,
    wave_type,
)


@strawberry.type
class RecruitingQueries:
    """What managers read when they recruit."""

    @strawberry.field(description="A program's topic in the community; null for a program that is not announced.")
    async def announcement(self, info: Info, program: strawberry.ID) -> Announcement | None:
        """Where a program is announced."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await announcing.announced(info.context.runtime, principal, number)
        return None if found is None else announcement_type(found)

    @strawberry.field(description="The announcement as the host would get it; nothing is sent. For managers.")
    async def announcement_preview(self, info: Info, program: strawberry.ID, space: str, intro: str = "") -> HostMessagePreview:
        """What would be posted."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await announcing.preview(info.context.runtime, principal, number, space_id=plain(space, "space"), intro=plain(intro, "intro"))
        return preview_type(found)

    @strawberry.field(description="Members who already help like mentors and may be asked, the best first; `need` asks for who knows about it. For managers.")
    async def prospects(self, info: Info, program: strawberry.ID, need: str = "", first: int = 10) -> list[Prospect]:
        """Whom to ask."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await prospecting.find(info.context.runtime, info.context.graphs, principal, number, need=plain(need, "need"), first=first)
        return [prospect_type(one) for one in found]

    @strawberry.field(description="What a program's mentees want more than its mentors have places for, the widest gap first. For managers.")
    async def skill_shortages(self, info: Info, program: strawberry.ID, first: int = 5) -> list[SkillShortage]:
        """What is lacking."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        return [shortage_type(one) for one in await prospecting.shortages(info.context.runtime, info.context.graphs, principal, number, first=first)]

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

    @strawberry.field(description="Who came to a program by whom. For managers.")
    async def referrals(self, info: Info, program: strawberry.ID) -> list[Referral]:
        """Who referred whom."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await referring.of_program(info.context.runtime, principal, number)
        return [Referral(at=one.at, member_number=one.member_id, referrer_number=one.referrer_id) for one in found]
