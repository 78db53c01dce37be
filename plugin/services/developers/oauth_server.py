"""Authlib's authorization server over the store: its endpoints, and the tokens that it makes, within one unit of work.

Authlib checks requests and words answers. Nothing of it is seen outside :mod:`plugin.services.developers.authorizing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from authlib.oauth2.rfc6749 import AuthorizationServer
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from plugin.domain.applications import APPLICATION_SCOPES, CLIENT, SIGN_IN_SCOPES, ApplicationState
from plugin.domain.people import APPLICATION, Scope
from plugin.services.developers.oauth_grants import Asking, Client, ClientGrant, CodeGrant, Held, Pkce, RefreshGrant, lasting
from plugin.services.identity import rights
from plugin.services.identity.access import PREFIX
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.applications import Refresh
from plugin.store.repositories.tokens import Token
from plugin.store.unit_of_work import UnitOfWork

REFRESH_FOR = timedelta(days=30)
REFRESH_PREFIX = "mgr_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server answers: JSON, or a place to send the browser to."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


def _held(server: "Server", text: str) -> Held | None:
    unit = server.unit
    if (refresh := unit.applications.refresh(token_digest(text))) is not None:
        return None if refresh.used or refresh.expires_at <= unit.now else Held(refresh, application_id=refresh.application_id, family=refresh.family)
    token = unit.tokens.find(token_digest(text))
    holder = None if token is None else unit.applications.holder(token.id)
    if token is None or holder is None or token.expires_at is None or token.expires_at <= unit.now:
        return None
    return Held(token, application_id=holder[0], family=holder[1])


class _Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Held | None:
        return _held(self.server, token_string)

    def revoke_token(self, token: Held, request: Any) -> None:
        self.server.unit.applications.end_family(token.family)


class _Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Held | None:
        return _held(self.server, token_string)

    def check_permission(self, token: Held, client: Client, request: Any) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: Held) -> dict[str, object]:
        kept = token.kept
        if kept.member_id is not None and rights.known(self.server.unit, kept.member_id) is None:
            return {"active": False}
        application = self.server.unit.applications.get(token.application_id)
        found = {"active": True, "scope": token.get_scope(), "client_id": application.client_id, "iss": self.server.issuer}
        found |= {"exp": int(kept.expires_at.timestamp()) if kept.expires_at else 0, "sub": str(kept.member_id or application.client_id)}
        return found | ({"token_type": "Bearer"} if isinstance(kept, Token) else {})


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """For one unit of work."""

    def __init__(self, unit: UnitOfWork, *, issuer: str) -> None:
        super().__init__(scopes_supported=sorted(APPLICATION_SCOPES | SIGN_IN_SCOPES))
        self.unit, self.issuer = unit, issuer
        self.register_grant(CodeGrant, [Pkce(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(ClientGrant)
        self.register_endpoint(_Revocation)
        self.register_endpoint(_Introspection)
        self.register_token_generator("default", self._made)

    def query_client(self, client_id: str) -> Client | None:
        found = self.unit.applications.find(client_id)
        return None if found is None or found.state is not ApplicationState.APPROVED else Client(found)

    def _made(self, grant_type: str, client: Client, user: int | None, scope: str | None, expires_in: int | None, *, include_refresh_token: bool) -> Any:
        allowed = client.get_allowed_scope(scope)
        if not allowed:
            raise InvalidScopeError
        made = {"token_type": "Bearer", "access_token": PREFIX + new_secret(), "expires_in": int(lasting(client).total_seconds()), "scope": allowed}
        return made | ({"refresh_token": REFRESH_PREFIX + new_secret()} if include_refresh_token and grant_type != CLIENT else {})

    def save_token(self, token: Mapping[str, Any], request: Any) -> None:
        unit, application = self.unit, request.client.application
        came_of = request.authorization_code.kept.family if request.authorization_code else request.refresh_token.family if request.refresh_token else 0
        family, scopes = came_of or unit.new_id(), frozenset(Scope(one) for one in token["scope"].split())
        kept = Token(
            id=unit.new_id(),
            digest=token_digest(token["access_token"]),
            member_id=request.user,
            scopes=scopes,
            audience=APPLICATION,
            name=application.name,
            created_at=unit.now,
            expires_at=unit.now + lasting(request.client),
        )
        unit.tokens.put(kept)
        unit.applications.hold(kept.id, application_id=application.id, family=family)
        if text := token.get("refresh_token"):
            # A refresh may narrow what this access token may do; what was allowed stays with the family.
            whole = request.refresh_token.kept.scopes if request.refresh_token else scopes
            unit.applications.put_refresh(
                Refresh(
                    digest=token_digest(text),
                    application_id=application.id,
                    member_id=request.user,
                    family=family,
                    scopes=whole,
                    used=False,
                    expires_at=unit.now + REFRESH_FOR,
                )
            )
        if not came_of or request.authorization_code:
            unit.record("application.token", actor=f"application:{application.id}", scopes=sorted(scopes))

    def create_oauth2_request(self, request: Asking) -> Asking:
        return request

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        found = dict(headers or [])
        place = found.pop("Location", "")
        if place:
            # RFC 9207: in every answer to an authorization request, so that a client of several issuers is not confused.
            place = f"{place}{'&' if '?' in place else '?'}iss={quote(self.issuer, safe='')}"
        return Answer(status=status, body=body if isinstance(body, dict) else {}, headers=found, location=place)
