"""A program's announcement in the community: looked at before it goes, sent, kept in step; and who came to it by members' links."""

from starlette.responses import Response

from mentorgraph.host import Rendered
from plugin.domain.programs import Program
from plugin.errors import Invalid
from plugin.services.recruiting import announcing, referring
from plugin.texts import running
from plugin.web.console.frame import managed, show_program
from plugin.web.visits import Visit


async def view(visit: Visit) -> Response:
    """The announcement and the referrals."""
    return await _page(visit, await managed(visit), rendered=None)


async def _page(visit: Visit, program: Program, *, rendered: Rendered | None) -> Response:
    known = await announcing.announced(visit.runtime, visit.principal, program.id)
    referrals = await referring.of_program(visit.runtime, visit.principal, program.id)
    people = await visit.people({each for one in referrals for each in (one.member_id, one.referrer_id)})
    address = f"{visit.runtime.settings.public_url}{announcing.page_of(program.id, visit.principal.installation_id)}"
    values = {
        "intro": visit.text("intro") if visit.posted else known.announcement.intro if known else "",
        "space": known.announcement.space_id if known else visit.text("space"),
    }
    return show_program(
        visit,
        "recruiting.html",
        program,
        tab="recruiting",
        known=known,
        spaces=[(one.id, one.name) for one in await announcing.spaces(visit.runtime, visit.principal)],
        referrals=referrals,
        people=people,
        address=address,
        values=values,
        rendered=rendered,
        running=running,
    )


async def act(visit: Visit) -> Response:
    """Show what would be sent, send it or change it, or leave the topic as it is from now on."""
    runtime, principal, program_id = visit.runtime, visit.principal, visit.id("program")
    space, intro = visit.text("space"), visit.text("intro")
    match visit.text("do"):
        case "preview":
            rendered = await announcing.preview(runtime, principal, program_id, space_id=space, intro=intro)
            return await _page(visit, await managed(visit), rendered=rendered)
        case "announce":
            await announcing.announce(runtime, principal, program_id, space_id=space, intro=intro)
            return visit.go(f"/console/programs/{program_id}/recruiting", "announced")
        case "stop":
            await announcing.stop(runtime, principal, program_id)
            return visit.go(f"/console/programs/{program_id}/recruiting", "saved")
        case _:
            raise Invalid("choose what to do")
