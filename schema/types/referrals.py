"""Links to refer others by, and who came, as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import referring
from plugin.services.recruiting.referring import Shown
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member, member_by_number
from schema.types.program import Program, Role, program_by_number


@strawberry.type(description="A link by which the viewer refers others to a program.")
class ReferralLink:
    """A link."""

    id: strawberry.ID
    address: str
    role: Role | None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    named: bool = strawberry.field(description="Whether who opens it sees who it is from.")
    created_at: datetime
    expires_at: datetime
    revoked: bool
    came: int = strawberry.field(description="How many took part by it.")
    program_number: strawberry.Private[int]

    @strawberry.field(description="Where it leads.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await program_by_number(info, self.program_number)


def link_type(one: Shown, *, installation_id: int) -> ReferralLink:
    """A link as GraphQL shows it to its maker."""
    return ReferralLink(
        id=strawberry.ID(str(GlobalId("ReferralLink", installation_id, str(one.link.id)))),
        address=one.address,
        role=one.link.role,
        named=one.link.named,
        created_at=one.link.created_at,
        expires_at=one.link.expires_at,
        revoked=one.link.revoked_at is not None,
        came=one.came,
        program_number=one.link.program_id,
    )


@strawberry.type(description="Somebody took part because another member referred them.")
class Referral:
    """A referral."""

    at: datetime
    member_number: strawberry.Private[int]
    referrer_number: strawberry.Private[int]

    @strawberry.field(description="Who came.")
    async def member(self, info: Info) -> Member | None:
        """Who came."""
        return await member_by_number(info, self.member_number)

    @strawberry.field(description="By whom.")
    async def referrer(self, info: Info) -> Member | None:
        """By whom."""
        return await member_by_number(info, self.referrer_number)


@strawberry.type
class Referring:
    """Whom the viewer refers."""

    @strawberry.field(description="The viewer's links to refer others by, the newest first.")
    async def referral_links(self, info: Info) -> list[ReferralLink]:
        """The viewer's links."""
        principal = info.context.require(Scope.ME)
        return [link_type(one, installation_id=principal.installation_id) for one in await referring.mine(info.context.runtime, principal)]
