"""Applications of developers, for admins to decide about."""

from starlette.responses import Response

from plugin.domain.applications import ApplicationState
from plugin.errors import Invalid
from plugin.services.developers import applications
from plugin.texts import console as words
from plugin.web.console.frame import show
from plugin.web.visits import Visit


async def listing(visit: Visit) -> Response:
    """All of them, the newest first."""
    found = await applications.listing(visit.runtime, visit.principal)
    return show(visit, "applications.html", section="applications", applications=found, words=words)


async def decide(visit: Visit) -> Response:
    """Approve, refuse or disable one."""
    word = visit.text("state")
    if word not in set(ApplicationState):
        raise Invalid("choose what to do with the application")
    await applications.decide(visit.runtime, visit.principal, visit.id("application"), ApplicationState(word))
    return visit.go("/console/applications", "saved")
