"""Enrolments: taking part in a program, being asked to, pausing and leaving."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain import enrolments as domain
from plugin.domain.people import Principal, Scope
from plugin.services.departures import leaving
from plugin.services.recruiting import enrolling, inviting
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.participation import Enrolment
from schema.types.participation import enrolment as enrolment_type
from schema.types.program import Role


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


async def _enrolment(info: Info, id: strawberry.ID, act: Callable[[Principal, int], Awaitable[domain.Enrolment]]) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    principal = info.context.require(Scope.READ)

    async def work() -> Enrolment:
        done = await act(principal, parse_number(id, type_name="Enrolment", installation_id=principal.installation_id))
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

    async def act(principal: Principal, number: int) -> domain.Enrolment:
        return await enrolling.decide(info.context.runtime, principal, number, approve=input.approve, note=plain(input.note, "note"))

    return await _enrolment(info, input.id, act)


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

    async def act(principal: Principal, number: int) -> domain.Enrolment:
        return await enrolling.change(info.context.runtime, principal, number, capacity=input.capacity, minimum=input.minimum, paused=input.paused)

    return await _enrolment(info, input.id, act)


async def withdraw_enrolment(info: Info, input: EnrolmentInput) -> EnrolmentPayload:  # noqa: A002 - the Relay convention
    """Leave a program."""
    info.context.require(Scope.ME)
    return await _enrolment(info, input.id, lambda principal, number: leaving.leave_program(info.context.runtime, principal, number))


@strawberry.type
class EnrolmentMutations:
    """Taking part."""

    enrol = strawberry.field(resolver=enrol, description="Ask to take part in a program.")
    decide_enrolment = strawberry.field(resolver=decide_enrolment, description="Say yes or no to an application; for managers.")
    invite_to_program = strawberry.field(resolver=invite_to_program, description="Ask a member to take part; for managers.")
    change_enrolment = strawberry.field(resolver=change_enrolment, description="Change one's own room in a program, or pause.")
    withdraw_enrolment = strawberry.field(resolver=withdraw_enrolment, description="Leave a program.")
