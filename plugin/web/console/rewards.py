"""What a program gives back: badges, points and certificates by rules, what members are called, and thanks."""

from starlette.responses import Response

from plugin.domain.programs import Role
from plugin.domain.rewards import MAX_LEVELS, Figure, Level, Rule
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.pairs import thanking
from plugin.services.rewards import rewarding
from plugin.texts import running
from plugin.web.console.frame import PAGE, managed, show_program
from plugin.web.visits import Visit, id_of


async def view(visit: Visit) -> Response:
    """Rules, and what was given by them."""
    program = await managed(visit)
    rules, levels = await rewarding.rules(visit.runtime, visit.principal, program.id)
    after = visit.request.query_params.get("after", "")
    found = await rewarding.page(visit.runtime, visit.principal, program.id, after=id_of(after) if after else None, limit=PAGE + 1)
    awards = found[:PAGE]
    people = await visit.people({one.member_id for one in awards})
    ended = await rewarding.ended(visit.runtime, visit.principal, program.id)
    seen = {"rules": rules, "ended": ended, "levels": levels, "awards": awards, "people": people, "more": awards[-1].id if len(found) > PAGE else None}
    return show_program(visit, "rewards.html", program, tab="rewards", running=running, **seen)


async def act(visit: Visit) -> Response:
    """Add a rule, end one, or take back what was given."""
    runtime, principal, program_id = visit.runtime, visit.principal, visit.id("program")
    match visit.text("do"):
        case "add":
            await rewarding.add_rule(runtime, principal, rule=_rule(visit, program_id))
        case "end":
            await rewarding.end_rule(runtime, principal, id_of(visit.text("rule")))
        case "revoke":
            await rewarding.revoke(runtime, principal, id_of(visit.text("award")))
        case _:
            raise Invalid("choose what to do")
    return visit.go(f"/console/programs/{program_id}/rewards", "saved")


def _rule(visit: Visit, program_id: int) -> Rule:
    figure, role = visit.text("figure"), visit.text("role")
    if figure not in set(Figure):
        raise Invalid("choose what counts", field="figure")
    if role and role not in set(Role):
        raise Invalid("choose in which role", field="role")
    return Rule(
        id=0,
        program_id=program_id,
        figure=Figure(figure),
        least=visit.number("least") or 0,
        role=Role(role) if role else None,
        badge=visit.text("badge"),
        points=visit.number("points", 0) or 0,
        certificate=visit.checked("certificate"),
        repeats=visit.checked("repeats"),
        created_at=visit.now,
    )


async def levels(visit: Visit) -> Response:
    """What members are called from how many points on."""
    program = await managed(visit)
    _rules, known = await rewarding.rules(visit.runtime, visit.principal, program.id)
    sent = [(visit.text(f"name_{one}"), visit.text(f"points_{one}")) for one in range(MAX_LEVELS)]
    rows = [one for one in sent if any(one)] if visit.posted else [(one.name, str(one.points)) for one in known]
    return show_program(visit, "levels.html", program, tab="rewards", running=running, rows=[*rows, *[("", "")] * min(3, MAX_LEVELS - len(rows))])


async def set_levels(visit: Visit) -> Response:
    """Keep them."""
    said = [(visit.text(f"name_{one}"), visit.number(f"points_{one}")) for one in range(MAX_LEVELS)]
    found = [Level(name=name, points=-1 if points is None else points) for name, points in said if name or points is not None]
    program_id = visit.id("program")
    await rewarding.set_levels(visit.runtime, visit.principal, program_id, levels=found)
    return visit.go(f"/console/programs/{program_id}/rewards", "saved")


async def thanks(visit: Visit) -> Response:
    """The form of a word of thanks."""
    program, after = await managed(visit), visit.request.query_params.get("after", "")
    found = await thanking.page(visit.runtime, visit.principal, program.id, after=id_of(after) if after else None, limit=PAGE + 1)
    said = found[:PAGE]
    people = await visit.people({each for one, _words in said for each in (one.to_id, one.from_id) if each is not None})
    more = said[-1][0].id if len(found) > PAGE else None
    return show_program(visit, "thanks.html", program, tab="rewards", running=running, said=said, people=people, more=more)


async def thank(visit: Visit) -> Response:
    """Thank somebody."""
    program_id = visit.id("program")
    member = await visiting.member_named(visit.runtime, visit.principal, visit.text("member"), field="member")
    await thanking.thank(visit.runtime, visit.principal, program_id, member.id, words=visit.text("words"), public=visit.checked("public"))
    return visit.go(f"/console/programs/{program_id}/rewards/thanks", "thanked")
