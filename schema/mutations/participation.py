"""Taking part: enrolling, asking for mentorship, answering, ending, and keeping somebody away."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry

from plugin.domain import enrolments as domain
from plugin.domain.people import Scope
from plugin.services import enrolling, inviting, leaving, mentoring, requesting, safety
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.participation import DeclineReason, EndReason, Enrolment, Mentorship, MentorshipRequest
from schema.types.participation import enrolment as enrolment_type
from schema.types.participation import mentorship as mentorship_type
from schema.types.participation import request as request_type
from schema.types.program import Role

Act = Callable[..., Awaitable[domain.Enrolment]]


@strawberry.input
class EnrolInput:
    """In which program, and as what."""

    program: strawberry.ID
    role: Role  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    adult: bool = strawberry.field(description="That one is of age; programs are for adults, unless the community admits who is younger.")
    age: int | None = strawberry.field(default=None, description="Who is not of age says how old they are.")
    guardian: str = strawberry.field(default="", description="Who is not of age says who their parent or guardian is, and how to reach them.")
    capacity: int | None = strawberry.field(default=None, description="For how many people there is room.")
    minimum: int = 0
    track: str = ""


@strawberry.input
class DecideEnrolmentInput:
    """A manager's word on an application."""

    id: strawberry.ID
    approve: bool
    note: str = ""


@strawberry.input
class InviteToProgramInput:
    """Whom to ask to take part, and why them."""

    program: strawberry.ID
    member: strawberry.ID
    role: Role  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    reason: str = ""


@strawberry.input
class ChangeEnrolmentInput:
    """What is different from now on."""

    id: strawberry.ID
    capacity: int | None = None
    minimum: int | None = None
    paused: bool | None = None


@strawberry.input
class EnrolmentInput:
    """Which enrolment."""

    id: strawberry.ID


@strawberry.type
class EnrolmentPayload:
    """The enrolment as it is now."""

    enrolment: Enrolment | None
    user_errors: list[UserError]


@strawberry.input
class RequestMentorshipInput:
    """Whom to ask, in the order of one's choice, and what for."""

    program: strawberry.ID
    mentors: list[strawberry.ID] = strawberry.field(description="One to five members; each has three days, then the next is asked.")
    goal: str
    note: str = ""


@strawberry.type
class RequestsPayload:
    """The requests as they are now."""

    requests: list[MentorshipRequest]
    user_errors: list[UserError]


@strawberry.input
class AcceptRequestInput:
    """Which request, and a word with the yes."""

    id: strawberry.ID
    message: str = ""


@strawberry.input
class DeclineRequestInput:
    """Which request, why not, and a word with it."""

    id: strawberry.ID
    reason: DeclineReason  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    message: str = ""


@strawberry.input
class WithdrawRequestInput:
    """Which request."""

    id: strawberry.ID


@strawberry.input
class EndMentorshipInput:
    """Which mentorship, and why."""

    id: strawberry.ID
    reason: EndReason  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.type
class MentorshipPayload:
    """The mentorship as it is now."""

    mentorship: Mentorship | None
    user_errors: list[UserError]


@strawberry.input
class BlockMemberInput:
    """Which member."""

    member: strawberry.ID


@strawberry.type
class BlocksPayload:
    """How many members one keeps away now."""

    count: int | None
    user_errors: list[UserError]


async def _enrolment(info: Info, id: strawberry.ID, act: Act, **values: Any) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    principal = info.context.require(Scope.READ)

    async def work() -> Enrolment:
        number = parse_number(id, type_name="Enrolment", installation_id=principal.installation_id)
        done = await act(info.context.runtime, principal, number, **values)
        return enrolment_type(done, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return EnrolmentPayload(enrolment=found, user_errors=errors)


async def enrol(info: Info, input: EnrolInput) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    """Ask to take part in a program."""
    principal = info.context.require(Scope.ME)

    async def work() -> Enrolment:
        number = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        made = await enrolling.apply(
            info.context.runtime,
            principal,
            program_id=number,
            role=input.role,
            capacity=input.capacity,
            minimum=input.minimum,
            track=plain(input.track, "track"),
            adult=input.adult,
            age=input.age,
            guardian=plain(input.guardian, "guardian"),
        )
        return enrolment_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return EnrolmentPayload(enrolment=found, user_errors=errors)


async def decide_enrolment(info: Info, input: DecideEnrolmentInput) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    """Say yes or no to an application."""
    return await _enrolment(info, input.id, enrolling.decide, approve=input.approve, note=plain(input.note, "note"))


async def invite_to_program(info: Info, input: InviteToProgramInput) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    """Ask a member to take part."""
    principal = info.context.require(Scope.READ)

    async def work() -> Enrolment:
        program = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        member = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        made = await inviting.invite(
            info.context.runtime, principal, program_id=program, member_id=member, role=input.role, reason=plain(input.reason, "reason")
        )
        return enrolment_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return EnrolmentPayload(enrolment=found, user_errors=errors)


async def change_enrolment(info: Info, input: ChangeEnrolmentInput) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    """Change one's own room, or pause."""
    info.context.require(Scope.ME)
    return await _enrolment(info, input.id, enrolling.change, capacity=input.capacity, minimum=input.minimum, paused=input.paused)


async def withdraw_enrolment(info: Info, input: EnrolmentInput) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    """Leave a program."""
    info.context.require(Scope.ME)
    return await _enrolment(info, input.id, leaving.leave_program)


async def request_mentorship(info: Info, input: RequestMentorshipInput) -> RequestsPayload:  # noqa: A002 - the Relay convention
    """Ask mentors, one after the other."""
    principal = info.context.require(Scope.ME)

    async def work() -> list[MentorshipRequest]:
        program = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        mentors = [parse_number(one, type_name="Member", installation_id=principal.installation_id) for one in input.mentors[:20]]
        note, goal = plain(input.note, "note"), plain(input.goal, "goal")
        made = await requesting.ask(info.context.runtime, principal, program_id=program, mentor_ids=mentors, note=note, goal=goal)
        return [request_type(one, requesting.Said(note=note, goal=goal), installation_id=principal.installation_id) for one in made]

    found, errors = await attempt(work)
    return RequestsPayload(requests=found or [], user_errors=errors)


async def accept_request(info: Info, input: AcceptRequestInput) -> MentorshipPayload:  # noqa: A002 - the Relay convention
    """Say yes to a request: the mentorship begins."""
    principal = info.context.require(Scope.ME)

    async def work() -> Mentorship:
        number = parse_number(input.id, type_name="MentorshipRequest", installation_id=principal.installation_id)
        made = await requesting.accept(info.context.runtime, principal, number, message=plain(input.message, "message"))
        return mentorship_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return MentorshipPayload(mentorship=found, user_errors=errors)


async def decline_request(info: Info, input: DeclineRequestInput) -> RequestsPayload:  # noqa: A002 - the Relay convention
    """Say no to a request; the next on the mentee's list is asked."""
    principal = info.context.require(Scope.ME)

    async def work() -> list[MentorshipRequest]:
        number = parse_number(input.id, type_name="MentorshipRequest", installation_id=principal.installation_id)
        await requesting.decline(info.context.runtime, principal, number, reason=input.reason, message=plain(input.message, "message"))
        _, received = await requesting.mine(info.context.runtime, principal)
        return [request_type(one, words, installation_id=principal.installation_id) for one, words in received if one.id == number]

    found, errors = await attempt(work)
    return RequestsPayload(requests=found or [], user_errors=errors)


async def withdraw_request(info: Info, input: WithdrawRequestInput) -> RequestsPayload:  # noqa: A002 - the Relay convention
    """Take back a request and the choices after it."""
    principal = info.context.require(Scope.ME)

    async def work() -> list[MentorshipRequest]:
        number = parse_number(input.id, type_name="MentorshipRequest", installation_id=principal.installation_id)
        changed = {one.id for one in await requesting.withdraw(info.context.runtime, principal, number)}
        asked, _ = await requesting.mine(info.context.runtime, principal)
        return [request_type(one, words, installation_id=principal.installation_id) for one, words in asked if one.id in changed]

    found, errors = await attempt(work)
    return RequestsPayload(requests=found or [], user_errors=errors)


async def end_mentorship(info: Info, input: EndMentorshipInput) -> MentorshipPayload:  # noqa: A002 - the Relay convention
    """End a mentorship that one is in."""
    principal = info.context.require(Scope.ME)

    async def work() -> Mentorship:
        number = parse_number(input.id, type_name="Mentorship", installation_id=principal.installation_id)
        done = await mentoring.leave(info.context.runtime, principal, number, reason=input.reason)
        return mentorship_type(done, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return MentorshipPayload(mentorship=found, user_errors=errors)


async def block_member(info: Info, input: BlockMemberInput) -> BlocksPayload:  # noqa: A002 - the Relay convention
    """Never be brought together with a member again."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        number = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        return len(await safety.block(info.context.runtime, principal, number))

    found, errors = await attempt(work)
    return BlocksPayload(count=found, user_errors=errors)


async def unblock_member(info: Info, input: BlockMemberInput) -> BlocksPayload:  # noqa: A002 - the Relay convention
    """Take a block back."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        number = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        return len(await safety.unblock(info.context.runtime, principal, number))

    found, errors = await attempt(work)
    return BlocksPayload(count=found, user_errors=errors)


@strawberry.type
class ParticipationMutations:
    """Taking part."""

    enrol = strawberry.field(resolver=enrol, description="Ask to take part in a program.")
    decide_enrolment = strawberry.field(resolver=decide_enrolment, description="Say yes or no to an application; for managers.")
    invite_to_program = strawberry.field(resolver=invite_to_program, description="Ask a member to take part; for managers.")
    change_enrolment = strawberry.field(resolver=change_enrolment, description="Change one's own room in a program, or pause.")
    withdraw_enrolment = strawberry.field(resolver=withdraw_enrolment, description="Leave a program.")
    request_mentorship = strawberry.field(resolver=request_mentorship, description="Ask one to five mentors, one after the other.")
    accept_request = strawberry.field(resolver=accept_request, description="Say yes: the mentorship begins.")
    decline_request = strawberry.field(resolver=decline_request, description="Say no with a reason; the next on the mentee's list is asked.")
    withdraw_request = strawberry.field(resolver=withdraw_request, description="Take back a request and the choices after it.")
    end_mentorship = strawberry.field(resolver=end_mentorship, description="End a mentorship that one is in, without blame.")
    block_member = strawberry.field(resolver=block_member, description="Never be brought together with a member again; they are not told.")
    unblock_member = strawberry.field(resolver=unblock_member, description="Take a block back.")
