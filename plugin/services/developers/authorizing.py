"""The authorization server for developers' applications, by Authlib: one issuer per installation.

Each request is one unit of work, and what must be remembered although the answer is an error, that a code or a refresh token was shown twice, is committed with
it. RFC 9700 is the checklist, docs/oauth.md says which test shows what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidScopeError

from plugin.domain.applications import SIGN_IN_SCOPES, Application
from plugin.domain.community import InstallationState
from plugin.domain.people import Principal, Scope
from plugin.errors import Forbidden, NotFound
from plugin.services.developers.oauth_grants import Asking, scopes_of
from plugin.services.developers.oauth_server import Answer, Server
from plugin.services.identity.access import require_member
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

__all__ = ["Answer", "Asked", "answer", "asked", "endpoint", "issuer", "token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a member is asked to allow. ``known`` if they allowed as much before."""

    application: Application
    scopes: frozenset[Scope]
    redirect_uri: str
    known: bool


def issuer(runtime: Runtime, installation_id: int) -> str:
    """The name of the issuer, which is an address (RFC 8414)."""
    return f"{runtime.settings.public_url}/oauth/{installation_id}"


def _served(unit: UnitOfWork) -> None:
    """Raises :class:`NotFound` for a community that is not connected any more, as for one that never was."""
    if unit.community.state is InstallationState.DISCONNECTED:
        raise NotFound("there is no such community")


async def asked(runtime: Runtime, principal: Principal, values: Mapping[str, str]) -> Asked | Answer:
    """What an application asks of the member, or the answer to one that is refused; without a place in it the browser must not be sent anywhere."""
    member_id = _in_person(principal)

    def work(unit: UnitOfWork) -> Asked | Answer:
        weighed = _weighed(unit, values, issuer=issuer(runtime, principal.installation_id))
        if isinstance(weighed, Answer):
            return weighed
        _, request, grant = weighed
        application, scopes = grant.client.application, scopes_of(grant.client, request.payload.scope)
        # Its own members are what the community's platform knows already: nothing is asked.
        known = application.signs_in or scopes <= unit.applications.allowed(application.id, member_id)
        return Asked(application=application, scopes=scopes, redirect_uri=values["redirect_uri"], known=known)

    return await runtime.database.read(principal.installation_id, work)


async def answer(runtime: Runtime, principal: Principal, values: Mapping[str, str], *, allow: bool) -> Answer:
    """The member's answer, as a place to send the browser to. What they allowed is remembered."""
    member_id = _in_person(principal)

    def work(unit: UnitOfWork) -> Answer:
        weighed = _weighed(unit, values, issuer=issuer(runtime, principal.installation_id))
        if isinstance(weighed, Answer):
            return weighed
        server, request, grant = weighed
        if allow and not grant.client.application.signs_in:
            application, scopes = grant.client.application, scopes_of(grant.client, values.get("scope"))
            before = unit.applications.allowed(application.id, member_id)
            if not scopes <= before:
                unit.applications.allow(application.id, member_id, scopes | before, at=unit.now)
                unit.record("application.allowed", actor=str(member_id), application=str(application.id), member=str(member_id), scopes=sorted(scopes))
        done: Answer = server.create_authorization_response(request, grant_user=member_id if allow else None, grant=grant)
        return done

    return await runtime.database.write(principal.installation_id, work)


def _asking(unit: UnitOfWork, values: Mapping[str, str]) -> Mapping[str, str]:
    """What is asked. The community's own platform has words of its own for scopes, and gets the same whatever it asks for."""
    found = unit.applications.find(values.get("client_id", ""))
    return {**values, "scope": " ".join(SIGN_IN_SCOPES)} if found is not None and found.signs_in else values


def _weighed(unit: UnitOfWork, values: Mapping[str, str], *, issuer: str) -> tuple[Server, Asking, Any] | Answer:
    """What an application asks for, with the grant by which it may have it, or the answer to one that is refused."""
    _served(unit)
    server, request = Server(unit, issuer=issuer), Asking(_asking(unit, values), {})
    try:
        return server, request, _consent(server, request)
    except OAuth2Error as error:
        refused: Answer = server.handle_error_response(request, error)
        return refused


def _consent(server: Server, request: Asking) -> Any:
    grant = server.get_consent_grant(request)
    if not scopes_of(grant.client, request.payload.scope):
        error = InvalidScopeError(redirect_uri=request.payload.redirect_uri)
        error.state = request.payload.state
        raise error
    return grant


def _in_person(principal: Principal) -> int:
    if principal.audience != "session":
        raise Forbidden("sign in yourself to let an application act for you")
    return require_member(principal)


async def token(runtime: Runtime, installation_id: int, *, values: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """The token endpoint."""

    def work(unit: UnitOfWork) -> Answer:
        _served(unit)
        made: Answer = Server(unit, issuer=issuer(runtime, installation_id)).create_token_response(Asking(values, headers))
        return made

    return await runtime.database.write(installation_id, work)


async def endpoint(runtime: Runtime, installation_id: int, *, name: str, values: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """The endpoints of RFC 7009 and RFC 7662, ``revocation`` and ``introspection``."""

    def work(unit: UnitOfWork) -> Answer:
        _served(unit)
        made: Answer = Server(unit, issuer=issuer(runtime, installation_id)).create_endpoint_response(name, Asking(values, headers))
        return made

    return await runtime.database.write(installation_id, work)
