"""Who takes part in a program: applications, invitations, and what each answered."""

from starlette.responses import Response

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.programs import Role
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.programs import viewing
from plugin.services.recruiting import enrolling, inviting
from plugin.texts import console as words
from plugin.web.console.frame import PAGE, program_tabs, show, the_program
from plugin.web.visits import Visit, id_of


async def listing(visit: Visit) -> Response:
    """Enrolments, those that wait for an answer first unless another state is asked for."""
    program = await the_program(visit)
    state, role = visit.request.query_params.get("state", ""), visit.request.query_params.get("role", "")
    wanted = EnrolmentState(state) if state in set(EnrolmentState) else None
    as_role = Role(role) if role in set(Role) else None
    after = visit.request.query_params.get("after", "")
    found = await enrolling.page(visit.runtime, visit.principal, program.id, after=id_of(after) if after else None, limit=PAGE + 1, state=wanted, role=as_role)
    shown = found[:PAGE]
    if not state:
        shown.sort(key=lambda one: one.state is not EnrolmentState.APPLIED)
    people = await visit.people({one.member_id for one in shown})
    return show(
        visit,
        "people.html",
        section="programs",
        program=program,
        tabs=program_tabs(program),
        tab="people",
        enrolments=shown,
        people=people,
        state=state,
        role=role,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        words=words,
        states=tuple(EnrolmentState),
    )


async def invite(visit: Visit) -> Response:
    """Ask somebody to take part."""
    program_id = visit.id("program")
    if visit.text("invite_role") not in set(Role):
        raise Invalid("choose as what they take part", field="invite_role")
    member = await visiting.member_named(visit.runtime, visit.principal, visit.text("username"))
    role = Role(visit.text("invite_role"))
    await inviting.invite(visit.runtime, visit.principal, program_id=program_id, member_id=member.id, role=role, reason=visit.text("reason"))
    return visit.go(f"/console/programs/{program_id}/people", "invited")


async def application(visit: Visit) -> Response:
    """One application with its answers."""
    program = await the_program(visit)
    found = await viewing.application(visit.runtime, visit.principal, program.id, visit.id("enrolment"))
    return show(visit, "application.html", section="programs", program=program, tabs=program_tabs(program), tab="people", words=words, found=found)


async def decide(visit: Visit) -> Response:
    """Let somebody in, or not."""
    approve = visit.text("decision") == "approve"
    one = await enrolling.decide(visit.runtime, visit.principal, visit.id("enrolment"), approve=approve, note=visit.text("note"))
    return visit.go(f"/console/programs/{one.program_id}/people", "approved" if approve else "declined")
