"""Skills and the ranking: which names mean one skill, and what a community's own questions have taught, both to be taken back."""

from starlette.responses import Response

from plugin.errors import Invalid
from plugin.services.knowledge import studying
from plugin.services.suggestions import knowing
from plugin.web.console.frame import show
from plugin.web.visits import Visit

LIKELY, CHANGES = 12, 10


async def view(visit: Visit) -> Response:
    """Names that are merged, names that may be, and the record of the weights."""
    runtime, principal = visit.runtime, visit.principal
    merged = await knowing.names(runtime, principal)
    likely = await knowing.likely_same(runtime, principal, limit=LIKELY)
    weights = await studying.weights(runtime, principal)
    changes = await studying.changes(runtime, principal, limit=CHANGES)
    moved = sorted((one for one in weights if abs(one.value - one.shipped) >= 0.01), key=lambda one: -abs(one.value - one.shipped))
    return show(visit, "skills.html", section="skills", merged=merged, likely=likely, moved=moved, changes=changes)


async def act(visit: Visit) -> Response:
    """Merge two names, take that back, or put the shipped weights back."""
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "merge":
            await knowing.merge(runtime, principal, name=visit.text("name"), into=visit.text("into"))
            return visit.go("/console/skills", "skills_merged")
        case "part":
            await knowing.unmerge(runtime, principal, name=visit.text("name"))
            return visit.go("/console/skills", "skills_parted")
        case "reset":
            await studying.reset(runtime, principal)
            return visit.go("/console/skills", "weights_reset")
        case _:
            raise Invalid("choose what to do")
