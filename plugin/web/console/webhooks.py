"""Addresses of developers to which events are posted: made, looked after, tried."""

from datetime import datetime

from starlette.responses import Response

from plugin.domain.webhooks import EVENTS
from plugin.errors import Invalid, NotFound
from plugin.services.developers import webhooks
from plugin.services.developers.webhook_lane import Outcome
from plugin.services.developers.webhooks import Seen
from plugin.texts import console as words
from plugin.web.console.frame import PAGE, show
from plugin.web.visits import Visit, id_of


def _types(visit: Visit) -> tuple[str, ...]:
    return tuple(one for one in visit.all("type") if one in EVENTS)


async def _listing(visit: Visit, *, made: Seen | None) -> Response:
    found = await webhooks.listing(visit.runtime, visit.principal)
    return show(visit, "webhooks.html", section="webhooks", webhooks=found, made=made, words=words, types=sorted(EVENTS), chosen=visit.all("type"))


async def listing(visit: Visit) -> Response:
    """All of them, and a form for another."""
    return await _listing(visit, made=None)


async def create(visit: Visit) -> Response:
    """Make one, and show its secret this once."""
    made = await webhooks.create(visit.runtime, visit.principal, name=visit.text("name"), url=visit.text("url"), types=_types(visit))
    return await _listing(visit, made=made)


async def _view(visit: Visit, *, secret: str = "", outcome: Outcome | None = None) -> Response:
    which = visit.id("webhook")
    one = next((one for one in await webhooks.listing(visit.runtime, visit.principal) if one.webhook.id == which), None)
    if one is None:
        raise NotFound("there is no such webhook")
    before = visit.request.query_params.get("before", "")
    posts = await webhooks.log(visit.runtime, visit.principal, which, limit=PAGE + 1, before=id_of(before) if before else None)
    more = posts[PAGE - 1].number if len(posts) > PAGE else None
    changing = visit.text("do") == "change"
    values = {"name": visit.text("name"), "url": visit.text("url")} if changing else {"name": one.webhook.name, "url": one.url}
    chosen = visit.all("type") if changing else one.webhook.types
    seen = {"one": one.webhook, "url": one.url, "posts": posts[:PAGE], "more": more, "secret": secret, "outcome": outcome, "values": values, "chosen": chosen}
    return show(visit, "webhook.html", section="webhooks", words=words, types=sorted(EVENTS), **seen)


async def view(visit: Visit) -> Response:
    """One of them, and what was posted there."""
    return await _view(visit)


async def act(visit: Visit) -> Response:
    """Change, pause, resume, try, give a new secret, post again, or delete."""
    runtime, principal, which = visit.runtime, visit.principal, visit.id("webhook")
    here = f"/console/webhooks/{which}"
    match visit.text("do"):
        case "change":
            await webhooks.change(runtime, principal, which, name=visit.text("name"), url=visit.text("url"), types=_types(visit))
        case "pause":
            await webhooks.pause(runtime, principal, which)
        case "resume":
            await webhooks.resume(runtime, principal, which)
        case "test":
            return await _view(visit, outcome=await webhooks.test(runtime, principal, which))
        case "rotate":
            return await _view(visit, secret=(await webhooks.rotate(runtime, principal, which)).secret or "")
        case "replay":
            since: datetime | None = visit.moment("since")
            number = visit.number("number")
            await webhooks.replay(runtime, principal, which, since=None if number is not None else since, number=number)
            return visit.go(here, "replayed")
        case "delete":
            await webhooks.delete(runtime, principal, which)
            return visit.go("/console/webhooks", "deleted")
        case _:
            raise Invalid("choose what to do")
    return visit.go(here, "saved")
