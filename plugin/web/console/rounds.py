"""Rounds: listed, designed, computed, looked at, decided by hand, published."""

from typing import Any

from starlette.responses import Response

from plugin.domain.programs import Program
from plugin.domain.rounds import Round, RoundKind, RoundState
from plugin.errors import Invalid, NotFound
from plugin.services.matching import group_reading, grouping, round_reading, rounds
from plugin.services.mentorships import adapting
from plugin.texts import console as words
from plugin.web.console import round_designs, round_pictures
from plugin.web.console.frame import PAGE, managed, program_tabs, show, show_program, the_program
from plugin.web.console.groups import reasons as group_reasons
from plugin.web.console.groups import slot_words
from plugin.web.visits import Visit, id_of

PAIRS = 100
NOTABLE = 0.005
"""A factor nearer to 1 than this is 1 on the page."""
COMPARED = 6
"""Mentors shown side by side for one mentee."""


async def listing(visit: Visit) -> Response:
    """The rounds of a program, the newest first."""
    program = await the_program(visit)
    found = await round_reading.page(visit.runtime, visit.principal, program.id, after=None, limit=PAGE)
    taught = await adapting.learned(visit.runtime, visit.principal, program.id)
    moved = {key: one for key, one in taught.factors.items() if abs(one[0] - 1) >= NOTABLE}
    return show_program(visit, "rounds.html", program, tab="rounds", rounds=found, taught=moved)


async def forget(visit: Visit) -> Response:
    """Forget what answers have taught, so that criteria count as the designs say."""
    if visit.text("do") != "forget":
        raise Invalid("choose what to do")
    program = await the_program(visit)
    await adapting.reset(visit.runtime, visit.principal, program.id)
    return visit.go(f"/console/programs/{program.id}/rounds", "weights_reset")


async def new(visit: Visit) -> Response:
    """The form of a new round of pairs or of groups."""
    program = await managed(visit)
    return await round_designs.form(visit, program, one=None)


async def create(visit: Visit) -> Response:
    """Draft it."""
    program = await the_program(visit)
    design = round_designs.design_of(visit, one=None)
    made = await rounds.draft(visit.runtime, visit.principal, program_id=program.id, name=visit.text("name"), design=design)
    return visit.go(f"/console/rounds/{made.id}", "created")


async def _found(visit: Visit) -> Round:
    return await round_reading.find(visit.runtime, visit.principal, visit.id("round"))


async def edit(visit: Visit) -> Response:
    """The form of a round that there is."""
    one = await _found(visit)
    program = await _program_of(visit, one)
    return await round_designs.form(visit, program, one=one)


async def save(visit: Visit) -> Response:
    """Keep the changes; what was computed is forgotten."""
    one = await _found(visit)
    await rounds.edit(visit.runtime, visit.principal, one.id, name=visit.text("name"), design=round_designs.design_of(visit, one=one))
    return visit.go(f"/console/rounds/{one.id}", "saved")


async def _program_of(visit: Visit, one: Round) -> Program:
    visit.request.path_params["program"] = str(one.program_id)
    return await the_program(visit)


async def view(visit: Visit) -> Response:
    """A round as it stands: being computed, or with pairs, who waits, what each rule costs and the trade-off."""
    one = await _found(visit)
    program = await _program_of(visit, one)
    shared: dict[str, Any] = {"section": "programs", "program": program, "tabs": program_tabs(program), "tab": "rounds", "one": one, "words": words}
    overview = await round_reading.overview(visit.runtime, visit.principal, one.id)
    if one.kind is RoundKind.GROUPS:
        groups = await group_reading.of_round(visit.runtime, visit.principal, one.id)
        ids = {seat.member_id for group in groups for seat in group.seats} | {each.mentee_id for each in overview.waiting}
        ids |= {member for each in overview.choices for member in (each.one, each.other)}
        ids |= {member for each in overview.causes for member in (each.mentor_id, each.mentee_id) if member is not None}
        people = await visit.people(ids)
        seated = [people[seat.member_id] for group in groups for seat in group.seats if seat.member_id in people]
        waiting = [people[each.mentee_id] for each in overview.waiting if each.mentee_id in people]
        return show(
            visit,
            "round_groups.html",
            groups=groups,
            people=people,
            overview=overview,
            slot_words=slot_words,
            reasons=group_reasons,
            movable=[(each.id, each.name or each.username) for each in (*waiting, *seated)],
            into=[(group.id, group.name) for group in groups],
            **shared,
        )
    after = visit.request.query_params.get("after", "")
    place = (id_of(after.partition("-")[0]), id_of(after.partition("-")[2])) if "-" in after else None
    pairs = await round_reading.pair_page(visit.runtime, visit.principal, one.id, after=place, limit=PAIRS + 1)
    ids = {member for pair in pairs for member in (pair.mentor_id, pair.mentee_id)} | {each.mentee_id for each in overview.waiting}
    ids |= {each.mentor_id for each in overview.others} | {member for each in overview.choices for member in (each.one, each.other)}
    ids |= {member for each in overview.causes for member in (each.mentor_id, each.mentee_id) if member is not None}
    figures = one.figures
    curve = figures.get("curve")
    return show(
        visit,
        "round.html",
        pairs=pairs[:PAIRS],
        more=f"{pairs[PAIRS - 1].mentee_id}-{pairs[PAIRS - 1].mentor_id}" if len(pairs) > PAIRS else "",
        people=await visit.people(ids),
        overview=overview,
        design=one.matching,
        named={each.key: each for each in one.matching.criteria},
        figures=figures,
        prices=round_designs.prices(one),
        picture=round_pictures.trade_off(curve, figures.get("load_gini"), figures.get("total"), visit.speaker) if isinstance(curve, list) else None,
        reasons=round_designs.reasons,
        rule_words=round_designs.rule_words,
        **shared,
    )


async def act(visit: Visit) -> Response:
    """One of the commands of a round's page."""
    round_id = visit.id("round")
    what = visit.text("do")
    runtime, principal = visit.runtime, visit.principal
    match what:
        case "compute":
            await rounds.compute(runtime, principal, round_id)
            return visit.go(f"/console/rounds/{round_id}", "computing")
        case "stop":
            await rounds.stop(runtime, principal, round_id)
            return visit.go(f"/console/rounds/{round_id}", "stopped")
        case "publish":
            await rounds.publish(runtime, principal, round_id)
            return visit.go(f"/console/rounds/{round_id}", "published")
        case "cancel":
            await rounds.cancel(runtime, principal, round_id)
            return visit.go(f"/console/rounds/{round_id}", "cancelled")
        case "rematch":
            made = await rounds.rematch(runtime, principal, round_id, name=visit.text("name"))
            return visit.go(f"/console/rounds/{made.id}", "created")
        case "pin" | "forbid" | "release":
            pair = [(id_of(visit.text("mentor")), id_of(visit.text("mentee")))]
            await rounds.adjust(
                runtime,
                principal,
                round_id,
                pin=pair if what == "pin" else (),
                forbid=pair if what == "forbid" else (),
                release=pair if what == "release" else (),
            )
            return visit.go(f"/console/rounds/{round_id}", "computing")
        case "together" | "apart" | "loosen":
            sets = [[id_of(visit.text("one")), id_of(visit.text("other"))]]
            await grouping.adjust(
                runtime,
                principal,
                round_id,
                together=sets if what == "together" else (),
                apart=sets if what == "apart" else (),
                release=sets if what == "loosen" else (),
            )
            return visit.go(f"/console/rounds/{round_id}", "computing")
        case "move":
            await grouping.move(runtime, principal, member_id=id_of(visit.text("member")), group_id=id_of(visit.text("group")), pin=visit.checked("pin"))
            return visit.go(f"/console/rounds/{round_id}", "saved")
        case _:
            raise Invalid("choose what to do with the round")


async def compare(visit: Visit) -> Response:
    """One mentee's candidates side by side: the mentor they have and others, with reasons, the rules in the way, and on request what a pair would cost."""
    one = await _found(visit)
    program = await _program_of(visit, one)
    mentee_id = visit.id("mentee")
    runtime, principal = visit.runtime, visit.principal
    overview = await round_reading.overview(runtime, principal, one.id)
    pairs = {pair.mentor_id: pair for pair in await round_reading.pairs_of(runtime, principal, one.id, mentee_id)}
    asked = visit.request.query_params.get("why", "")
    also = [*pairs, *([id_of(asked)] if asked else [])]
    listed = await round_reading.shortlist(runtime, visit.graphs, principal, one.id, mentee_id=mentee_id, limit=COMPARED, also=also)
    if not listed:
        raise NotFound("this mentee is not in the round")
    listed.sort(key=lambda each: (each.mentor_id not in pairs, -each.score))
    told = None
    if asked and id_of(asked) not in pairs:
        told = await round_reading.explain_absence(runtime, visit.graphs, principal, one.id, mentor_id=id_of(asked), mentee_id=mentee_id)
    moved = {member for pair in (*told.made, *told.broken) for member in (pair.mentor, pair.mentee)} if told else set()
    return show(
        visit,
        "round_compare.html",
        section="programs",
        program=program,
        tabs=program_tabs(program),
        tab="rounds",
        one=one,
        mentee_id=mentee_id,
        listed=listed,
        people=await visit.people({mentee_id, *(each.mentor_id for each in listed)} | moved),
        pairs=pairs,
        told=told,
        decided={each.one: each.kind.value for each in overview.choices if each.other == mentee_id},
        named={each.key: each for each in one.matching.criteria},
        reasons=round_designs.reasons,
        rule_words=round_designs.rule_words,
        words=words,
        open=one.state in {RoundState.COMPUTED, RoundState.ADJUSTED},
    )
