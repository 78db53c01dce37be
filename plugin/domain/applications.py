"""Applications of developers: what they may ask for, and where the browser may be sent back to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from plugin.domain.people import SERVICE_SCOPES, Scope

APPLICATION_SCOPES = frozenset({Scope.READ, Scope.ME, Scope.PROGRAMS, Scope.INTROSPECT})
"""What an application may ever be given. Administration and safety are done in person."""
SIGN_IN_SCOPES = frozenset({Scope.PROFILE})
"""What the community's own platform is given whose members sign in there through us: nothing else, and nobody else is given it."""
CODE, REFRESH, CLIENT = "authorization_code", "refresh_token", "client_credentials"
GRANTS = frozenset({CODE, REFRESH, CLIENT})
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class ApplicationState(StrEnum):
    """Where an application is on its way; only an approved one can do anything."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A client in the words of RFC 7591. One without a secret is public, such as an application on a telephone."""

    id: int
    client_id: str
    secret: bytes | None = field(repr=False)
    """The hash of its secret."""
    name: str
    redirect_uris: tuple[str, ...]
    grants: frozenset[str]
    scopes: frozenset[Scope]
    state: ApplicationState
    created_at: datetime
    decided_at: datetime | None = None

    @property
    def signs_in(self) -> bool:
        """Whether it is the community's own platform."""
        return self.scopes == SIGN_IN_SCOPES

    def accepts(self, redirect_uri: str) -> bool:
        """Whether the browser may be sent there: exactly as registered, but for the port of a loopback address (RFC 8252 §7.3)."""
        if redirect_uri in self.redirect_uris or self.signs_in:
            return redirect_uri in self.redirect_uris
        return any(_same_but_port(redirect_uri, known) for known in self.redirect_uris)


def usable(redirect_uri: str) -> bool:
    """Whether an address may be registered: https, http on a loopback address, or a scheme of one's own with a dot in it (RFC 8252 §7.1); no fragment."""
    if len(redirect_uri) > 500 or not redirect_uri.isascii() or not redirect_uri.isprintable() or any(one in redirect_uri for one in " \\#<>\"'`;,*"):
        return False
    try:
        parts = urlsplit(redirect_uri)
        _ = parts.port
    except ValueError:
        return False
    if "@" in parts.netloc:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme == "http":
        return parts.hostname in _LOOPBACK
    return "." in parts.scheme and ":" not in parts.netloc


def _same_but_port(given: str, known: str) -> bool:
    if not (usable(given) and known.startswith("http://")):
        return False
    one, other = urlsplit(given), urlsplit(known)
    return (one.scheme, one.hostname, one.path, one.query) == (other.scheme, other.hostname, other.path, other.query)


def possible(scopes: frozenset[Scope], grants: frozenset[str]) -> bool:
    """Whether an application may ask for these; one that acts for nobody cannot act for a member."""
    return bool(scopes) and scopes <= (APPLICATION_SCOPES if CODE in grants else SERVICE_SCOPES)
