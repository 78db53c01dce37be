"""Who let others wait in a program: what was counted, what they say about it, and a manager's word."""

from starlette.responses import Response

from plugin.domain.strikes import NEXT, StrikeState
from plugin.errors import Invalid
from plugin.services.meetings import no_shows
from plugin.texts import running
from plugin.web.console.frame import PAGE, managed, show_program
from plugin.web.visits import Visit, id_of


async def listing(visit: Visit) -> Response:
    """The newest first, or those in one state."""
    program = await managed(visit)
    asked, after = visit.request.query_params.get("state", ""), visit.request.query_params.get("after", "")
    state = StrikeState(asked) if asked in set(StrikeState) else None
    start = id_of(after) if after else None
    found = await no_shows.page(visit.runtime, visit.principal, program.id, after=start, limit=PAGE + 1, state=state)
    shown = found[:PAGE]
    waited = [] if state or after else await no_shows.let_down(visit.runtime, visit.principal, program.id)
    people = await visit.people({one.member_id for one, _said in shown} | {one.member_id for one in waited})
    more = shown[-1][0].id if len(found) > PAGE else None
    seen = {"strikes": shown, "people": people, "state": state.value if state else "", "more": more, "next": NEXT, "waited": waited}
    return show_program(visit, "no_shows.html", program, tab="no-shows", running=running, **seen)


async def decide(visit: Visit) -> Response:
    """Pardon, or uphold what was appealed."""
    if visit.text("do") not in {"pardon", "uphold"}:
        raise Invalid("choose what to do")
    await no_shows.decide(visit.runtime, visit.principal, id_of(visit.text("strike")), pardon=visit.text("do") == "pardon")
    return visit.go(f"/console/programs/{visit.id('program')}/no-shows", "decided")
