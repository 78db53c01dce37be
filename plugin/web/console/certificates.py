"""Certificates of members in a program: looked up, issued by hand, taken back."""

from urllib.parse import quote

from starlette.responses import Response

from plugin.domain.programs import Role
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.rewards import certifying
from plugin.web.console.frame import PAGE, managed, show_program
from plugin.web.visits import Visit, id_of


async def view(visit: Visit) -> Response:
    """All certificates, or those of one member, and a form for a new one."""
    program = await managed(visit)
    name, found = visit.text("member"), []
    if name and not visit.posted:
        try:
            member = await visiting.member_named(visit.runtime, visit.principal, name, field="member")
            found = await certifying.of_member(visit.runtime, visit.principal, program.id, member.id)
        except Invalid as error:
            visit.problem = error
    after, more = visit.request.query_params.get("after", ""), None
    if not name:
        every = await certifying.page(visit.runtime, visit.principal, program.id, after=id_of(after) if after else None, limit=PAGE + 1)
        found, more = every[:PAGE], every[PAGE - 1].certificate.id if len(every) > PAGE else None
    return show_program(visit, "certificates.html", program, tab="rewards", found=found, name=name, looked=bool(name), more=more)


async def act(visit: Visit) -> Response:
    """Issue one, look up those of a member, or take one back."""
    program_id, name = visit.id("program"), visit.text("member")
    back = f"/console/programs/{program_id}/rewards/certificates?member={quote(name, safe='')}"
    match visit.text("do"):
        case "issue":
            if visit.text("role") not in set(Role):
                raise Invalid("choose in which role", field="role")
            member = await visiting.member_named(visit.runtime, visit.principal, name, field="member")
            await certifying.issue(visit.runtime, visit.principal, program_id, member.id, role=Role(visit.text("role")))
            return visit.go(back, "created")
        case "look":
            await visiting.member_named(visit.runtime, visit.principal, name, field="member")
            return visit.go(back)
        case "revoke":
            await certifying.revoke(visit.runtime, visit.principal, id_of(visit.text("certificate")))
            return visit.go(back, "withdrawn")
        case _:
            raise Invalid("choose what to do")
