"""Programs as GraphQL shows them."""

from datetime import date, datetime

import strawberry

from plugin.domain import programs as domain
from plugin.domain.programs import Program as DomainProgram
from plugin.domain.programs import ProgramState as DomainProgramState
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member, members_by_number
from schema.types.node import Node

ProgramState = strawberry.enum(DomainProgramState, name="ProgramState", description="The life of a program.")
ProgramFormat = strawberry.enum(domain.Format, name="ProgramFormat", description="How people meet in a program.")
Role = strawberry.enum(domain.Role, name="ProgramRole", description="What a member takes part as.")


@strawberry.type(description="Something that a program wants to reach.")
class Goal:
    """A goal."""

    text: str
    measure: str = strawberry.field(description="The figure of the program's health that shows it; empty if none does.")
    target: float | None


@strawberry.type(description="A mentorship program of the community.")
class Program(Node):
    """A program."""

    name: str
    purpose: str
    state: ProgramState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    created_at: datetime
    audience: str = strawberry.field(description="Whom it is for.")
    needs: str = strawberry.field(description="What they are in want of.")
    goals: list[Goal]
    format: ProgramFormat  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    starts_on: date | None
    ends_on: date | None
    open: bool = strawberry.field(description="Whether any member may enrol; else members are invited.")
    approve_mentors: bool = strawberry.field(description="Whether a manager looks at applications of mentors.")
    approve_mentees: bool
    both_roles: bool = strawberry.field(description="Whether one may be mentor and mentee in it.")
    mentor_benefits: str
    mentee_benefits: str
    code_of_conduct: str
    number: strawberry.Private[int]

    @strawberry.field(description="Members who manage it, as it was granted to them; without any, the community's admins do.")
    async def managers(self, info: Info) -> list[Member]:
        """Who manages it."""
        return await members_by_number(info, await info.context.loaders.managers.load(self.number))


def program(found: DomainProgram, *, installation_id: int) -> Program:
    """A program as GraphQL shows it."""
    return Program(
        id=strawberry.ID(str(GlobalId("Program", installation_id, str(found.id)))),
        name=found.name,
        purpose=found.purpose,
        state=found.state,
        created_at=found.created_at,
        audience=found.audience,
        needs=found.needs,
        goals=[Goal(text=one.text, measure=one.measure, target=one.target) for one in found.goals],
        format=found.format,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        open=found.open,
        approve_mentors=found.approve_mentors,
        approve_mentees=found.approve_mentees,
        both_roles=found.both_roles,
        mentor_benefits=found.mentor_benefits,
        mentee_benefits=found.mentee_benefits,
        code_of_conduct=found.code_of_conduct,
        number=found.id,
    )


async def program_by_number(info: Info, number: int | None) -> Program | None:
    """A program by the number of ours."""
    found = None if number is None else await info.context.loaders.programs.load(number)
    return None if found is None else program(found, installation_id=info.context.loaders.principal.installation_id)
