"""Events of a program: planned, changed and called off, and who comes."""

from datetime import datetime

from starlette.responses import Response

from plugin.domain.notices import zone_of
from plugin.domain.program_events import EventPlan, EventState
from plugin.errors import Invalid, NotFound
from plugin.services.meetings import hosting
from plugin.services.meetings.hosting import Seen
from plugin.services.recruiting import announcing
from plugin.texts import running
from plugin.web.console.frame import PAGE, managed, show_program
from plugin.web.visits import Visit, id_of

FIELDS = ("title", "startsAt", "minutes", "description", "place", "capacity", "space")


async def listing(visit: Visit) -> Response:
    """Events, the newest first."""
    program = await managed(visit)
    after = visit.request.query_params.get("after", "")
    found = await hosting.page(visit.runtime, visit.principal, program.id, after=id_of(after) if after else None, limit=PAGE + 1)
    more = found[PAGE - 1].event.id if len(found) > PAGE else None
    return show_program(visit, "events.html", program, tab="events", running=running, events=found[:PAGE], more=more)


async def new(visit: Visit) -> Response:
    """The form of a new event."""
    program = await managed(visit)
    values = {name: visit.text(name) for name in FIELDS} if visit.posted else dict.fromkeys(FIELDS, "") | {"minutes": "60"}
    spaces = [(one.id, one.name) for one in await announcing.spaces(visit.runtime, visit.principal)]
    return show_program(visit, "event.html", program, tab="events", running=running, one=None, values=values, spaces=spaces, people={}, ahead=True)


async def create(visit: Visit) -> Response:
    """Plan it; who takes part is told."""
    program_id = visit.id("program")
    said = EventPlan(**_said(visit), space_id=visit.text("space"))  # type: ignore[arg-type]  # its own names
    made = await hosting.plan(visit.runtime, visit.principal, program_id, said=said)
    return visit.go(f"/console/programs/{program_id}/events/{made.event.id}", "planned")


async def view(visit: Visit) -> Response:
    """One event: what is said of it, and who comes."""
    program = await managed(visit)
    one = await _event(visit, program.id)
    said = one.event.plan
    values: dict[str, object] = {name: visit.text(name) for name in FIELDS}
    if not visit.posted or visit.text("do") != "change":
        starts = said.starts_at.astimezone(zone_of(visit.speaker.timezone)).strftime("%Y-%m-%dT%H:%M")
        values = {"title": said.title, "startsAt": starts, "minutes": said.minutes, "description": said.description, "place": said.place}
        values |= {"capacity": "" if said.capacity is None else said.capacity, "space": said.space_id}
    people = await visit.people({member for member, _answer in one.people})
    spaces = [(each.id, each.name) for each in await announcing.spaces(visit.runtime, visit.principal)]
    ahead = one.event.state is EventState.PLANNED and said.starts_at > visit.now
    return show_program(visit, "event.html", program, tab="events", running=running, one=one, values=values, spaces=spaces, people=people, ahead=ahead)


async def act(visit: Visit) -> Response:
    """Change it, or call it off; who comes is told."""
    program_id = visit.id("program")
    one = await _event(visit, program_id)
    match visit.text("do"):
        case "change":
            changes = _said(visit)
            kept = one.event.plan.starts_at
            typed = changes["starts_at"]
            if isinstance(typed, datetime) and typed == kept.replace(second=0, microsecond=0):
                changes["starts_at"] = kept
            if visit.text("space"):
                changes["space_id"] = visit.text("space")
            await hosting.change(visit.runtime, visit.principal, one.event.id, changes=changes)
            return visit.go(f"/console/programs/{program_id}/events/{one.event.id}", "saved")
        case "cancel":
            await hosting.cancel(visit.runtime, visit.principal, one.event.id)
            return visit.go(f"/console/programs/{program_id}/events", "called_off")
        case _:
            raise Invalid("choose what to do")


async def _event(visit: Visit, program_id: int) -> Seen:
    event_id = visit.id("event")
    found = await hosting.page(visit.runtime, visit.principal, program_id, after=event_id + 1, limit=1)
    if not found or found[0].event.id != event_id:
        raise NotFound("there is no such event")
    return found[0]


def _said(visit: Visit) -> dict[str, object]:
    starts_at = visit.moment("startsAt")
    if starts_at is None:
        raise Invalid("say when it begins", field="startsAt")
    plain = {name: visit.text(name) for name in ("title", "description", "place")}
    return {**plain, "starts_at": starts_at, "minutes": visit.number("minutes", 60), "capacity": visit.number("capacity")}
