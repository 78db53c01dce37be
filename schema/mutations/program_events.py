"""Events of programs."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.domain.program_events import EventPlan
from plugin.services.meetings import hosting
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.types.program_events import ProgramEvent
from schema.types.program_events import program_event as event_type


@strawberry.input
class PlanEventInput:
    """An event of a program."""

    program: strawberry.ID
    title: str
    starts_at: datetime
    minutes: int = 60
    description: str = ""
    place: str = strawberry.field(default="", description="A link or a place.")
    capacity: int | None = None
    space: str = strawberry.field(default="", description="The id of a space of the host where it is announced; empty for nowhere.")


@strawberry.input
class ChangeEventInput:
    """What is different from now on; what is left out stays."""

    id: strawberry.ID
    title: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    description: str | None = None
    place: str | None = None
    capacity: int | None = None
    space: str | None = strawberry.field(default=None, description="Where the host announces it; another one only until it was announced.")


@strawberry.input
class EventInput:
    """Which event."""

    id: strawberry.ID


@strawberry.input
class AnswerEventInput:
    """Whether one comes."""

    id: strawberry.ID
    going: bool


@strawberry.type
class EventPayload:
    """The event as it is now."""

    event: ProgramEvent | None
    user_errors: list[UserError]


async def _event(principal: Principal, work: Callable[[], Awaitable[hosting.Seen]]) -> EventPayload:
    found, errors = await attempt(work)
    return EventPayload(event=None if found is None else event_type(found, installation_id=principal.installation_id), user_errors=errors)


async def plan_event(info: Info, input: PlanEventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Plan an event of a program."""
    principal = info.context.require(Scope.READ)

    async def work() -> hosting.Seen:
        said = EventPlan(
            title=plain(input.title, "title"),
            starts_at=input.starts_at,
            minutes=input.minutes,
            description=plain(input.description, "description"),
            place=plain(input.place, "place"),
            capacity=input.capacity,
            space_id=plain(input.space, "space"),
        )
        return await hosting.plan(info.context.runtime, principal, number_of(principal, input.program, "Program"), said=said)

    return await _event(principal, work)


async def change_event(info: Info, input: ChangeEventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Change an event."""
    principal = info.context.require(Scope.READ)

    async def work() -> hosting.Seen:
        given: dict[str, object] = {name: getattr(input, name) for name in ("title", "starts_at", "minutes", "description", "place", "capacity")}
        changes = {name: plain(value, name) if isinstance(value, str) else value for name, value in given.items() if value is not None}
        if input.space is not None:
            changes["space_id"] = plain(input.space, "space")
        return await hosting.change(info.context.runtime, principal, number_of(principal, input.id, "ProgramEvent"), changes=changes)

    return await _event(principal, work)


async def cancel_event(info: Info, input: EventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Call an event off."""
    principal = info.context.require(Scope.READ)

    async def work() -> hosting.Seen:
        return await hosting.cancel(info.context.runtime, principal, number_of(principal, input.id, "ProgramEvent"))

    return await _event(principal, work)


async def answer_event(info: Info, input: AnswerEventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Say whether one comes."""
    principal = info.context.require(Scope.ME)

    async def work() -> hosting.Seen:
        return await hosting.answer(info.context.runtime, principal, number_of(principal, input.id, "ProgramEvent"), going=input.going)

    return await _event(principal, work)


@strawberry.type
class ProgramEventMutations:
    """Events of programs."""

    plan_event = strawberry.field(resolver=plan_event, description="Plan an event of a program; for its managers.")
    change_event = strawberry.field(resolver=change_event, description="Change an event of a program; for its managers.")
    cancel_event = strawberry.field(resolver=cancel_event, description="Call an event of a program off; for its managers.")
    answer_event = strawberry.field(resolver=answer_event, description="Say whether one comes to an event; where all places are taken one waits for one.")
