"""Events of a program: when, where, for how many, and who comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.errors import Conflict, Invalid

MAX_TITLE, MAX_TEXT, MAX_PLACE, MAX_CAPACITY = 120, 4_000, 500, 10_000
LEAST_MINUTES, MOST_MINUTES = 10, 7 * 24 * 60
REMIND_BEFORE = timedelta(days=1)


class EventState(StrEnum):
    """The life of an event; :data:`NEXT` says which steps exist."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


NEXT: Mapping[EventState, frozenset[EventState]] = {
    EventState.PLANNED: frozenset({EventState.CANCELLED}),
    EventState.CANCELLED: frozenset(),
}


class Answer(StrEnum):
    """Whether somebody comes."""

    GOING = "going"
    WAITING = "waiting"
    """Would come; all places are taken. Whoever has waited longest moves up."""
    NOT_GOING = "not_going"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """What a manager says of an event. ``capacity`` is ``None`` for as many as come; ``space_id`` is where the host announces it, if anywhere."""

    title: str
    starts_at: datetime
    minutes: int = 60
    description: str = ""
    place: str = ""
    capacity: int | None = None
    space_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramEvent:
    """An event of a program. ``revision`` rises with every change that people are told of."""

    id: int
    program_id: int
    state: EventState
    plan: EventPlan
    revision: int = 0
    created_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.plan.starts_at + timedelta(minutes=self.plan.minutes)


def check(plan: EventPlan, *, now: datetime) -> None:
    """Raise :class:`Invalid` that says what has to be otherwise."""
    if not 3 <= len(" ".join(plan.title.split())) <= MAX_TITLE:
        raise Invalid("an event's title has 3 to {most} characters", field="title", most=MAX_TITLE)
    if len(plan.description) > MAX_TEXT or len(plan.place) > MAX_PLACE:
        raise Invalid("the description has at most {most} characters, the place {longest}", field="description", most=MAX_TEXT, longest=MAX_PLACE)
    if plan.starts_at.tzinfo is None:
        raise Invalid("a time needs its zone, such as 2026-12-01T17:00:00+01:00", field="startsAt")
    if plan.starts_at <= now:
        raise Invalid("this time is over: an event lies ahead", field="startsAt")
    if not LEAST_MINUTES <= plan.minutes <= MOST_MINUTES:
        raise Invalid("an event lasts {least} minutes to a week", field="minutes", least=LEAST_MINUTES)
    if plan.capacity is not None and not 1 <= plan.capacity <= MAX_CAPACITY:
        raise Invalid("there is room for 1 to {most}", field="capacity", most=MAX_CAPACITY)


def ahead(event: ProgramEvent, now: datetime) -> None:
    """Raise :class:`Conflict` for an event that was called off or has begun."""
    if event.state is not EventState.PLANNED:
        raise Conflict("this event was called off", code="illegal_transition", field="event")
    if event.plan.starts_at <= now:
        raise Conflict("this event has begun", code="begun", field="event")
