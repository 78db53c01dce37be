"""A member's first page: what waits, whom they could ask, and a place to say what they need."""

from starlette.responses import Response

from plugin.domain.needs import NeedState
from plugin.errors import Invalid
from plugin.services.knowledge import reading
from plugin.services.mentorships import answering
from plugin.services.programs import belonging
from plugin.services.suggestions import knowing, needs, suggesting, wording
from plugin.web.members.frame import show
from plugin.web.visits import Visit, id_of

EVIDENCE = 3


async def view(visit: Visit) -> Response:
    """Needs with the people who could help, each with reasons and the posts behind them."""
    needs = [(need, topic) for need, topic in await reading.needs(visit.runtime, visit.principal) if need.state is not NeedState.CLOSED]
    listed = await reading.suggestions_of_needs(visit.runtime, visit.principal, [need.id for need, _topic in needs])
    found = {need: [one for one, member in suggestions if member is not None] for need, suggestions in listed.items()}
    shown = [one for suggestions in found.values() for one in suggestions]
    posts = {post for one in shown for reason in one.reasons for post in reason.post_ids[:EVIDENCE]}
    ids = {one.member_id for one in shown}
    waiting = await belonging.waiting(visit.runtime, visit.principal)
    surveys = await answering.mine(visit.runtime, visit.principal)
    return await show(
        visit,
        "home.html",
        section="home",
        needs=needs,
        suggestions=found,
        people=await reading.members(visit.runtime, visit.principal, ids),
        skills=await knowing.skills(visit.runtime, visit.graphs, visit.principal, sorted(ids)) if ids else {},
        evidence=await reading.evidence(visit.runtime, visit.principal, posts),
        sentence=wording.sentence,
        telling=wording.telling,
        waiting=waiting,
        askable=await belonging.askable(visit.runtime, visit.principal),
        surveys=surveys,
    )


async def act(visit: Visit) -> Response:
    """State a need, close one, or take a suggestion off the list."""
    match visit.text("do"):
        case "need":
            await needs.state_need(visit.runtime, visit.graphs, visit.principal, need_text=visit.text("text"), topic_url=None)
            return visit.go("/my", "stated")
        case "close":
            await needs.close_need(visit.runtime, visit.principal, id_of(visit.text("need")))
            return visit.go("/my", "saved")
        case "dismiss":
            await suggesting.dismiss(visit.runtime, visit.principal, id_of(visit.text("suggestion")))
            return visit.go("/my", "dismissed")
        case _:
            raise Invalid("choose what to do")
