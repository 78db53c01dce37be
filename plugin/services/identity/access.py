"""Who is asking: tokens, and what they may do."""

from datetime import timedelta

from plugin.domain.community import InstallationState
from plugin.domain.people import APPLICATION, MEMBER_SCOPES, OFFICE_SCOPES, SERVICE_SCOPES, Principal, Scope
from plugin.errors import Forbidden, Invalid, Remark, Unauthenticated
from plugin.services.identity import rights
from plugin.services.passes import Pass
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.tokens import Token
from plugin.store.unit_of_work import UnitOfWork

PREFIX = "mg_"
"""Lets secret scanners recognise our tokens."""


async def create_token(
    runtime: Runtime,
    installation_id: int,
    *,
    member_id: int | None,
    scopes: frozenset[Scope] | None,
    name: str,
    lifetime: timedelta | None,
    audience: str,
    by: str = "operator",
) -> str:
    """Make a bearer token, for a member or for a service; only its hash is kept, so it is shown once. ``by`` is for the audit log.

    Raises :class:`Invalid` for a scope that such a token cannot carry.
    """
    usual = SERVICE_SCOPES if member_id is None else MEMBER_SCOPES
    chosen = checked_scopes(member_id, usual if scopes is None else scopes)

    def work(unit: UnitOfWork) -> str:
        return issue(unit, member_id=member_id, scopes=chosen, name=name, lifetime=lifetime, audience=audience, by=by)

    return await runtime.database.write(installation_id, work)


def checked_scopes(member_id: int | None, scopes: frozenset[Scope]) -> frozenset[Scope]:
    """Scopes that a token of a member, or with ``None`` of a service, can carry. Raises :class:`Invalid` that names the others."""
    possible = SERVICE_SCOPES | {Scope.ADMIN} if member_id is None else MEMBER_SCOPES | OFFICE_SCOPES
    if not scopes <= possible:
        wrong = ", ".join(sorted(scope.value for scope in scopes - possible))
        raise Invalid("a token of this kind cannot carry {wrong}; it can carry {choices}", field="scope", wrong=wrong, choices=", ".join(sorted(possible)))
    return scopes


def issue(unit: UnitOfWork, *, member_id: int | None, scopes: frozenset[Scope], name: str, lifetime: timedelta | None, audience: str, by: str) -> str:
    """Make a token within a unit of work; see :func:`create_token`."""
    token = PREFIX + new_secret()
    unit.tokens.put(
        Token(
            id=unit.new_id(),
            digest=token_digest(token),
            member_id=member_id,
            scopes=scopes,
            audience=audience,
            name=name,
            created_at=unit.now,
            expires_at=None if lifetime is None else unit.now + lifetime,
        )
    )
    # A page of the host asks for another every ten minutes: what is written down of its member are what they do, and that they signed in.
    if audience == "widget":
        return token
    unit.record("token.created", actor=by, audience=audience, scopes=sorted(scopes), **({} if member_id is None else {"member": str(member_id)}))
    return token


async def principal_of(runtime: Runtime, token: str) -> Principal:
    """Who a bearer token stands for. Raises :class:`Unauthenticated` for one that is unknown or has expired, or whose member no longer takes part."""
    return (await pass_of(runtime, token)).principal


async def pass_of(runtime: Runtime, token: str) -> Pass:
    """:func:`principal_of` with the epoch in which it holds."""
    if not token.startswith(PREFIX) or len(token) > 200 or not token.isascii():
        raise _refused()
    digest = token_digest(token)
    remembered = await runtime.passes.find(digest, runtime.database, now=runtime.clock())
    if remembered is not None:
        return remembered
    installation_id = runtime.passes.home(digest)
    if installation_id is None:
        installation_id = await runtime.database.dispatch(lambda dispatcher: dispatcher.installation_of_token(digest))
    if installation_id is None:
        raise _refused()

    def work(unit: UnitOfWork) -> tuple[Principal, rights.Known | None, Token, int] | None:
        found = unit.tokens.find(digest)
        if found is None or (found.expires_at is not None and found.expires_at <= unit.now) or unit.community.state is InstallationState.DISCONNECTED:
            return None
        member = None if found.member_id is None else rights.known(unit, found.member_id)
        if found.member_id is not None and member is None:
            return None
        return (
            Principal(installation_id=installation_id, member_id=found.member_id, scopes=found.scopes, token_id=found.id, audience=found.audience),
            member,
            found,
            unit.epoch,
        )

    found = await runtime.database.glance(installation_id, work)
    if found is None:
        raise _refused()
    carried, member, kept, epoch = found
    principal = await rights.settled(runtime, carried, member)
    return runtime.passes.keep(digest, principal, epoch=epoch, now=runtime.clock(), expires_at=kept.expires_at)


def _refused() -> Unauthenticated:
    return Unauthenticated("this token is unknown, expired or revoked: sign in again or make a new one")


def require(principal: Principal | None, scope: Scope) -> Principal:
    """The principal, if it may. Raises :class:`Unauthenticated` or :class:`Forbidden`."""
    if principal is None:
        raise Unauthenticated("send a token: Authorization: Bearer …")
    if principal.may(scope):
        return principal
    if scope in OFFICE_SCOPES and principal.unsure:
        raise _unsure()
    if scope is Scope.ADMIN and principal.member_id is not None:
        raise Forbidden(_FOR_ADMINS)
    raise Forbidden("this token does not carry the scope {scope}, or you have no right to it", scope=scope)


_FOR_ADMINS = Remark("this is for admins of the community")


def _unsure() -> Forbidden:
    return Forbidden("the community did not say whether you are an admin there: try again in a moment", code="admin_unknown")


def require_member(principal: Principal) -> int:
    """The id of the member behind the principal. Raises :class:`Forbidden` for a service."""
    if principal.member_id is None:
        raise Forbidden("a service is no member: use a member's token")
    return principal.member_id


async def require_admin(runtime: Runtime, principal: Principal | None, *, fresh: bool = False) -> Principal:
    """The principal, if it may do what admins of the community do. Raises :class:`Unauthenticated` or :class:`Forbidden`.

    With ``fresh`` it is for a member in person, and the host is asked at once: before an export, an erasure, and changes of tokens, offices and rules.
    """
    asking = require(principal, Scope.ADMIN)
    if not fresh:
        return asking
    member_id = asking.member_id
    if member_id is None or not asking.private:
        raise Forbidden("this is for admins of the community in person, not for a service")
    found = await runtime.database.read(asking.installation_id, lambda unit: rights.known(unit, member_id))
    is_admin = found is not None and await rights.is_admin(runtime, asking.installation_id, found, fresh=True)
    if is_admin is None:
        raise _unsure()
    if not is_admin:
        raise Forbidden(_FOR_ADMINS)
    return asking


def require_themselves(principal: Principal) -> int:
    """The id of the member, who acts by a session or a token of their own. Raises :class:`Forbidden` for an application that acts for them, and for a service.

    It is for what takes access away: an application must not end what the member, or another application, is doing.
    """
    if principal.audience == APPLICATION:
        raise Forbidden("an application cannot do this for a member: it is done on their own page, after signing in")
    return require_member(principal)


async def sign_out(runtime: Runtime, principal: Principal) -> int:
    """Revoke every token of the member: sign out everywhere. Returns how many there were. Raises :class:`Forbidden` for an application."""
    if principal.member_id is None:
        raise Invalid("a service token is revoked by the admin who made it", code="not_a_member")
    member_id = require_themselves(principal)
    return await runtime.database.write(principal.installation_id, lambda unit: unit.tokens.revoke_of(member_id))
