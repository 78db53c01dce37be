"""Making programs and moving them through their life."""

from datetime import date
from typing import Any

import strawberry

from plugin.domain import programs as domain
from plugin.domain.people import Scope
from plugin.services.programs import program_words, programming
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.program import Program, ProgramFormat, ProgramState
from schema.types.program import program as program_type

_WORDS = ("name", "purpose", "audience", "needs", "mentor_benefits", "mentee_benefits", "code_of_conduct")


@strawberry.input(description="Something that a program wants to reach.")
class GoalInput:
    """A goal."""

    text: str
    measure: str = ""
    target: float | None = None


@strawberry.input
class ProgramWords:
    """What is said of a program."""

    purpose: str | None = None
    audience: str | None = None
    needs: str | None = None
    goals: list[GoalInput] | None = None
    format: ProgramFormat | None = None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    starts_on: date | None = None
    ends_on: date | None = None
    open: bool | None = None
    approve_mentors: bool | None = None
    approve_mentees: bool | None = None
    both_roles: bool | None = None
    mentor_benefits: str | None = None
    mentee_benefits: str | None = None
    code_of_conduct: str | None = None


@strawberry.input
class CreateProgramInput(ProgramWords):
    """What the program is and what it is for. What is left out is as the template has it, if one is named."""

    name: str
    template: str | None = strawberry.field(default=None, description="young-professionals, new-entrepreneurs, newcomers or peer-circles.")


@strawberry.input
class ChangeProgramInput(ProgramWords):
    """What is different from now on; what is left out stays."""

    id: strawberry.ID
    name: str | None = None


@strawberry.input
class DuplicateProgramInput:
    """Which program, and what the copy is called."""

    id: strawberry.ID
    name: str


@strawberry.input
class MoveProgramInput:
    """Which program goes to which state."""

    id: strawberry.ID
    state: ProgramState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    end_pairs: bool = strawberry.field(default=False, description="End the mentorships that are alive with it; both sides are told.")


@strawberry.type
class ProgramPayload:
    """The program as it is now."""

    program: Program | None
    user_errors: list[UserError]


def _given(input: CreateProgramInput | ChangeProgramInput) -> dict[str, Any]:  # noqa: A002 - the Relay convention
    """What was given, as a plan has it."""
    names = ("format", "starts_on", "ends_on", "open", "approve_mentors", "approve_mentees", "both_roles")
    found: dict[str, Any] = {name: value for name in names if (value := getattr(input, name)) is not None}
    found |= {name: plain(value, name) for name in _WORDS if (value := getattr(input, name)) is not None}
    if input.goals is not None:
        found["goals"] = tuple(domain.Goal(text=plain(one.text, "goals"), measure=plain(one.measure, "goals"), target=one.target) for one in input.goals)
    return found


async def create_program(info: Info, input: CreateProgramInput) -> ProgramPayload:  # noqa: A002 - the Relay convention
    """Make a program, as a draft."""
    principal = info.context.require(Scope.PROGRAMS)

    async def work() -> Program:
        base = domain.Plan(name="") if input.template is None else await program_words.template(info.context.runtime, principal, input.template)
        values = {name: getattr(base, name) for name in domain.Plan.__slots__} | _given(input)
        made = await programming.create_program(info.context.runtime, principal, plan=domain.Plan(**values))
        return program_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work, own_fields=True)
    return ProgramPayload(program=found, user_errors=errors)


async def change_program(info: Info, input: ChangeProgramInput) -> ProgramPayload:  # noqa: A002 - the Relay convention
    """Change what is said of a program."""
    principal = info.context.require(Scope.READ)

    async def work() -> Program:
        number = parse_number(input.id, type_name="Program", installation_id=principal.installation_id)
        changed = await programming.change_program(info.context.runtime, principal, number, changes=_given(input))
        return program_type(changed, installation_id=principal.installation_id)

    found, errors = await attempt(work, own_fields=True)
    return ProgramPayload(program=found, user_errors=errors)


async def duplicate_program(info: Info, input: DuplicateProgramInput) -> ProgramPayload:  # noqa: A002 - the Relay convention
    """Make a draft like a program."""
    principal = info.context.require(Scope.PROGRAMS)

    async def work() -> Program:
        number = parse_number(input.id, type_name="Program", installation_id=principal.installation_id)
        made = await programming.duplicate_program(info.context.runtime, principal, number, name=plain(input.name, "name"))
        return program_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work, own_fields=True)
    return ProgramPayload(program=found, user_errors=errors)


async def move_program(info: Info, input: MoveProgramInput) -> ProgramPayload:  # noqa: A002 - the Relay convention
    """Move a program to another state of its life."""
    principal = info.context.require(Scope.READ)

    async def work() -> Program:
        number = parse_number(input.id, type_name="Program", installation_id=principal.installation_id)
        moved = await programming.move_program(info.context.runtime, principal, number, input.state, end_pairs=input.end_pairs)
        return program_type(moved, installation_id=principal.installation_id)

    found, errors = await attempt(work, own_fields=True)
    return ProgramPayload(program=found, user_errors=errors)


@strawberry.type
class ProgramMutations:
    """Programs and their life."""

    create_program = strawberry.field(resolver=create_program, description="Make a program, as a draft.")
    change_program = strawberry.field(resolver=change_program, description="Change what is said of a program.")
    duplicate_program = strawberry.field(resolver=duplicate_program, description="Make a draft like a program, without its people and dates.")
    move_program = strawberry.field(resolver=move_program, description="Move a program to another state.")
