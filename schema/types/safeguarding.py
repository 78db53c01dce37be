"""Safeguarding of members who are under age, as GraphQL shows it to admins."""

from datetime import datetime

import strawberry

from plugin.domain import screening as domain
from plugin.services.safety.screening import Young
from schema.context import Info
from schema.types.member import Member, member_by_number

ScreeningCheck = strawberry.enum(domain.Check, name="ScreeningCheck", description="What is done before an adult is brought together with somebody under age.")


@strawberry.type(description="That an adult was screened and found suitable. It says nothing of what checks found.")
class Screening:
    """A screening."""

    checks: list[ScreeningCheck]  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    cleared_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    member_number: strawberry.Private[int]

    @strawberry.field(description="Who was screened.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)


def screening(one: domain.Screening) -> Screening:
    """A screening as GraphQL shows it."""
    return Screening(checks=sorted(one.checks), cleared_at=one.cleared_at, expires_at=one.expires_at, revoked_at=one.revoked_at, member_number=one.member_id)


@strawberry.type(description="A member who said that they are under age.")
class Minor:
    """Somebody under age."""

    age: int = strawberry.field(description="As they said it then.")
    stated_at: datetime
    guardian: str = strawberry.field(description="Who their parent or guardian is and how to reach them, in their words.")
    consented_at: datetime | None = strawberry.field(description="When the guardian's consent was written down; null without one.")
    member_number: strawberry.Private[int]

    @strawberry.field(description="Who it is.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)


def minor(one: Young) -> Minor:
    """Somebody under age as GraphQL shows them."""
    known = one.minor
    return Minor(age=known.age, stated_at=known.stated_at, guardian=one.guardian, consented_at=known.consented_at, member_number=known.member_id)
