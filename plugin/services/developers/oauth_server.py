"""What Authlib's authorization server asks of the store: clients, codes and tokens, within one unit of work.

Authlib checks requests and words answers. Nothing of it is seen outside :mod:`plugin.services.developers.authorizing`.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from plugin.domain.applications import APPLICATION_SCOPES, CLIENT, CODE, SIGN_IN_SCOPES, Application, ApplicationState
from plugin.domain.people import APPLICATION, Scope
from plugin.services.identity import rights
from plugin.services.identity.access import PREFIX
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.applications import Code, Refresh
from plugin.store.repositories.tokens import Token
from plugin.store.unit_of_work import UnitOfWork

CODE_FOR = timedelta(minutes=1)
ACCESS_FOR = timedelta(hours=1)
PROFILE_FOR = timedelta(minutes=5)
"""The community's own platform asks once, at once, who signed in."""
REFRESH_FOR = timedelta(days=30)
REFRESH_PREFIX = "mgr_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server answers: JSON, or a place to send the browser to."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


class Asking(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A request whose parameters stood there once each."""

    def __init__(self, values: Mapping[str, str], headers: Mapping[str, str]) -> None:
        # That the way here is by TLS is the business of whoever runs the service; Authlib would refuse the demo on this machine.
        super().__init__("POST", "https://here.invalid/", headers=dict(headers))
        self.payload = BasicOAuth2Payload(dict(values))
        self._values = dict(values)

    @property
    def form(self) -> dict[str, str]:
        return self._values

    @property
    def args(self) -> dict[str, str]:
        return self._values


class _Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, application: Application) -> None:
        self.application = application
        self.client_id = application.client_id

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        asked = set(scope.split()) if scope else {one.value for one in self.application.scopes}
        return " ".join(sorted(asked & {one.value for one in self.application.scopes}))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self.application.accepts(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.application.secret is not None and hmac.compare_digest(self.application.secret, token_digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == (self.application.secret is None)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and CODE in self.application.grants

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.application.grants


class _Code:
    def __init__(self, code: Code) -> None:
        self.kept = code
        self.code_challenge, self.code_challenge_method = code.challenge or None, "S256"

    def get_redirect_uri(self) -> str:
        return self.kept.redirect_uri

    def get_scope(self) -> str:
        return _words(self.kept.scopes)


class _Held:
    """An access or a refresh token that an application holds."""

    def __init__(self, kept: Refresh | Token, *, application_id: int, family: int) -> None:
        self.kept, self.application_id, self.family = kept, application_id, family

    def get_scope(self) -> str:
        return _words(self.kept.scopes)

    def is_expired(self) -> bool:
        """Those that have are not found."""
        return False

    def is_revoked(self) -> bool:
        """Those that were are not found."""
        return False

    def check_client(self, client: _Client) -> bool:
        return client.application.id == self.application_id


def _words(scopes: frozenset[Scope]) -> str:
    return " ".join(sorted(scopes))


class _Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        given = grant.request.payload.data
        if grant.request.client.application.signs_in and not given.get("code_challenge") and not given.get("code_challenge_method"):
            # Not every platform can send one; what is sent is checked. It has a secret, one address, and a state of its own.
            return
        if not given.get("code_challenge") or given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("send code_challenge with code_challenge_method=S256")
        super().validate_code_challenge(grant, redirect_uri)


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def save_authorization_code(self, code: str, request: Any) -> None:
        unit: UnitOfWork = self.server.unit
        unit.applications.put_code(
            Code(
                digest=token_digest(code),
                application_id=request.client.application.id,
                member_id=request.user,
                family=unit.new_id(),
                scopes=scopes_of(request.client, request.payload.scope),
                redirect_uri=request.payload.redirect_uri,
                challenge=request.payload.data.get("code_challenge", ""),
                used=False,
                expires_at=unit.now + CODE_FOR,
            )
        )

    def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
        unit: UnitOfWork = self.server.unit
        found = unit.applications.code(token_digest(code))
        if found is None or found.application_id != client.application.id or found.expires_at <= unit.now:
            return None
        if not unit.applications.use_code(found.digest):
            # RFC 9700 §4.5: somebody else has it too, and nobody knows who was first.
            unit.applications.end_family(found.family)
            unit.record("application.code_reused", actor="application", application=str(found.application_id), member=str(found.member_id))
            return None
        return _Code(found)

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        """It stays as used until its time is over, so that a second use shows."""

    def authenticate_user(self, authorization_code: _Code) -> int | None:
        member_id = authorization_code.kept.member_id
        return member_id if rights.known(self.server.unit, member_id) else None


class _RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> _Held | None:
        unit: UnitOfWork = self.server.unit
        found = unit.applications.refresh(token_digest(refresh_token))
        if found is None or found.expires_at <= unit.now:
            return None
        return _Held(found, application_id=found.application_id, family=found.family)

    def authenticate_user(self, refresh_token: _Held) -> int:
        unit, kept = self.server.unit, refresh_token.kept
        if not unit.applications.use_refresh(kept.digest):
            unit.applications.end_family(refresh_token.family)
            unit.record("application.refresh_reused", actor="application", application=str(refresh_token.application_id), member=str(kept.member_id))
            raise InvalidGrantError("this refresh token was used before: everything that came of it has ended")
        if rights.known(unit, kept.member_id or 0) is None:
            raise InvalidGrantError("the member takes no part any more")
        return kept.member_id or 0

    def revoke_old_credential(self, refresh_token: _Held) -> None:
        """It was used up before anything was issued."""


class _ClientGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


def scopes_of(client: _Client, scope: str | None) -> frozenset[Scope]:
    """What a client gets of what it asks for; of all that it registered if it asks for nothing."""
    return frozenset(Scope(one) for one in client.get_allowed_scope(scope).split())


def _lasting(client: _Client) -> timedelta:
    return PROFILE_FOR if client.application.signs_in else ACCESS_FOR


def _held(server: "Server", text: str) -> _Held | None:
    unit = server.unit
    if (refresh := unit.applications.refresh(token_digest(text))) is not None:
        return None if refresh.used or refresh.expires_at <= unit.now else _Held(refresh, application_id=refresh.application_id, family=refresh.family)
    token = unit.tokens.find(token_digest(text))
    holder = None if token is None else unit.applications.holder(token.id)
    if token is None or holder is None or token.expires_at is None or token.expires_at <= unit.now:
        return None
    return _Held(token, application_id=holder[0], family=holder[1])


class _Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Held | None:
        return _held(self.server, token_string)

    def revoke_token(self, token: _Held, request: Any) -> None:
        self.server.unit.applications.end_family(token.family)


class _Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Held | None:
        return _held(self.server, token_string)

    def check_permission(self, token: _Held, client: _Client, request: Any) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: _Held) -> dict[str, object]:
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
        self.register_grant(_CodeGrant, [_Pkce(required=True)])
        self.register_grant(_RefreshGrant)
        self.register_grant(_ClientGrant)
        self.register_endpoint(_Revocation)
        self.register_endpoint(_Introspection)
        self.register_token_generator("default", self._made)

    def query_client(self, client_id: str) -> _Client | None:
        found = self.unit.applications.find(client_id)
        return None if found is None or found.state is not ApplicationState.APPROVED else _Client(found)

    def _made(self, grant_type: str, client: _Client, user: int | None, scope: str | None, expires_in: int | None, *, include_refresh_token: bool) -> Any:
        allowed = client.get_allowed_scope(scope)
        if not allowed:
            raise InvalidScopeError
        made = {"token_type": "Bearer", "access_token": PREFIX + new_secret(), "expires_in": int(_lasting(client).total_seconds()), "scope": allowed}
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
            expires_at=unit.now + _lasting(request.client),
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
            place = f"{place}{'&' if '?' in place else '?'}iss={_quoted(self.issuer)}"
        return Answer(status=status, body=body if isinstance(body, dict) else {}, headers=found, location=place)


def _quoted(text: str) -> str:
    return quote(text, safe="")
