"""Applications of developers: registered by whoever writes them, approved by an admin, allowed by each member for themselves."""

from dataclasses import dataclass, field, replace

from plugin.domain.applications import CLIENT, CODE, GRANTS, Application, ApplicationState, possible, usable
from plugin.domain.community import InstallationState
from plugin.domain.people import Principal, Scope
from plugin.errors import Conflict, Invalid, NotFound, TooMany
from plugin.services.identity import access
from plugin.services.identity.access import require_admin, require_member
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.applications import Allowed
from plugin.store.unit_of_work import UnitOfWork

__all__ = ["Allowed", "Registered", "Wanted", "allowed", "decide", "listing", "register", "withdraw"]

MOST_PENDING = 50
"""Applications that wait for an admin at once; more is an attack on the table."""
MOST_REDIRECTS = 10
LONGEST_NAME = 100
_MOVES = {
    ApplicationState.APPROVED: frozenset({ApplicationState.PENDING, ApplicationState.REFUSED, ApplicationState.DISABLED}),
    ApplicationState.REFUSED: frozenset({ApplicationState.PENDING}),
    ApplicationState.DISABLED: frozenset({ApplicationState.APPROVED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a developer asks for."""

    name: str
    redirect_uris: tuple[str, ...]
    grants: frozenset[str]
    scopes: frozenset[Scope]
    confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """An application and its secret, this once; a public one has none."""

    application: Application
    secret: str | None = field(repr=False)


async def register(runtime: Runtime, installation_id: int, wanted: Wanted) -> Registered:
    """Keep what a developer asks for until an admin decides. Raises :class:`Invalid` with the member of RFC 7591 in ``field``, :class:`TooMany`."""
    name = " ".join(wanted.name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid("client_name has 1 to {most} characters", field="client_name", most=LONGEST_NAME)
    if not wanted.grants or not wanted.grants <= GRANTS or not wanted.grants & {CODE, CLIENT}:
        raise Invalid("grant_types are of {choices}", field="grant_types", choices=", ".join(sorted(GRANTS)))
    if CLIENT in wanted.grants and (not wanted.confidential or CODE in wanted.grants):
        raise Invalid("client_credentials is for confidential applications that act for no member; register one for each", field="grant_types")
    if (CODE in wanted.grants) != bool(wanted.redirect_uris) or len(wanted.redirect_uris) > MOST_REDIRECTS:
        raise Invalid("redirect_uris are 1 to {most} addresses, and none without authorization_code", field="redirect_uris", most=MOST_REDIRECTS)
    if not all(usable(one) for one in wanted.redirect_uris):
        raise Invalid("a redirect address is https, http on 127.0.0.1 or [::1], or a scheme such as org.example.app, without a fragment", field="redirect_uris")
    if not possible(wanted.scopes, wanted.grants):
        raise Invalid("scope names what such an application cannot have", field="scope")
    secret = new_secret() if wanted.confidential else None

    def work(unit: UnitOfWork) -> Application:
        if unit.community.state is InstallationState.DISCONNECTED:
            raise NotFound("there is no such community")
        if unit.applications.count_pending() >= MOST_PENDING:
            raise TooMany("too many applications wait for an admin: try again later", retry_after=3600)
        made = Application(
            id=unit.new_id(),
            client_id=f"app-{new_secret()[:22]}",
            secret=None if secret is None else token_digest(secret),
            name=name,
            redirect_uris=wanted.redirect_uris,
            grants=wanted.grants,
            scopes=wanted.scopes,
            state=ApplicationState.PENDING,
            created_at=unit.now,
        )
        unit.applications.put(made)
        unit.record("application.registered", actor="application", application=str(made.id))
        return made

    return Registered(application=await runtime.database.write(installation_id, work), secret=secret)


async def listing(runtime: Runtime, principal: Principal | None) -> list[Application]:
    """All applications, for admins. Raises :class:`Forbidden`."""
    asking = await require_admin(runtime, principal)
    return await runtime.database.read(asking.installation_id, lambda unit: unit.applications.listing())


async def decide(runtime: Runtime, principal: Principal | None, application_id: int, state: ApplicationState) -> Application:
    """Approve, refuse or disable; for admins in person. What a disabled one holds ends at once. Raises :class:`NotFound`, :class:`Conflict`.

    The community's own platform can be disabled too, but never approved again: its secret may be known to others, and the operator makes a new one.
    """
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> Application:
        found = unit.applications.get(application_id)
        if found is None:
            raise NotFound("there is no such application")
        if found.signs_in and state is not ApplicationState.DISABLED:
            raise Conflict("members signed in to the community by this; ask the operator to set it up anew")
        if found.state not in _MOVES.get(state, frozenset()):
            raise Conflict("the application is in another state by now: look again")
        decided = replace(found, state=state, decided_at=unit.now)
        unit.applications.put(decided)
        if state is not ApplicationState.APPROVED:
            unit.applications.end_all(application_id)
        unit.record(f"application.{state.value}", actor=str(asking.member_id), application=str(application_id))
        return decided

    return await runtime.database.write(asking.installation_id, work)


async def allowed(runtime: Runtime, principal: Principal) -> list[Allowed]:
    """What the member lets applications do."""
    member_id = require_member(access.require(principal, Scope.ME))
    return await runtime.database.read(principal.installation_id, lambda unit: unit.applications.allowed_by(member_id))


async def withdraw(runtime: Runtime, principal: Principal, application_id: int) -> None:
    """End what the member allowed, at once. Raises :class:`NotFound`, :class:`Forbidden` for an application."""
    member_id = access.require_themselves(access.require(principal, Scope.ME))

    def work(unit: UnitOfWork) -> None:
        if not unit.applications.withdraw(application_id, member_id):
            raise NotFound("there is no such application")
        unit.record("application.withdrawn", actor=str(member_id), application=str(application_id), member=str(member_id))

    await runtime.database.write(principal.installation_id, work)
