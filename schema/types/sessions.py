"""Sessions and what follows from them as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain import sessions as domain
from plugin.domain import strikes as striking
from plugin.domain.free_times import Fit
from plugin.domain.kits import Kit as DomainKit
from plugin.domain.people import Scope
from plugin.services.meetings import kits, meeting
from plugin.services.meetings.meeting import Seen
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member_by_number as _member
from schema.types.node import Node
from schema.types.pairing import SessionKit, session_kit

SessionState = strawberry.enum(domain.SessionState, name="SessionState", description="The life of a session.")
CancelReason = strawberry.enum(domain.CancelReason, name="CancelReason", description="Why a session does not take place.")
StrikeKind = strawberry.enum(striking.StrikeKind, name="StrikeKind", description="What happened.")
StrikeState = strawberry.enum(striking.StrikeState, name="StrikeState", description="The life of a strike.")


@strawberry.type(description="How a time suits one person.")
class TimeFit:
    """A fit."""

    local: datetime = strawberry.field(description="What the person's clock shows.")
    quiet: bool = strawberry.field(description="Whether it is in their quiet hours.")
    free: bool | None = strawberry.field(description="Whether they said that they are free then; null if they did not say when they are.")
    busy: bool = strawberry.field(description="Whether another session of theirs is then.")
    number: strawberry.Private[int]

    @strawberry.field(description="Whom.")
    async def member(self, info: Info) -> Member | None:
        """The person."""
        return await _member(info, self.number)


@strawberry.type(description="A time at which people could meet.")
class SessionTime:
    """A time."""

    at: datetime
    fits: list[TimeFit]


def session_time(at: datetime, fits: list[Fit]) -> SessionTime:
    """A time as GraphQL shows it."""
    return SessionTime(at=at, fits=[TimeFit(local=one.local, quiet=one.quiet, free=one.free, busy=one.busy, number=one.member_id) for one in fits])


@strawberry.type(description="Somebody's part in a session.")
class SessionParticipant:
    """A participant."""

    mentor: bool
    asks: bool = strawberry.field(description="Whether the times on the table are theirs.")
    can: list[datetime] | None = strawberry.field(description="The times on the table that suit them; null before they answered.")
    cancelled: bool = strawberry.field(description="Whether they called it off.")
    number: strawberry.Private[int]

    @strawberry.field(description="Who.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


@strawberry.type(description="What one said about another, or about themselves, after a session.")
class SessionStatement:
    """A statement."""

    present: bool
    by_number: strawberry.Private[int]
    about_number: strawberry.Private[int]

    @strawberry.field(description="Who said it.")
    async def by(self, info: Info) -> Member | None:
        """The speaker."""
        return await _member(info, self.by_number)

    @strawberry.field(description="About whom.")
    async def about(self, info: Info) -> Member | None:
        """The one spoken of."""
        return await _member(info, self.about_number)


@strawberry.type(description="A session of a mentorship. Its people see it whole; managers of the program see when it is and what became of it.")
class Session(Node):
    """A session."""

    state: SessionState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    minutes: int
    starts_at: datetime | None = strawberry.field(description="The time that is agreed on; it stands while a move of it waits for an answer.")
    ends_at: datetime | None
    times: list[SessionTime] = strawberry.field(description="Times on the table: of a proposal, or of a move of what is agreed on.")
    topic: str
    place: str = strawberry.field(description="A link or a place.")
    note: str
    late: bool = strawberry.field(description="Whether it was called off within three hours of its beginning.")
    reason: CancelReason | None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    created_at: datetime
    settled_at: datetime | None
    closes_at: datetime | None = strawberry.field(description="Until when everybody can say whether it took place.")
    people: list[SessionParticipant]
    held: bool | None = strawberry.field(description="What the viewer said afterwards; null before that.")
    said: list[SessionStatement] = strawberry.field(description="Who said of whom that they were there: for managers, and for all in it once it is settled.")
    mentorship: strawberry.ID = strawberry.field(description="The id of the mentorship that it belongs to.")
    number: strawberry.Private[int]
    chosen_kit: strawberry.Private[DomainKit | None]

    @strawberry.field(description="The kit that prepares it, in the viewer's language.")
    async def kit(self, info: Info) -> SessionKit | None:
        """The kit."""
        principal = info.context.require(Scope.READ)
        if self.chosen_kit is None:
            return None
        locale = await kits.locale_of(info.context.runtime, principal)
        return session_kit(self.chosen_kit, installation_id=principal.installation_id, locale=locale)

    @strawberry.field(description="The session as a calendar file (RFC 5545), for who is in it; null before a time is agreed on.")
    async def ics(self, info: Info) -> str | None:
        """The file."""
        principal = info.context.require(Scope.READ)
        if principal.member_id not in {one.number for one in self.people}:
            return None
        return await meeting.ics(info.context.runtime, principal, self.number)


def session(seen: Seen, *, installation_id: int, viewer: int | None) -> Session:
    """A session as GraphQL shows it to a viewer."""
    one = seen.session
    fits = dict(seen.fits)
    mine = one.of(viewer)
    return Session(
        id=strawberry.ID(str(GlobalId("Session", installation_id, str(one.id)))),
        state=one.state,
        minutes=one.minutes,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        times=[session_time(at, fits.get(at, [])) for at in one.times],
        topic=seen.words.topic,
        place=seen.words.place,
        note=seen.words.note,
        late=one.late,
        reason=domain.CancelReason(one.reason) if one.reason else None,
        created_at=one.created_at,
        settled_at=one.settled_at,
        closes_at=one.closes_at,
        people=[
            SessionParticipant(
                mentor=each.mentor, asks=each.asks, can=None if each.can is None else list(each.can), cancelled=each.cancelled, number=each.member_id
            )
            for each in one.people
        ],
        held=None if mine is None else mine.held,
        said=[SessionStatement(present=each.present, by_number=each.by, about_number=each.about) for each in seen.said],
        mentorship=strawberry.ID(str(GlobalId("Mentorship", installation_id, str(one.mentorship_id)))),
        number=one.id,
        chosen_kit=seen.kit,
    )


@strawberry.type(description="That somebody waited for a member. Seen by the member and by managers of the program.")
class Strike:
    """A strike."""

    id: strawberry.ID
    kind: StrikeKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: StrikeState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    at: datetime
    expires_at: datetime = strawberry.field(description="When it is forgotten.")
    decided_at: datetime | None
    appeal: str = strawberry.field(description="How it was, by the member's own words; empty if they did not say.")
    session: strawberry.ID = strawberry.field(description="The id of the session.")
    number: strawberry.Private[int]

    @strawberry.field(description="Whom others waited for.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


@strawberry.type(description="Somebody who was there in vain lately, and comes first for it.")
class LetDown:
    """Somebody who waited."""

    times: int
    until: datetime = strawberry.field(description="Until when they come first.")
    number: strawberry.Private[int]

    @strawberry.field(description="Who waited.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


def strike(one: striking.Strike, words: str, *, installation_id: int) -> Strike:
    """A strike as GraphQL shows it."""
    return Strike(
        id=strawberry.ID(str(GlobalId("Strike", installation_id, str(one.id)))),
        kind=one.kind,
        state=one.state,
        at=one.at,
        expires_at=one.expires_at,
        decided_at=one.decided_at,
        appeal=words,
        session=strawberry.ID(str(GlobalId("Session", installation_id, str(one.session_id)))),
        number=one.member_id,
    )
