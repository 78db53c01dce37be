"""Safeguarding of members who are under age: guardians' consent and screenings of adults, for admins in person."""

from starlette.responses import Response

from plugin.domain.screening import Check
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.safety import screening
from plugin.texts import safety as words
from plugin.web.console.frame import show
from plugin.web.visits import Visit, id_of


async def view(visit: Visit) -> Response:
    """Who is under age, and who was screened."""
    young, screened = await screening.listing(visit.runtime, visit.principal)
    people = await visit.people({one.minor.member_id for one in young} | {one.member_id for one in screened})
    least = visit.community.policy.minimum_age
    return show(visit, "screening.html", section="screening", young=young, screened=screened, people=people, words=words, least=least, now=visit.now)


async def act(visit: Visit) -> Response:
    """Write down a screening or a guardian's consent, or take one back."""
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "record":
            member = await visiting.member_named(runtime, principal, visit.text("member"), field="member")
            until = visit.day("until")
            if until is None:
                raise Invalid("say until when it holds: a day to come, at most three years ahead", field="until")
            await screening.record(runtime, principal, member.id, checks=[one for one in Check if one.value in visit.all("checks")], until=until)
        case "revoke":
            await screening.revoke(runtime, principal, id_of(visit.text("member")))
        case "agreed" | "withdrew" as word:
            await screening.set_consent(runtime, principal, id_of(visit.text("member")), given=word == "agreed")
        case _:
            raise Invalid("choose what to do")
    return visit.go("/console/screening", "saved")
