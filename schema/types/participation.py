"""Taking part as GraphQL shows it: enrolments, requests, mentorships."""

from datetime import datetime

import strawberry

from plugin.domain import enrolments as enrolling
from plugin.domain import mentorships as mentoring
from plugin.domain import requests as requesting
from plugin.domain.people import Scope
from plugin.services.meetings import meeting, no_shows
from plugin.services.mentorships import mentoring as mentorship_service
from plugin.services.mentorships import requesting as request_service
from plugin.services.mentorships.requesting import Said
from plugin.services.pairs import sharing
from plugin.services.recruiting import enrolling as enrolment_service
from plugin.services.safety import reporting
from schema.context import Info
from schema.ids import GlobalId, parse_number
from schema.types.member import Member, members_by_number
from schema.types.member import member_by_number as _member
from schema.types.program import Program, Role
from schema.types.program import program_by_number as _program
from schema.types.reports import Report
from schema.types.reports import report as report_type
from schema.types.sessions import Session, SessionState, Strike
from schema.types.sessions import session as session_type
from schema.types.sessions import strike as strike_type
from schema.types.stories import Story
from schema.types.stories import story as story_type

EnrolmentState = strawberry.enum(enrolling.EnrolmentState, name="EnrolmentState", description="The life of an enrolment.")
RequestState = strawberry.enum(requesting.RequestState, name="RequestState", description="The life of a request for mentorship.")
DeclineReason = strawberry.enum(requesting.DeclineReason, name="DeclineReason", description="Why a mentor says no.")
EndReason = strawberry.enum(mentoring.EndReason, name="EndReason", description="Why a mentorship ended; none blames anybody.")


@strawberry.type(description="A member's part in a program.")
class Enrolment:
    """An enrolment."""

    id: strawberry.ID
    role: Role  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: EnrolmentState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    capacity: int = strawberry.field(description="For how many people there is room.")
    minimum: int
    track: str
    paused: bool
    enrolled_at: datetime | None
    member_number: strawberry.Private[int]
    program_number: strawberry.Private[int]

    @strawberry.field(description="Who takes part.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.member_number)

    @strawberry.field(description="In what.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await _program(info, self.program_number)


def enrolment(one: enrolling.Enrolment, *, installation_id: int) -> Enrolment:
    """An enrolment as GraphQL shows it."""
    return Enrolment(
        id=strawberry.ID(str(GlobalId("Enrolment", installation_id, str(one.id)))),
        role=one.role,
        state=one.state,
        capacity=one.capacity,
        minimum=one.minimum,
        track=one.track,
        paused=one.paused,
        enrolled_at=one.enrolled_at,
        member_number=one.member_id,
        program_number=one.program_id,
    )


@strawberry.type(description="A request of a mentee to one mentor. Only the two see it.")
class MentorshipRequest:
    """A request."""

    id: strawberry.ID
    state: RequestState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    rank: int = strawberry.field(description="The place among the mentee's choices, from 1.")
    note: str
    goal: str
    message: str = strawberry.field(description="What the mentor wrote with the answer.")
    reason: str
    created_at: datetime
    asked_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    mentor_number: strawberry.Private[int]
    mentee_number: strawberry.Private[int]
    program_number: strawberry.Private[int | None]

    @strawberry.field(description="Who was asked.")
    async def mentor(self, info: Info) -> Member | None:
        """The mentor."""
        return await _member(info, self.mentor_number)

    @strawberry.field(description="Who asked.")
    async def mentee(self, info: Info) -> Member | None:
        """The mentee."""
        return await _member(info, self.mentee_number)

    @strawberry.field(description="In which program.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await _program(info, self.program_number)


def request(one: requesting.Request, words: Said, *, installation_id: int) -> MentorshipRequest:
    """A request as GraphQL shows it to its two parties."""
    return MentorshipRequest(
        id=strawberry.ID(str(GlobalId("MentorshipRequest", installation_id, str(one.id)))),
        state=one.state,
        rank=one.rank,
        note=words.note,
        goal=words.goal,
        message=words.message,
        reason=one.reason,
        created_at=one.created_at,
        asked_at=one.asked_at,
        expires_at=one.expires_at,
        answered_at=one.answered_at,
        mentor_number=one.mentor_id,
        mentee_number=one.mentee_id,
        program_number=one.program_id,
    )


@strawberry.type(description="The relation between a mentor and one or more mentees.")
class Mentorship:
    """A mentorship."""

    id: strawberry.ID
    began_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    mentor_number: strawberry.Private[int | None]
    mentee_numbers: strawberry.Private[tuple[int, ...]]
    program_number: strawberry.Private[int | None]

    @strawberry.field(description="Who mentors; nobody for a former member.")
    async def mentor(self, info: Info) -> Member | None:
        """The mentor."""
        return await _member(info, self.mentor_number)

    @strawberry.field(description="Who is mentored; former members are left out.")
    async def mentees(self, info: Info) -> list[Member]:
        """The mentees."""
        return await members_by_number(info, self.mentee_numbers)

    @strawberry.field(description="In which program.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await _program(info, self.program_number)


def mentorship(one: mentoring.Mentorship, *, installation_id: int) -> Mentorship:
    """A mentorship as GraphQL shows it."""
    return Mentorship(
        id=strawberry.ID(str(GlobalId("Mentorship", installation_id, str(one.id)))),
        began_at=one.began_at,
        ended_at=one.ended_at,
        end_reason=one.end_reason,
        mentor_number=one.mentor_id,
        mentee_numbers=one.mentee_ids,
        program_number=one.program_id,
    )


@strawberry.type
class Participation:
    """What the viewer takes part in."""

    @strawberry.field(description="The viewer's parts in programs.")
    async def enrolments(self, info: Info) -> list[Enrolment]:
        """The viewer's enrolments."""
        principal = info.context.require(Scope.ME)
        return [enrolment(one, installation_id=principal.installation_id) for one in await enrolment_service.mine(info.context.runtime, principal)]

    @strawberry.field(description="Whom the viewer asked for mentorship, in the order of asking.")
    async def sent_requests(self, info: Info) -> list[MentorshipRequest]:
        """What the viewer asked."""
        principal = info.context.require(Scope.ME)
        asked, _ = await request_service.mine(info.context.runtime, principal)
        return [request(one, words, installation_id=principal.installation_id) for one, words in asked]

    @strawberry.field(description="Who asked the viewer for mentorship.")
    async def received_requests(self, info: Info) -> list[MentorshipRequest]:
        """What the viewer was asked."""
        principal = info.context.require(Scope.ME)
        _, received = await request_service.mine(info.context.runtime, principal)
        return [request(one, words, installation_id=principal.installation_id) for one, words in received]

    @strawberry.field(description="The viewer's sessions in the order in which they were made, at most the newest 200; of one mentorship, or in some states.")
    async def sessions(
        self,
        info: Info,
        mentorship: strawberry.ID | None = None,
        states: list[SessionState] | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> list[Session]:
        """The viewer's sessions."""
        principal = info.context.require(Scope.ME)
        number = None if mentorship is None else parse_number(mentorship, type_name="Mentorship", installation_id=principal.installation_id)
        found = await meeting.mine(info.context.runtime, principal, states=states, mentorship_id=number)
        return [session_type(one, installation_id=principal.installation_id, viewer=principal.member_id) for one in found]

    @strawberry.field(description="Sessions for which others waited for the viewer, or heard too late; none of it is seen by other members.")
    async def strikes(self, info: Info) -> list[Strike]:
        """The viewer's strikes."""
        principal = info.context.require(Scope.ME)
        return [strike_type(one, words, installation_id=principal.installation_id) for one, words in await no_shows.mine(info.context.runtime, principal)]

    @strawberry.field(description="What the viewer reported to those who look after safety.")
    async def reports(self, info: Info) -> list[Report]:
        """The viewer's reports."""
        principal = info.context.require(Scope.ME)
        return [report_type(one, installation_id=principal.installation_id) for one in await reporting.mine(info.context.runtime, principal)]

    @strawberry.field(description="Stories about mentorships of the viewer: those that wait for an answer, and those that are out.")
    async def stories(self, info: Info) -> list[Story]:
        """The viewer's stories."""
        principal = info.context.require(Scope.ME)
        return [story_type(one, installation_id=principal.installation_id) for one in await sharing.mine(info.context.runtime, principal)]

    @strawberry.field(description="The viewer's mentorships, those that have ended included.")
    async def mentorships(self, info: Info) -> list[Mentorship]:
        """The viewer's mentorships."""
        principal = info.context.require(Scope.ME)
        return [mentorship(one, installation_id=principal.installation_id) for one in await mentorship_service.mine(info.context.runtime, principal)]
