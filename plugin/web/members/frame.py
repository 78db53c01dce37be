"""What members' pages share: the way around, in the community's name and colours."""

from typing import Any

from starlette.responses import Response

from plugin.services.programs import belonging
from plugin.texts import _
from plugin.web.visits import Visit

NAV = (
    ("home", "/my", _("For you")),
    ("programs", "/my/programs", _("Programs")),
    ("requests", "/my/requests", _("Requests")),
    ("mentorships", "/my/mentorships", _("Mentorships")),
    ("sessions", "/my/sessions", _("Sessions")),
    ("events", "/my/events", _("Events")),
    ("skills", "/my/skills", _("Skills")),
    ("notices", "/my/notices", _("Messages")),
    ("me", "/my/data", _("Your data")),
)
MINE = (
    ("data", "/my/data", _("Data and choices")),
    ("tokens", "/my/tokens", _("Tokens")),
    ("applications", "/my/applications", _("Applications")),
    ("safety", "/my/safety", _("Safety")),
)
"""What is theirs to decide, on pages of one section."""


async def show(visit: Visit, template: str, *, section: str, **values: Any) -> Response:
    """A page for members; entries of the way around say how much waits there."""
    waiting = await belonging.waiting(visit.runtime, visit.principal)
    counts = {"requests": waiting.requests, "programs": waiting.invitations, "notices": waiting.unread}
    return visit.page(f"members/{template}", nav=NAV, section=section, counts=counts, **values)


async def show_mine(visit: Visit, template: str, *, part: str, **values: Any) -> Response:
    """A page of what is theirs to decide; ``part`` is a key of :data:`MINE`."""
    return await show(visit, template, section="me", mine=MINE, part=part, **values)
