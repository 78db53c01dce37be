"""One mentorship: how far it has come, what its people agreed on, what they work towards, and what they say: thanks, and to the community."""

from starlette.responses import Response

from plugin.domain.agreements import AgreementState, Terms
from plugin.domain.goals import ItemKind, ItemState
from plugin.errors import Invalid, NotFound
from plugin.services.pairs import agreeing, goals, pairing, sharing, thanking
from plugin.services.programs import belonging
from plugin.texts import together as words
from plugin.web.members.frame import show
from plugin.web.visits import Visit, id_of

DEFAULT_CADENCE = 14
DEFAULT_MINUTES = 60


async def view(visit: Visit) -> Response:
    """The page of one's own mentorship, whether it runs or has ended."""
    runtime, principal = visit.runtime, visit.principal
    here = await belonging.mentorship(runtime, principal, visit.id("mentorship"))
    one = here.mentorship
    versions = await agreeing.of_mentorship(runtime, principal, one.id)
    items = await goals.of_mentorship(runtime, principal, one.id)
    people = await visit.people({*one.people, *(member for each in versions for member in each.agreement.signed)})
    return await show(
        visit,
        "mentorship.html",
        section="mentorships",
        here=here,
        one=one,
        way=await pairing.way(runtime, principal, one.id),
        holds=_last(versions, AgreementState.IN_FORCE),
        asked=_last(versions, AgreementState.PROPOSED),
        versions=versions,
        aims=[each for each in items if each.item.kind is ItemKind.GOAL],
        actions=[each for each in items if each.item.kind is ItemKind.ACTION],
        story=next((each for each in await sharing.mine(runtime, principal) if each.story.mentorship_id == one.id), None),
        spaces=await sharing.spaces(runtime, principal),
        people=people,
        people_by_id=[(member, people[member].name or people[member].username) for member in one.people if member in people],
        goals_by_id=[(each.item.id, each.title) for each in items if each.item.kind is ItemKind.GOAL and each.item.state is ItemState.OPEN],
        me=visit.me,
        cadence=DEFAULT_CADENCE,
        minutes=DEFAULT_MINUTES,
        words=words,
    )


def _last(versions: list[agreeing.Seen], state: AgreementState) -> agreeing.Seen | None:
    return next((each for each in reversed(versions) if each.agreement.state is state), None)


async def act(visit: Visit) -> Response:
    """Propose, sign or decline an agreement; write goals and actions down, and settle them; tell the community, or not; say thanks."""
    number = visit.id("mentorship")
    what = visit.text("do")
    if what in {"propose", "sign", "decline"}:
        await _agree(visit, number, what)
    elif what in {"add", "change", "settle", "remove"}:
        await _aim(visit, number, what)
    elif what in {"share", "tell", "keep", "take_back"}:
        await _tell(visit, number, what)
    elif what == "thank":
        await _thank(visit, number)
        return visit.go(f"/my/mentorships/{number}", "thanked")
    else:
        raise Invalid("choose what to do")
    return visit.go(f"/my/mentorships/{number}", "saved")


async def _agree(visit: Visit, number: int, what: str) -> None:
    if what != "propose":
        await agreeing.act(visit.runtime, visit.principal, id_of(visit.text("agreement")), what)
        return
    terms = Terms(
        topics=tuple(line.strip() for line in visit.text("topics").splitlines() if line.strip()),
        cadence=visit.number("cadence", DEFAULT_CADENCE) or 0,
        minutes=visit.number("minutes", DEFAULT_MINUTES) or 0,
        starts_on=visit.day("startsOn"),
        ends_on=visit.day("endsOn"),
        note=visit.text("note"),
    )
    await agreeing.act(visit.runtime, visit.principal, number, "propose", terms=terms)


async def _aim(visit: Visit, number: int, what: str) -> None:
    runtime, principal = visit.runtime, visit.principal
    if what == "add":
        action = visit.text("kind") == ItemKind.ACTION
        await goals.write(
            runtime,
            principal,
            number,
            kind=ItemKind.ACTION if action else ItemKind.GOAL,
            title=visit.text("title"),
            note=visit.text("item_note"),
            due_on=visit.day("due"),
            goal_id=id_of(visit.text("goal")) if action and visit.text("goal") else None,
            member_id=id_of(visit.text("member")) if action and visit.text("member") else None,
        )
        return
    item = id_of(visit.text("item"))
    if what == "remove":
        await goals.take_away(runtime, principal, item)
    elif what == "settle":
        state = visit.text("state")
        if state not in set(ItemState):
            raise Invalid("choose what to do")
        await goals.edit(runtime, principal, item, state=ItemState(state))
    else:
        day = visit.day("due")
        await goals.edit(runtime, principal, item, title=visit.text("title"), note=visit.text("note"), due_on=day, clear_due=day is None)


async def _tell(visit: Visit, number: int, what: str) -> None:
    runtime, principal = visit.runtime, visit.principal
    if what == "share":
        await sharing.propose(runtime, principal, number, words=visit.text("words"), space_id=visit.text("space"))
        return
    story = id_of(visit.text("story"))
    if what == "take_back":
        await sharing.take_back(runtime, principal, story)
    else:
        await sharing.say(runtime, principal, story, agreed=what == "tell")


async def _thank(visit: Visit, number: int) -> None:
    """In private: only managers thank in public."""
    one = (await belonging.mentorship(visit.runtime, visit.principal, number)).mentorship
    others = [each for each in one.people if each != visit.me]
    whom = id_of(visit.text("member")) if visit.text("member") else next(iter(others), 0)
    if one.program_id is None or whom not in others:
        raise NotFound("there is no such member in a mentorship with you", field="member")
    await thanking.thank(visit.runtime, visit.principal, one.program_id, whom, words=visit.text("thanks"), public=False)
