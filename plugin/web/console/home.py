"""The console's first page: what waits, how the community is connected, and where to begin."""

from starlette.responses import Response

from plugin.services.identity import access
from plugin.services.messages import reviewing
from plugin.services.operations import standing
from plugin.services.programs import viewing
from plugin.texts import console as words
from plugin.web.browser import SESSION, Browser
from plugin.web.console.frame import show
from plugin.web.visits import Visit


async def view(visit: Visit) -> Response:
    """The overview; who only manages a program goes to the programs, who only looks after safety to the reports."""
    if not visit.admin:
        return visit.go("/console/programs" if visit.manages else "/console/reports")
    programs = await viewing.programs(visit.runtime, visit.principal, limit=20)
    connected = await standing.standing(visit.runtime, visit.principal)
    held = await reviewing.held(visit.runtime, visit.principal, kind=None, after=None, limit=100)
    return show(visit, "home.html", section="home", programs=programs, standing=connected, held=len(held), words=words)


async def sign_out(visit: Visit) -> Response:
    """Revoke every session and token of the member."""
    await access.sign_out(visit.runtime, visit.principal)
    browser = Browser(visit.runtime)
    response = browser.see_other("/")
    browser.drop_cookie(response, SESSION)
    return response
