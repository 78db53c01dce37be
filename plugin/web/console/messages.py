"""What members are told: looked at in every language before it goes, held for review, released or dropped."""

from starlette.responses import Response

from plugin.errors import Invalid, NotFound
from plugin.services.messages import reviewing
from plugin.texts import GROUPS, KINDS, languages
from plugin.web.console.frame import PAGE, show
from plugin.web.visits import Visit, id_of


async def listing(visit: Visit) -> Response:
    """Every kind of message, and those that wait."""
    found = await reviewing.kinds(visit.runtime, visit.principal)
    held = await reviewing.held(visit.runtime, visit.principal, kind=None, after=None, limit=PAGE)
    people = await visit.people({notice.member_id for notice, _shown in held})
    shown = {
        one.kind.name: await reviewing.preview(visit.runtime, visit.principal, kind=one.kind.name, role="", locale=visit.speaker.language) for one in found
    }
    return show(visit, "messages.html", section="messages", kinds=found, groups=GROUPS, held=held, people=people, shown=shown, known=KINDS)


async def act(visit: Visit) -> Response:
    """Release or drop what waits."""
    ids = [id_of(one) for one in visit.all("notice")]
    if not ids:
        raise Invalid("choose at least one message")
    if visit.text("do") == "release":
        await reviewing.release(visit.runtime, visit.principal, ids)
        return visit.go("/console/messages", "released")
    await reviewing.drop(visit.runtime, visit.principal, ids)
    return visit.go("/console/messages", "dropped")


def _kind(visit: Visit) -> str:
    name = str(visit.request.path_params["kind"])
    if name not in KINDS:
        raise NotFound("there is no such kind of message")
    return name


async def kind(visit: Visit) -> Response:
    """One kind in every language and for every reader, with examples in place of what it is about."""
    name = _kind(visit)
    roles = ["", *KINDS[name].roles]
    shown = [
        (language, role, await reviewing.preview(visit.runtime, visit.principal, kind=name, role=role, locale=language))
        for language in languages()
        for role in roles
    ]
    view = next(one for one in await reviewing.kinds(visit.runtime, visit.principal) if one.kind.name == name)
    return show(visit, "message.html", section="messages", view=view, shown=shown, group=GROUPS[view.kind.group])


async def hold(visit: Visit) -> Response:
    """Have this kind wait for a manager, or not."""
    held = visit.text("hold") == "1"
    await reviewing.hold(visit.runtime, visit.principal, kind=_kind(visit), held=held)
    return visit.go(f"/console/messages/{_kind(visit)}", "held" if held else "unheld")
