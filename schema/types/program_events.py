"""Events of programs as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain import program_events as happening
from plugin.services.meetings import hosting
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member_by_number as _member

EventState = strawberry.enum(happening.EventState, name="EventState", description="The life of an event.")

EventAnswer = strawberry.enum(happening.Answer, name="EventAnswer", description="Whether somebody comes to an event.")


@strawberry.type(description="Somebody's answer to an event; for managers.")
class EventGuest:
    """A guest."""

    answer: EventAnswer  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    number: strawberry.Private[int]

    @strawberry.field(description="Who.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


@strawberry.type(description="An event of a program; for who takes part in it and who manages it.")
class ProgramEvent:
    """An event."""

    id: strawberry.ID
    state: EventState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    title: str
    description: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None = strawberry.field(description="For how many there is room; null for as many as come.")
    going: int
    waiting: int
    mine: EventAnswer | None = strawberry.field(description="The viewer's answer.")  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    guests: list[EventGuest] = strawberry.field(description="Who answered what; for managers.")
    number: strawberry.Private[int]

    @strawberry.field(description="The event as a calendar file (RFC 5545), for who goes.")
    async def ics(self, info: Info) -> str | None:
        """The file."""
        principal = info.context.loaders.principal
        return None if principal.member_id is None else await hosting.ics(info.context.runtime, principal, self.number)


def program_event(seen: hosting.Seen, *, installation_id: int) -> ProgramEvent:
    """An event as GraphQL shows it."""
    one = seen.event
    return ProgramEvent(
        id=strawberry.ID(str(GlobalId("ProgramEvent", installation_id, str(one.id)))),
        state=one.state,
        title=one.plan.title,
        description=one.plan.description,
        place=one.plan.place,
        starts_at=one.plan.starts_at,
        ends_at=one.ends_at,
        capacity=one.plan.capacity,
        going=seen.going,
        waiting=seen.waiting,
        mine=seen.mine,
        guests=[EventGuest(answer=answer, number=member_id) for member_id, answer in seen.people],
        number=one.id,
    )
