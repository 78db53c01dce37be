"""Events of the programs that a member takes part in."""

from starlette.responses import Response

from plugin.domain.program_events import Answer, EventState
from plugin.errors import Invalid, NotFound
from plugin.services.meetings import hosting
from plugin.texts import together as words
from plugin.web.members.frame import show
from plugin.web.members.sessions import file_of
from plugin.web.visits import Visit, id_of

MOST = 50


async def view(visit: Visit) -> Response:
    """Those that lie ahead first, the next one on top; then those that were."""
    found = await hosting.mine(visit.runtime, visit.principal, limit=MOST)
    ahead = [one for one in found if one[0].event.ends_at > visit.now]
    return await show(
        visit,
        "events.html",
        section="events",
        ahead=sorted(ahead, key=lambda one: one[0].event.plan.starts_at),
        past=[one for one in found if one not in ahead],
        words=words,
        going=Answer.GOING,
        waiting=Answer.WAITING,
        planned=EventState.PLANNED,
    )


async def answer(visit: Visit) -> Response:
    """Say whether one comes."""
    what = visit.text("do")
    if what not in {"come", "stay"}:
        raise Invalid("choose what to do")
    done = await hosting.answer(visit.runtime, visit.principal, id_of(visit.text("event")), going=what == "come")
    return visit.go("/my/events", "waiting" if done.mine is Answer.WAITING else "saved")


async def calendar(visit: Visit) -> Response:
    """One event as a file for calendar programs, for who goes."""
    found = await hosting.ics(visit.runtime, visit.principal, visit.id("event"))
    if found is None:
        raise NotFound("there is no such event")
    return file_of(found, name="event.ics")
