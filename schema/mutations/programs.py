"""Making programs and moving them through their life."""

import strawberry

from plugin.domain.people import Scope
from plugin.services import programming
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.program import Program, ProgramState
from schema.types.program import program as program_type


@strawberry.input
class CreateProgramInput:
    """What the program is and what it is for."""

    name: str
    purpose: str = ""


@strawberry.input
class MoveProgramInput:
    """Which program goes to which state."""

    id: strawberry.ID
    state: ProgramState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.type
class ProgramPayload:
    """The program as it is now."""

    program: Program | None
    user_errors: list[UserError]


async def create_program(info: Info, input: CreateProgramInput) -> ProgramPayload:  # noqa: A002 - the Relay convention
    """Make a program, as a draft."""
    principal = info.context.require(Scope.PROGRAMS)

    async def work() -> Program:
        name, purpose = plain(input.name, "name"), plain(input.purpose, "purpose")
        made = await programming.create_program(info.context.runtime, principal, name=name, purpose=purpose)
        return program_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ProgramPayload(program=found, user_errors=errors)


async def move_program(info: Info, input: MoveProgramInput) -> ProgramPayload:  # noqa: A002 - the Relay convention
    """Move a program to another state of its life."""
    principal = info.context.require(Scope.PROGRAMS)

    async def work() -> Program:
        number = parse_number(input.id, type_name="Program", installation_id=principal.installation_id)
        moved = await programming.move_program(info.context.runtime, principal, number, input.state)
        return program_type(moved, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ProgramPayload(program=found, user_errors=errors)


@strawberry.type
class ProgramMutations:
    """Programs and their life."""

    create_program = strawberry.field(resolver=create_program, description="Make a program, as a draft.")
    move_program = strawberry.field(resolver=move_program, description="Move a program to another state.")
