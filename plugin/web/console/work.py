"""What the community sent and what is sent to it: seen, and tried again."""

from starlette.responses import Response

from plugin.errors import Invalid
from plugin.services import scheduling
from plugin.services.operations import letters, outbox
from plugin.services.operations.letters import Wanted
from plugin.texts import console as words
from plugin.web.console.frame import PAGE, show
from plugin.web.visits import Visit


async def view(visit: Visit) -> Response:
    """Deliveries, the outbox and jobs that failed."""
    asked = visit.request.query_params.get("state", "")
    state = asked if asked in letters.STATES else None
    return show(
        visit,
        "work.html",
        section="work",
        deliveries=await letters.letters(visit.runtime, visit.principal, state=state, wanted=Wanted(), limit=PAGE),
        outbox=await outbox.newest(visit.runtime, visit.principal, limit=PAGE),
        jobs=await scheduling.page(visit.runtime, visit.principal, state="dead", after=None, limit=PAGE),
        state=state or "",
        words=words,
    )


async def act(visit: Visit) -> Response:
    """Try again."""
    match visit.text("do"):
        case "deliveries":
            await letters.handle_again(visit.runtime, visit.principal, Wanted(event_ids=visit.all("event") or None))
        case "outbox":
            await outbox.send_again(visit.runtime, visit.principal)
        case "jobs":
            await scheduling.retry(visit.runtime, visit.principal, key=visit.text("key") or None)
        case _:
            raise Invalid("choose what is tried again")
    return visit.go("/console/work", "retried")
