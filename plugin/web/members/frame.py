"""What members' pages share: the way around, in the community's name and colours."""

from typing import Any

from starlette.responses import Response

from plugin.services import belonging
from plugin.texts import _
from plugin.web.visits import Visit

NAV = (
    ("home", "/my", _("For you")),
    ("programs", "/my/programs", _("Programs")),
    ("requests", "/my/requests", _("Requests")),
    ("mentorships", "/my/mentorships", _("Mentorships")),
    ("sessions", "/my/sessions", _("Sessions")),
    ("skills", "/my/skills", _("Skills")),
    ("notices", "/my/notices", _("Messages")),
    ("applications", "/my/applications", _("Applications")),
    ("me", "/my/data", _("Your data")),
)


async def show(visit: Visit, template: str, *, section: str, **values: Any) -> Response:
    """A page for members; entries of the way around say how much waits there."""
    waiting = await belonging.waiting(visit.runtime, visit.principal)
    counts = {"requests": waiting.requests, "programs": waiting.invitations, "notices": waiting.unread}
    return visit.page(f"members/{template}", nav=NAV, section=section, counts=counts, **values)
