"""Requests for mentorship, and the mentorships that come of them: asking, answering, taking back, ending."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.mentorships import mentoring, requesting
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.participation import DeclineReason, EndReason, Mentorship, MentorshipRequest
from schema.types.participation import mentorship as mentorship_type
from schema.types.participation import request as request_type


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


@strawberry.type
class RequestMutations:
    """Asking for mentorship, and answering."""

    request_mentorship = strawberry.field(resolver=request_mentorship, description="Ask one to five mentors, one after the other.")
    accept_request = strawberry.field(resolver=accept_request, description="Say yes: the mentorship begins.")
    decline_request = strawberry.field(resolver=decline_request, description="Say no with a reason; the next on the mentee's list is asked.")
    withdraw_request = strawberry.field(resolver=withdraw_request, description="Take back a request and the choices after it.")
    end_mentorship = strawberry.field(resolver=end_mentorship, description="End a mentorship that one is in, without blame.")
