"""Programs as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain.programs import Program as DomainProgram
from plugin.domain.programs import ProgramState as DomainProgramState
from schema.ids import GlobalId
from schema.types.node import Node

ProgramState = strawberry.enum(DomainProgramState, name="ProgramState", description="The life of a program.")


@strawberry.type(description="A mentorship program of the community.")
class Program(Node):
    """A program."""

    name: str
    purpose: str
    state: ProgramState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    created_at: datetime
    number: strawberry.Private[int]


def program(found: DomainProgram, *, installation_id: int) -> Program:
    """A program as GraphQL shows it."""
    return Program(
        id=strawberry.ID(str(GlobalId("Program", installation_id, str(found.id)))),
        name=found.name,
        purpose=found.purpose,
        state=found.state,
        created_at=found.created_at,
        number=found.id,
    )
