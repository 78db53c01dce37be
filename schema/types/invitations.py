"""Invitations to programs, and the waves that they go out in, as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain import recruiting as domain
from plugin.domain.people import Scope
from plugin.services.recruiting import inviting
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member, member_by_number
from schema.types.program import Program, Role, program_by_number
from schema.types.prospects import ProspectReason, prospect_reason

InvitationState = strawberry.enum(domain.InvitationState, name="InvitationState", description="The life of an invitation.")
WaveState = strawberry.enum(domain.WaveState, name="WaveState", description="The life of a wave of invitations.")
WaveEnd = strawberry.enum(domain.WaveEnd, name="WaveEnd", description="Why a wave was not sent.")


def _to_members(found: tuple[domain.Evidence, ...]) -> list[ProspectReason]:
    return [prospect_reason(one, inviting.why_of([one], language="en")) for one in found]


@strawberry.type(description="How many invitations of a wave are in a state.")
class InvitationCount:
    """A count."""

    state: InvitationState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    count: int


@strawberry.type(description="Invitations that go out together.")
class Wave:
    """A wave."""

    id: strawberry.ID
    number: int
    role: Role  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: WaveState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    due_at: datetime
    sent_at: datetime | None
    until: int | None = strawberry.field(description="From how many free places on nobody more is asked.")
    ended: WaveEnd | None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    counts: list[InvitationCount]


def wave_type(one: domain.Wave, counts: dict[domain.InvitationState, int], *, installation_id: int) -> Wave:
    """A wave as GraphQL shows it."""
    return Wave(
        id=strawberry.ID(str(GlobalId("Wave", installation_id, str(one.id)))),
        number=one.number,
        role=one.role,
        state=one.state,
        due_at=one.due_at,
        sent_at=one.sent_at,
        until=one.until,
        ended=one.ended,
        counts=[InvitationCount(state=state, count=count) for state, count in sorted(counts.items())],
    )


@strawberry.type(description="A member asked to take part in a program; each is asked once.")
class Invitation:
    """An invitation."""

    id: strawberry.ID
    role: Role  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: InvitationState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    reasons: list[ProspectReason]
    invited_at: datetime | None
    seen_at: datetime | None
    answered_at: datetime | None
    expires_at: datetime | None
    member_number: strawberry.Private[int]
    program_number: strawberry.Private[int]

    @strawberry.field(description="Who was asked.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)

    @strawberry.field(description="To take part in what.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await program_by_number(info, self.program_number)


def invitation_type(one: domain.Invitation, *, installation_id: int) -> Invitation:
    """An invitation as GraphQL shows it to the member and to managers."""
    return Invitation(
        id=strawberry.ID(str(GlobalId("Invitation", installation_id, str(one.id)))),
        role=one.role,
        state=one.state,
        reasons=_to_members(one.evidence),
        invited_at=one.invited_at,
        seen_at=one.seen_at,
        answered_at=one.answered_at,
        expires_at=one.expires_at,
        member_number=one.member_id,
        program_number=one.program_id,
    )


@strawberry.type
class Invited:
    """What the viewer is asked."""

    @strawberry.field(description="Invitations to programs that wait for the viewer's answer.")
    async def invitations(self, info: Info) -> list[Invitation]:
        """The viewer's invitations."""
        principal = info.context.require(Scope.ME)
        return [invitation_type(one, installation_id=principal.installation_id) for one in await inviting.mine(info.context.runtime, principal)]
