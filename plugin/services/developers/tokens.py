"""Tokens that people make: an admin for a service, a member for a program of their own. Each is shown once, listed, and revoked."""

from datetime import timedelta

from plugin.domain.people import APPLICATION, MEMBER_SCOPES, OFFICE_SCOPES, Principal, Scope
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.identity import access
from plugin.services.identity.access import require_admin, require_member
from plugin.services.runtime import Runtime
from plugin.store.crypto import token_digest
from plugin.store.repositories.tokens import Token
from plugin.store.unit_of_work import UnitOfWork

__all__ = ["Token", "create_for_member", "create_for_service", "of_member", "of_services", "revoke_of_member", "revoke_of_service"]

MOST = 50
"""Tokens of one owner that are good at a time."""
MOST_DAYS = 730
LONGEST_NAME = 100


async def of_services(runtime: Runtime, principal: Principal | None) -> list[Token]:
    """The tokens of services that admins made, newest first, for admins. Raises :class:`Forbidden`."""
    asking = await require_admin(runtime, principal)
    return await runtime.database.read(asking.installation_id, lambda unit: unit.tokens.listing(member_id=None, now=unit.now))


async def of_member(runtime: Runtime, principal: Principal) -> list[Token]:
    """The member's own tokens and sessions, newest first."""
    member_id = require_member(access.require(principal, Scope.ME))
    return await runtime.database.read(principal.installation_id, lambda unit: unit.tokens.listing(member_id=member_id, now=unit.now))


async def create_for_service(runtime: Runtime, principal: Principal | None, *, name: str, scopes: frozenset[Scope], days: int) -> tuple[str, Token]:
    """A token for a service; for admins in person. Raises :class:`Invalid` for scopes that no service has, :class:`Conflict` for too many."""
    asking = await require_admin(runtime, principal, fresh=True)
    return await _create(runtime, asking, None, name=name, scopes=scopes, days=days)


async def create_for_member(runtime: Runtime, principal: Principal, *, name: str, scopes: frozenset[Scope], days: int) -> tuple[str, Token]:
    """A token by which a program of the member's may act for them. Raises :class:`Forbidden` unless the member signed in themselves.

    A token makes no tokens: one that leaked would never end.
    """
    if principal.audience != "session":
        raise Forbidden("tokens are made on your own page, after signing in")
    if not scopes <= MEMBER_SCOPES | (principal.scopes & OFFICE_SCOPES) | {Scope.PROGRAMS}:
        raise Forbidden("a token cannot carry more than you may do yourself")
    return await _create(runtime, principal, require_member(principal), name=name, scopes=scopes, days=days)


async def _create(runtime: Runtime, asking: Principal, member_id: int | None, *, name: str, scopes: frozenset[Scope], days: int) -> tuple[str, Token]:
    named = " ".join(name.split())
    if not 0 < len(named) <= LONGEST_NAME:
        raise Invalid("a name has 1 to {most} characters: say what the token is for", field="name", most=LONGEST_NAME)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days must be 1 to {most}", field="days", most=MOST_DAYS)
    if not scopes:
        raise Invalid("a token needs at least one scope", field="scopes")
    chosen = access.checked_scopes(member_id, scopes)

    def work(unit: UnitOfWork) -> tuple[str, Token]:
        there = unit.tokens.listing(member_id=member_id, now=unit.now)
        if sum(one.audience != APPLICATION for one in there) >= MOST:
            raise Conflict("there are {most} tokens already: revoke those that nobody uses", code="too_many_tokens", most=MOST)
        lifetime, by = timedelta(days=days), str(asking.member_id)
        text = access.issue(unit, member_id=member_id, scopes=chosen, name=named, lifetime=lifetime, audience="api", by=by)
        made = unit.tokens.find(token_digest(text))
        assert made is not None  # noqa: S101 - issued above
        return text, made

    return await runtime.database.write(asking.installation_id, work)


async def revoke_of_service(runtime: Runtime, principal: Principal | None, token_id: int) -> None:
    """Revoke a service's token, at once; for admins in person. Raises :class:`NotFound`."""
    asking = await require_admin(runtime, principal, fresh=True)
    await _revoke(runtime, asking, token_id, member_id=None)


async def revoke_of_member(runtime: Runtime, principal: Principal, token_id: int) -> None:
    """Revoke one of the member's own tokens or sessions, at once. Raises :class:`NotFound`, :class:`Forbidden` for an application (it has RFC 7009)."""
    await _revoke(runtime, principal, token_id, member_id=access.require_themselves(access.require(principal, Scope.ME)))


async def _revoke(runtime: Runtime, asking: Principal, token_id: int, *, member_id: int | None) -> None:
    def work(unit: UnitOfWork) -> None:
        if not unit.tokens.revoke(token_id, member_id=member_id):
            raise NotFound("there is no such token")
        unit.record("token.revoked", actor=str(asking.member_id), token=str(token_id))

    await runtime.database.write(asking.installation_id, work)
