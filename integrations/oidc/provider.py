"""What a provider says of itself (OpenID Connect Discovery 1.0)."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

from integrations.values import Json, flag, text, texts
from mentorgraph.host import HostBroken, HostInvalid, Http, SignInRefused

WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512")
"""Signatures by a private key. ``none`` and those by a shared secret are not accepted: the keys are fetched, so they must be public."""
_LONGEST = 500
_LOCAL = re.compile(r"(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])\Z")
_WHAT_TO_TYPE = "type it exactly as the provider names itself, such as https://id.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What an admin registered at a provider. ``member_claim`` is the claim that holds the member's id on the host."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    member_claim: str = "sub"
    scopes: tuple[str, ...] = ("openid",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Addresses and abilities of a provider."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    """Whether it promises ``iss`` in its answers; then an answer without it is none of its (RFC 9207 section 2.4)."""
    algorithms: tuple[str, ...]
    basic: bool
    """Whether the client's secret goes into a header rather than into the form."""


def checked_issuer(issuer: str) -> str:
    """An issuer as an admin typed it. Raises :class:`HostInvalid` for an address that is not https, or not http on this machine."""
    typed = issuer.strip()
    try:
        parts = urlsplit(typed)
        local = bool(_LOCAL.match(parts.netloc.rpartition(":")[0] if ":" in parts.netloc else parts.netloc))
    except ValueError as error:
        raise HostInvalid(f"This is not an issuer: {_WHAT_TO_TYPE}", reason="issuer") from error
    plain = not parts.query and not parts.fragment and "@" not in parts.netloc and typed.isprintable() and " " not in typed
    if not plain or not parts.netloc or len(typed) > _LONGEST or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise HostInvalid(f"This is not an issuer: {_WHAT_TO_TYPE}", reason="issuer")
    return typed


async def discover(http: Http, issuer: str) -> Provider:
    """Read a provider's description. Raises :class:`HostBroken` when it is none, or is somebody else's."""
    wanted = checked_issuer(issuer)
    response = await http.request("GET", f"{wanted.rstrip('/')}{WELL_KNOWN}", headers={"Accept": "application/json"}, repeatable=True)
    found = json_object(response.body) if response.status == 200 else None
    if found is None:
        raise HostBroken("There is no OpenID provider at this issuer.", reason="no_provider")
    if found.get("issuer") != wanted:
        raise HostBroken("The provider names itself otherwise than the issuer that was typed; type it exactly as it does.", reason="other_issuer")
    supported = [name for name in texts(found.get("id_token_signing_alg_values_supported")) if name in ALGORITHMS] or ["RS256"]
    methods = texts(found.get("token_endpoint_auth_methods_supported")) or ["client_secret_basic"]
    return Provider(
        issuer=wanted,
        authorization_endpoint=_endpoint(found, "authorization_endpoint", wanted),
        token_endpoint=_endpoint(found, "token_endpoint", wanted),
        jwks_uri=_endpoint(found, "jwks_uri", wanted),
        names_itself=flag(found.get("authorization_response_iss_parameter_supported")) is True,
        algorithms=tuple(supported),
        basic="client_secret_basic" in methods,
    )


def _endpoint(found: Json, name: str, issuer: str) -> str:
    address = text(found.get(name), _LONGEST) or ""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise HostBroken(f"The provider's {name} is no address.", reason="no_provider") from error
    if parts.scheme != urlsplit(issuer).scheme and parts.scheme != "https":
        raise HostBroken(f"The provider's {name} is not an address with https.", reason="no_provider")
    if not parts.netloc or parts.fragment or "@" in parts.netloc or not address.isprintable() or " " in address:
        raise HostBroken(f"The provider's {name} is no address.", reason="no_provider")
    return address


def json_object(body: bytes) -> Json | None:
    """The object in an answer, or ``None``."""
    try:
        found: object = orjson.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def refused(message: str, reason: str) -> SignInRefused:
    """A sign-in that cannot be completed."""
    return SignInRefused(message, reason=reason)
