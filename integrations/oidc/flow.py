"""The authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 1.0, and the advice of RFC 9700)."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote_plus

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError

from integrations.oidc.keys import Keys
from integrations.oidc.provider import Client, Provider, json_object, refused
from integrations.values import Json, flag, text
from mentorgraph.host import Http

LEEWAY_SECONDS = 60
LONGEST_TOKEN = 16_384
_LONGEST_ANSWER = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in under way; all of it is kept on our side and bound to the browser and the installation."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    redirect_uri: str


def address(provider: Provider, client: Client, begun: Begun) -> str:
    """Where to send the browser."""
    return str(
        prepare_grant_uri(
            provider.authorization_endpoint,
            client_id=client.client_id,
            response_type="code",
            redirect_uri=begun.redirect_uri,
            scope=list(client.scopes),
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
        )
    )


async def finish(http: Http, provider: Provider, client: Client, keys: Keys, *, begun: Begun, answer: Mapping[str, str], now: datetime) -> str:
    """Who signed in, from the parameters that came back: the value of the claim that leads to a member. Addresses do only where the provider has checked them.

    Raises :class:`SignInRefused` for an answer that is not this provider's to this sign-in, and :class:`HostError` when the provider cannot be asked.
    """
    code = checked_answer(provider, begun, answer)
    token = await _exchange(http, provider, client, begun, code)
    claims = await checked_token(http, provider, client, keys, token, nonce=begun.nonce, now=now)
    member = text(claims.get(client.member_claim), 255) if isinstance(claims.get(client.member_claim), str) else _number(claims.get(client.member_claim))
    if not member:
        raise refused(f"the provider does not say who you are in the community (claim {client.member_claim!r}): ask an admin", "no_member_claim")
    if client.member_claim == "email" and flag(claims.get("email_verified")) is not True:
        raise refused("the provider has not checked your e-mail address: confirm it there first", "unverified_address")
    return member


def checked_answer(provider: Provider, begun: Begun, answer: Mapping[str, str]) -> str:
    """The code of an answer. Who answered is checked before anything that it says is believed, an error included (RFC 9700 section 4.4)."""
    if any(len(value) > _LONGEST_ANSWER for value in answer.values()):
        raise refused("the answer of the provider is too long", "malformed")
    if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise refused("this sign-in was begun elsewhere: begin again", "other_state")
    issuer = answer.get("iss")
    if issuer is None and provider.names_itself:
        raise refused("the answer does not say which provider it is from: begin again", "no_issuer")
    if issuer is not None and issuer != provider.issuer:
        raise refused("the answer is from another provider: begin again", "other_issuer")
    if "error" in answer:
        raise refused("the provider did not sign you in", "declined" if answer["error"] == "access_denied" else "provider_error")
    code = answer.get("code", "")
    if not code:
        raise refused("the answer of the provider has no code: begin again", "malformed")
    return code


async def _exchange(http: Http, provider: Provider, client: Client, begun: Begun, code: str) -> str:
    """The ID token for a code. Not repeated: a code that was used twice may be withdrawn with all that came of it."""
    form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", begun.redirect_uri), ("code_verifier", begun.verifier)]
    headers = {"Accept": "application/json"}
    if client.client_secret and provider.basic:
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"  # RFC 6749 section 2.3.1: both are encoded first
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form += [("client_id", client.client_id), *([("client_secret", client.client_secret)] if client.client_secret else [])]
    response = await http.request("POST", provider.token_endpoint, headers=headers, form=form, repeatable=False)
    found = json_object(response.body) or {}
    if response.status != 200:
        # The provider's own words may hold what we sent; only its code is looked at.
        known = text(found.get("error"), 60) or ""
        reason = "code_refused" if known == "invalid_grant" else "client_refused" if known in {"invalid_client", "unauthorized_client"} else "provider_error"
        raise refused("the provider did not accept the sign-in: begin again", reason)
    token = found.get("id_token")
    if not isinstance(token, str) or not token or len(token) > LONGEST_TOKEN:
        raise refused("the provider did not say who signed in", "no_id_token")
    return token


async def checked_token(http: Http, provider: Provider, client: Client, keys: Keys, token: str, *, nonce: str, now: datetime) -> Json:
    """The claims of an ID token that is this provider's, for us, for this sign-in and valid now (OpenID Connect Core 1.0 section 3.1.3.7)."""
    forged = refused("the provider's word on who signed in is not authentic", "bad_token")
    key_set = await keys.of(http, _key_id(token))
    try:
        decoded = jwt.decode(token, key_set, algorithms=list(provider.algorithms))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise forged from error
    claims: Json = decoded.claims
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    if claims.get("iss") != provider.issuer or client.client_id not in audiences:
        raise forged
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != client.client_id:
        raise forged
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise refused("this sign-in was begun elsewhere: begin again", "other_nonce")
    at = now.timestamp()
    expires, issued, not_before = (_time(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if expires is None or expires <= at - LEEWAY_SECONDS or issued is None or issued > at + LEEWAY_SECONDS or (not_before or 0) > at + LEEWAY_SECONDS:
        raise refused("the provider's word on who signed in is not valid now: check the clocks, then begin again", "expired")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise forged
    return claims


def _key_id(token: str) -> str | None:
    """The name of the key in a token's header, unverified; only for finding the key."""
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    return text(header.get("kid")) if isinstance(header, dict) else None


def _time(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12 else None


def _number(value: object) -> str:
    """A host's numeric id."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else ""
