"""Recruiting as GraphQL shows it: announcements, prospects, invitations in waves, referrals."""

from datetime import datetime

import strawberry

from mentorgraph.host import Rendered
from plugin.domain import recruiting as domain
from plugin.domain.people import Scope
from plugin.services.recruiting import inviting, referring
from plugin.services.recruiting.announcing import Announced
from plugin.services.recruiting.inviting import why_of
from plugin.services.recruiting.prospecting import Found, Shortage
from plugin.services.recruiting.referring import Shown
from plugin.texts.running import EVIDENCE
from schema.context import Info
from schema.ids import GlobalId
from schema.types.evidence import Evidence, load_evidence
from schema.types.member import Member, member_by_number
from schema.types.program import Program, Role, program_by_number

InvitationState = strawberry.enum(domain.InvitationState, name="InvitationState", description="The life of an invitation.")
WaveState = strawberry.enum(domain.WaveState, name="WaveState", description="The life of a wave of invitations.")
WaveEnd = strawberry.enum(domain.WaveEnd, name="WaveEnd", description="Why a wave was not sent.")
AnnouncementState = strawberry.enum(domain.AnnouncementState, name="AnnouncementState", description="Whether an announcement is kept in step with its program.")


@strawberry.type(description="A message as the host would get it.")
class HostMessagePreview:
    """What would be sent."""

    to: str
    title: str
    text: str


def preview_type(found: Rendered) -> HostMessagePreview:
    """A rendered message as GraphQL shows it."""
    return HostMessagePreview(to=found.to, title=found.title, text=found.text)


@strawberry.type(description="A program's topic in the community.")
class Announcement:
    """An announcement."""

    state: AnnouncementState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    space: str = strawberry.field(description="The id of the space in the host.")
    version: int = strawberry.field(description="How many texts it has had.")
    intro: str
    topic: str | None = strawberry.field(description="The id of the topic in the host; null until it is there.")
    url: str | None
    changed_at: datetime


def announcement_type(one: Announced) -> Announcement:
    """An announcement as GraphQL shows it."""
    found = one.announcement
    return Announcement(
        state=found.state,
        space=found.space_id,
        version=found.version,
        intro=found.intro,
        topic=one.topic_id or None,
        url=one.url or None,
        changed_at=found.changed_at,
    )


@strawberry.type(description="A figure by which somebody was found, such as how many members they helped.")
class ProspectReason:
    """A reason."""

    criterion: str
    count: int
    contribution: float = strawberry.field(description="Contributions sum to the score.")
    text: str


def _reason(one: domain.Evidence, text: str) -> ProspectReason:
    return ProspectReason(criterion=one.criterion, count=one.count, contribution=one.contribution, text=text)


def _to_managers(found: tuple[domain.Evidence, ...]) -> list[ProspectReason]:
    return [_reason(one, EVIDENCE[one.criterion].format(count=one.count)) for one in found]


def _to_members(found: tuple[domain.Evidence, ...]) -> list[ProspectReason]:
    return [_reason(one, why_of([one], language="en")) for one in found]


@strawberry.type(description="A member who already helps like a mentor and may be asked.")
class Prospect:
    """A prospect."""

    score: float
    reasons: list[ProspectReason]
    reachable: bool = strawberry.field(description="Whether a message would reach them; else they see the invitation where they look.")
    member_number: strawberry.Private[int]
    posts: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Who it is.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)

    @strawberry.field(description="Posts that show it, as far as the reader may read them.")
    async def evidence(self, info: Info) -> list[Evidence]:
        """The posts."""
        return await load_evidence(info, self.posts)


def prospect_type(one: Found) -> Prospect:
    """A prospect as GraphQL shows them."""
    return Prospect(score=one.score, reasons=_to_managers(one.evidence), reachable=one.reachable, member_number=one.member_id, posts=one.post_ids)


@strawberry.type(description="A skill that more mentees of a program want than its mentors have places for.")
class SkillShortage:
    """A shortage."""

    skill: str
    wanted: int = strawberry.field(description="How many mentees want it.")
    waiting: int = strawberry.field(description="How many of them have no mentor.")
    offered: int = strawberry.field(description="How many mentors offer it.")
    places: int = strawberry.field(description="How many places these mentors have left.")
    text: str = strawberry.field(description="The same in one line.")
    invite: list[Prospect] = strawberry.field(description="Members who know about it and could be asked.")


def shortage_type(one: Shortage) -> SkillShortage:
    """A shortage as GraphQL shows it."""
    mentees = f"{one.wanted} {'mentee wants' if one.wanted == 1 else 'mentees want'} {one.skill}"
    mentors = f"{one.offered or 'no'} {'mentor offers' if one.offered == 1 else 'mentors offer'} it"
    places = f"{one.places or 'no'} {'place is' if one.places == 1 else 'places are'} free"
    ask = f"; invite these {len(one.invite)}" if one.invite else ""
    return SkillShortage(
        skill=one.skill,
        wanted=one.wanted,
        waiting=one.waiting,
        offered=one.offered,
        places=one.places,
        text=f"{mentees}, {mentors} and {places}{ask}.",
        invite=[prospect_type(each) for each in one.invite],
    )


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
class Recruited:
    """What the viewer is asked, and whom they refer."""

    @strawberry.field(description="Invitations to programs that wait for the viewer's answer.")
    async def invitations(self, info: Info) -> list[Invitation]:
        """The viewer's invitations."""
        principal = info.context.require(Scope.ME)
        return [invitation_type(one, installation_id=principal.installation_id) for one in await inviting.mine(info.context.runtime, principal)]

    @strawberry.field(description="The viewer's links to refer others by, the newest first.")
    async def referral_links(self, info: Info) -> list[ReferralLink]:
        """The viewer's links."""
        principal = info.context.require(Scope.ME)
        return [link_type(one, installation_id=principal.installation_id) for one in await referring.mine(info.context.runtime, principal)]
