"""Who could be asked to take part, with what speaks for them; what a program is short of; waves of invitations and what became of them."""

from starlette.responses import Response

from plugin.domain.programs import Role
from plugin.domain.recruiting import MAX_WAVE, InvitationState
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.knowledge import reading
from plugin.services.recruiting import asking, inviting, prospecting
from plugin.services.recruiting.inviting import Named
from plugin.texts import running
from plugin.web.console.frame import PAGE, managed, show_program
from plugin.web.visits import Visit, id_of

SHOWN = 20


async def view(visit: Visit) -> Response:
    """Prospects, for whatever is needed, and a form that asks those who are chosen."""
    program = await managed(visit)
    need = visit.text("need")[: prospecting.MAX_NEED]
    found = await prospecting.find(visit.runtime, visit.graphs, visit.principal, program.id, need=need, first=SHOWN)
    gaps = await prospecting.shortages(visit.runtime, visit.graphs, visit.principal, program.id, first=prospecting.SHORTAGES)
    people = await visit.people({one.member_id for one in found})
    chosen = set(visit.all("members") if visit.posted else visit.request.query_params.getlist("members"))
    posts = await reading.evidence(visit.runtime, visit.principal, {post for one in found for post in one.post_ids})
    seen = {"found": found, "posts": posts, "gaps": gaps, "people": people, "need": need, "chosen": chosen}
    return show_program(visit, "prospects.html", program, tab="recruiting", running=running, **seen)


async def plan(visit: Visit) -> Response:
    """Plan a wave of invitations, or send it at once."""
    runtime, principal, program_id = visit.runtime, visit.principal, visit.id("program")
    if visit.text("role") not in set(Role):
        raise Invalid("choose as what they take part", field="role")
    need = visit.text("need")[: prospecting.MAX_NEED]
    due_at, until = visit.moment("dueAt"), visit.number("until")
    found = {one.member_id: one for one in await prospecting.find(runtime, visit.graphs, principal, program_id, need=need, first=SHOWN)}
    ids = [id_of(one) for one in visit.all("members")]
    names = visit.text("names").replace(",", " ").split()[: MAX_WAVE + 1]
    ids += [(await visiting.member_named(runtime, principal, name, field="names")).id for name in names]
    people = [Named(member_id=one, found=found.get(one)) for one in dict.fromkeys(ids)]
    role = Role(visit.text("role"))
    await asking.plan(runtime, principal, program_id, role=role, people=people, words=visit.text("words"), due_at=due_at, until=until)
    return visit.go(f"/console/programs/{program_id}/recruiting/waves", "planned" if due_at else "sent")


async def waves(visit: Visit) -> Response:
    """The waves with how many said what, and the invitations one by one."""
    program = await managed(visit)
    asked, after = visit.request.query_params.get("state", ""), visit.request.query_params.get("after", "")
    state = InvitationState(asked) if asked in set(InvitationState) else None
    start = id_of(after) if after else None
    found = await inviting.page(visit.runtime, visit.principal, program.id, after=start, limit=PAGE + 1, state=state)
    shown = found[:PAGE]
    people = await visit.people({one.member_id for one in shown})
    seen = {
        "waves": await asking.waves(visit.runtime, visit.principal, program.id),
        "invitations": shown,
        "people": people,
        "posts": await reading.evidence(visit.runtime, visit.principal, {post for one in shown for post in one.post_ids}),
        "state": state.value if state else "",
        "more": shown[-1].id if len(found) > PAGE else None,
    }
    return show_program(visit, "waves.html", program, tab="recruiting", running=running, **seen)


async def act(visit: Visit) -> Response:
    """Send a planned wave now, or take it back."""
    wave_id = id_of(visit.text("wave"))
    back = f"/console/programs/{visit.id('program')}/recruiting/waves"
    match visit.text("do"):
        case "send":
            await asking.send(visit.runtime, visit.principal, wave_id)
            return visit.go(back, "sent")
        case "cancel":
            await asking.cancel(visit.runtime, visit.principal, wave_id)
            return visit.go(back, "withdrawn")
        case _:
            raise Invalid("choose what to do")
