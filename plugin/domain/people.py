"""Who is asking: the principal behind a request, and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a token may do. Reading a community's directory and speaking for a member are apart on purpose."""

    READ = "community:read"
    """Read members, skills, programs and ask for experts."""

    ME = "me"
    """Act for the member behind the token: needs, suggestions, consent."""

    PROGRAMS = "programs:write"
    """Create and run programs. With a member's token: all of the community's for its admins, those that were granted for a program manager."""

    ADMIN = "community:admin"
    """What the community's admins may: deliveries, tokens of services, who holds which office."""

    SAFETY = "safety"
    """Read reports and act on them. Admins have no part in it by being admins."""

    PROFILE = "profile"
    """Read who signed in: for the community's own platform, whose members sign in there through us. No token of a member's or a service's making has it."""

    INTROSPECT = "introspect"
    """Read the GraphQL schema and open GraphiQL."""


MEMBER_SCOPES = frozenset({Scope.READ, Scope.ME, Scope.INTROSPECT})
"""What every member has a right to."""
OFFICE_SCOPES = frozenset({Scope.PROGRAMS, Scope.ADMIN, Scope.SAFETY})
"""What a member's token may carry besides; it counts while the member holds the office that it belongs to."""
SERVICE_SCOPES = frozenset({Scope.READ, Scope.PROGRAMS, Scope.INTROSPECT})
"""What a service is given unless its token says otherwise; it may be given :attr:`Scope.ADMIN` too, never what is one person's."""


class Office(StrEnum):
    """What a member is in charge of in the whole community. Who manages a program is kept with the program."""

    ADMIN = "admin"
    """Admin of the community: the host says so, or an invitation where the host cannot."""

    SAFETY = "safety"
    """One of those whom members can report to; granted by an admin."""


RIGHTS: Mapping[Office, frozenset[Scope]] = {
    Office.ADMIN: frozenset({Scope.PROGRAMS, Scope.ADMIN}),
    Office.SAFETY: frozenset({Scope.SAFETY}),
}
"""The one place that says which office may do what."""


MESSAGE = "message"
"""The audience of a session that was begun by a code which somebody beside the member could read: it opens nothing that is private."""
APPLICATION = "application"
"""The audience of a token that a developer's application holds: it opens nothing that is private, and makes no tokens."""
_OPEN = frozenset({"widget", MESSAGE, APPLICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A token that was accepted. ``member_id`` is ``None`` for a service token, which is never a member's.

    ``scopes`` are what it carries *and* its bearer has a right to at this moment (:mod:`plugin.services.identity.rights`).
    """

    installation_id: int
    member_id: int | None
    scopes: frozenset[Scope]
    token_id: int
    audience: str = "api"
    """``api`` for a token that a person or a service made, ``session`` for a browser of ours, ``widget`` for a page of the host, :data:`MESSAGE`."""

    manages: bool = True
    """Whether programs that were granted to the member may be run with this; a token that does not carry ``programs:write`` may not."""

    unsure: bool = False
    """Whether the host did not say if the member is an admin. Not knowing means no."""

    @property
    def private(self) -> bool:
        """Whether nobody but the member can have come by this token: only then it opens private feedback, export, erasure and what admins do."""
        return self.audience not in _OPEN

    @property
    def actor(self) -> str:
        """Who is named in the audit log."""
        return f"token:{self.token_id}" if self.member_id is None else str(self.member_id)

    def may(self, scope: Scope) -> bool:
        """Whether this may be done."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs the service, by a session that a set-up link opened. Connects communities and sees no member's data."""

    session: bytes
    """The hash by which the session is kept."""
