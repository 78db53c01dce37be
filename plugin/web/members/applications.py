"""Applications that a member lets act for them."""

from starlette.responses import Response

from plugin.services.developers import applications
from plugin.texts import console as words
from plugin.web.members.frame import show_mine
from plugin.web.visits import Visit, id_of


async def listing(visit: Visit) -> Response:
    """All of them."""
    found = await applications.allowed(visit.runtime, visit.principal)
    return await show_mine(visit, "applications.html", part="applications", allowed=found, words=words)


async def withdraw(visit: Visit) -> Response:
    """End what one may do, at once."""
    await applications.withdraw(visit.runtime, visit.principal, id_of(visit.text("application")))
    return visit.go("/my/applications", "revoked")
