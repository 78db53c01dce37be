"""What acts for a member: sessions of theirs, and tokens that they make for programs of their own."""

from starlette.responses import Response

from plugin.domain.people import APPLICATION, MEMBER_SCOPES, OFFICE_SCOPES, Scope
from plugin.services.developers import tokens
from plugin.texts import console as words
from plugin.web.members.frame import show_mine
from plugin.web.visits import Visit, id_of

USUAL = (Scope.READ, Scope.ME)
DAYS = 90


async def view(visit: Visit) -> Response:
    """All of them, without those of applications, which have a page of their own."""
    return await _page(visit, made="", chosen=visit.all("scope") if visit.posted else [one.value for one in USUAL])


async def act(visit: Visit) -> Response:
    """Make one, and show it this once; or revoke one at once."""
    if visit.text("do") == "revoke":
        await tokens.revoke_of_member(visit.runtime, visit.principal, id_of(visit.text("token")))
        return visit.go("/my/tokens", "revoked")
    chosen = frozenset(Scope(one) for one in visit.all("scope") if one in set(Scope))
    made, _token = await tokens.create_for_member(visit.runtime, visit.principal, name=visit.text("name"), scopes=chosen, days=visit.number("days", DAYS) or 0)
    return await _page(visit, made=made, chosen=[one.value for one in USUAL])


async def _page(visit: Visit, *, made: str, chosen: list[str]) -> Response:
    found = [one for one in await tokens.of_member(visit.runtime, visit.principal) if one.audience != APPLICATION]
    offered = [one for one in Scope if one in MEMBER_SCOPES | (visit.principal.scopes & OFFICE_SCOPES)]
    return await show_mine(
        visit,
        "tokens.html",
        part="tokens",
        tokens=found,
        offered=offered,
        chosen=chosen,
        made=made,
        days=DAYS,
        here=visit.principal.token_id,
        may_make=visit.principal.audience == "session",
        words=words,
    )
