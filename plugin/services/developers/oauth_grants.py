"""What Authlib's grants ask of the store: clients, codes and refresh tokens, within one unit of work."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge

from plugin.domain.applications import CODE, Application
from plugin.domain.people import Scope
from plugin.services.identity import rights
from plugin.store.crypto import token_digest
from plugin.store.repositories.applications import Code, Refresh
from plugin.store.repositories.tokens import Token
from plugin.store.unit_of_work import UnitOfWork

CODE_FOR = timedelta(minutes=1)
ACCESS_FOR = timedelta(hours=1)
PROFILE_FOR = timedelta(minutes=5)
"""The community's own platform asks once, at once, who signed in."""


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


class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """An application as Authlib asks about it."""

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


class Held:
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

    def check_client(self, client: Client) -> bool:
        return client.application.id == self.application_id


def _words(scopes: frozenset[Scope]) -> str:
    return " ".join(sorted(scopes))


class Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """RFC 7636 by S256 alone, and by nobody left out but the community's own platform."""

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


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """A member lets an application act for them; its code is good once."""

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

    def query_authorization_code(self, code: str, client: Client) -> _Code | None:
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


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """An application goes on; a refresh token is good once, and all that came of it ends when it is shown twice."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Held | None:
        unit: UnitOfWork = self.server.unit
        found = unit.applications.refresh(token_digest(refresh_token))
        if found is None or found.expires_at <= unit.now:
            return None
        return Held(found, application_id=found.application_id, family=found.family)

    def authenticate_user(self, refresh_token: Held) -> int:
        unit, kept = self.server.unit, refresh_token.kept
        if not unit.applications.use_refresh(kept.digest):
            unit.applications.end_family(refresh_token.family)
            unit.record("application.refresh_reused", actor="application", application=str(refresh_token.application_id), member=str(kept.member_id))
            raise InvalidGrantError("this refresh token was used before: everything that came of it has ended")
        if rights.known(unit, kept.member_id or 0) is None:
            raise InvalidGrantError("the member takes no part any more")
        return kept.member_id or 0

    def revoke_old_credential(self, refresh_token: Held) -> None:
        """It was used up before anything was issued."""


class ClientGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    """An application acts for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


def scopes_of(client: Client, scope: str | None) -> frozenset[Scope]:
    """What a client gets of what it asks for; of all that it registered if it asks for nothing."""
    return frozenset(Scope(one) for one in client.get_allowed_scope(scope).split())


def lasting(client: Client) -> timedelta:
    """How long an access token is good."""
    return PROFILE_FOR if client.application.signs_in else ACCESS_FOR
