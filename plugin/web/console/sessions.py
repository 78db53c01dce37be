"""Sessions of a program as its managers see them: when, whether they took place, and a word on those of which that is not clear."""

from starlette.responses import Response

from plugin.services.meetings import meeting
from plugin.texts import console as words
from plugin.texts.together import SESSION_STATES
from plugin.web.console.frame import PAGE, program_tabs, show, the_program
from plugin.web.visits import Visit, id_of


async def listing(visit: Visit) -> Response:
    """A page of sessions, without what was written about them."""
    program = await the_program(visit)
    after = visit.request.query_params.get("after", "")
    found = await meeting.page(visit.runtime, visit.principal, program.id, after=id_of(after) if after else None, limit=PAGE + 1, state=None)
    shown = found[:PAGE]
    people = await visit.people({each.member_id for one in shown for each in one.session.people})
    more = shown[-1].session.id if len(found) > PAGE else None
    tabs = program_tabs(program)
    seen = {"sessions": shown, "people": people, "more": more, "words": words, "states": SESSION_STATES}
    return show(visit, "sessions.html", section="programs", program=program, tabs=tabs, tab="sessions", **seen)


async def decide(visit: Visit) -> Response:
    """Say whether a session took place of which its people say different things, or nothing."""
    await meeting.decide(visit.runtime, visit.principal, id_of(visit.text("session")), held=visit.text("held") == "1")
    return visit.go(f"/console/programs/{visit.id('program')}/sessions", "saved")
