"""What only admins do: settings, tokens, who is in charge, the audit log, export and erasure."""

from starlette.responses import Response

from plugin.domain.community import POLICY_KEYS
from plugin.domain.people import SERVICE_SCOPES, Office, Scope
from plugin.errors import Invalid
from plugin.services.developers import tokens
from plugin.services.hosts import choosing
from plugin.services.identity import staffing, visiting
from plugin.services.operations import choices
from plugin.services.privacy import auditing, personal
from plugin.texts import console as words
from plugin.web.console.frame import PAGE, show
from plugin.web.visits import Visit, id_of

TOKEN_SCOPES = (Scope.READ, Scope.PROGRAMS, Scope.INTROSPECT)


async def settings(visit: Visit) -> Response:
    """An admin's choices for the community."""
    offered = await choices.offered(visit.runtime, visit.principal)
    policy = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in choosing.policy_values(visit.community.policy).items()}
    values = {name: visit.text(name) for name in POLICY_KEYS} if visit.posted else policy
    holders = await staffing.holders(visit.runtime, visit.principal)
    return show(visit, "settings.html", section="settings", values=values, offered=offered, holders=holders, offices=words.OFFICES, link="")


async def save_settings(visit: Visit) -> Response:
    """Keep them; the community is read again at once."""
    current = choosing.policy_values(visit.community.policy)
    said = {name: visit.text(name) for name in POLICY_KEYS if name in visit.form}
    changes = {name: word for name, word in said.items() if word != (",".join(found) if isinstance(found := current[name], list) else str(found))}
    if changes:
        await choices.configure(visit.runtime, visit.principal, changes)
    return visit.go("/console/settings", "saved")


async def office(visit: Visit) -> Response:
    """Grant an office, or take it back."""
    word = visit.text("office")
    if word not in set(Office):
        raise Invalid("choose the office", field="office")
    member = await visiting.member_named(visit.runtime, visit.principal, visit.text("username"))
    await staffing.set_office(visit.runtime, visit.principal, member.id, Office(word), holds=visit.text("holds") != "0")
    return visit.go("/console/settings", "saved")


async def token_listing(visit: Visit) -> Response:
    """The tokens of services."""
    found = await tokens.of_services(visit.runtime, visit.principal)
    return show(
        visit, "tokens.html", section="tokens", tokens=found, scopes=TOKEN_SCOPES, words=words, made="", chosen=visit.all("scope") or [Scope.READ.value]
    )


async def token_create(visit: Visit) -> Response:
    """Make one, and show it this once."""
    chosen = {one for one in visit.all("scope") if one in {scope.value for scope in SERVICE_SCOPES}}
    text, _token = await tokens.create_for_service(
        visit.runtime, visit.principal, name=visit.text("name"), scopes=frozenset(Scope(one) for one in chosen), days=visit.number("days", 90) or 0
    )
    found = await tokens.of_services(visit.runtime, visit.principal)
    return show(visit, "tokens.html", section="tokens", tokens=found, scopes=TOKEN_SCOPES, words=words, made=text, chosen=[Scope.READ.value])


async def token_revoke(visit: Visit) -> Response:
    """Revoke one, at once."""
    await tokens.revoke_of_service(visit.runtime, visit.principal, visit.id("token"))
    return visit.go("/console/tokens", "revoked")


async def audit(visit: Visit) -> Response:
    """Who did what, the newest first; whether the log is whole."""
    before = visit.request.query_params.get("before", "")
    found = await auditing.log(visit.runtime, visit.principal, before=id_of(before) if before else None, limit=PAGE + 1)
    more = found.entries[PAGE - 1].number if len(found.entries) > PAGE else None
    return show(visit, "audit.html", section="audit", log=found, entries=found.entries[:PAGE], more=more)


async def privacy(visit: Visit) -> Response:
    """Export and erasure for members who ask for it."""
    return show(visit, "privacy.html", section="privacy")


async def export(visit: Visit) -> Response:
    """What is kept about a member as a file."""
    member = await visiting.member_named(visit.runtime, visit.principal, visit.text("username"))
    return download(await personal.export_by_admin(visit.runtime, visit.principal, member.id))


async def erase(visit: Visit) -> Response:
    """Erase a member, after their user name was typed twice."""
    name = visit.text("username").removeprefix("@")
    if visit.text("again").removeprefix("@") != name:
        raise Invalid("type the same user name twice, so that nobody is erased by a slip", field="again")
    member = await visiting.member_named(visit.runtime, visit.principal, name)
    if member.id == visit.me:
        raise Invalid("erase yourself on your own page, so that it is meant", field="username")
    await personal.erase_by_admin(visit.runtime, visit.principal, member.id)
    return visit.go("/console/privacy", "erased")


def download(document: bytes) -> Response:
    """A document as a file of its own."""
    headers = {"Content-Disposition": 'attachment; filename="mentorgraph-export.json"', "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(document, media_type="application/json", headers=headers)
