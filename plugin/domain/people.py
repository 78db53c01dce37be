"""Who is asking: the principal behind a request, and what it may do."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a token may do. Reading a community's directory and speaking for a member are apart on purpose."""

    READ = "community:read"
    """Read members, skills, programs and ask for experts."""

    ME = "me"
    """Act for the member behind the token: needs, suggestions, consent."""

    PROGRAMS = "programs:write"
    """Create programs and change their state."""

    INTROSPECT = "introspect"
    """Read the GraphQL schema and open GraphiQL."""


MEMBER_SCOPES = frozenset({Scope.READ, Scope.ME, Scope.INTROSPECT})
SERVICE_SCOPES = frozenset({Scope.READ, Scope.PROGRAMS, Scope.INTROSPECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A token that was accepted. ``member_id`` is ``None`` for a service token, which is never a member's."""

    installation_id: int
    member_id: int | None
    scopes: frozenset[Scope]
    token_id: int
    audience: str = "api"
    """``api`` for a token that a person or a service made, ``session`` for a browser of ours, ``widget`` for a page of the host."""

    def may(self, scope: Scope) -> bool:
        """Whether the token carries ``scope``."""
        return scope in self.scopes
