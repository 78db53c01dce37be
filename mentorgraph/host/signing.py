"""Who signs in, as a host or an identity provider says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mentorgraph.events import MemberChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStart:
    """How to begin a sign-in: send a browser to ``url``, or let a page of the host fetch it with ``parameters`` (same-origin exchange)."""

    url: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the host says is signed in. ``nonce`` is ours, to be used once. Only ``host_user_id`` identifies: names and addresses change."""

    nonce: str
    host_user_id: str
    username: str
    name: str = ""
    avatar_url: str = ""
    admin: bool = False
    moderator: bool = False
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member who was named at a sign-in, as the host has them now. ``email`` is the address that the host has for them, if it tells one."""

    member: MemberChanged
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignIn:
    """A sign-in at an identity provider that was begun: where to send the browser, and what to keep, sealed, until it comes back."""

    url: str
    memory: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedSignIn:
    """What a community's own platform is told, so that its members sign in there through us.

    The profile is JSON with ``id`` (:attr:`Account.member`'s on the host), ``email``, ``name`` and ``avatar_url``.
    """

    client_id: str
    scope: str
    authorize_url: str
    token_url: str
    profile_url: str


class Match(StrEnum):
    """How a value that an identity provider says leads to a member of the host."""

    PREFERRED = ""
    """As an external id where the host knows its members by such (:attr:`Capability.EXTERNAL_IDS`), else as the member's id."""
    MEMBER = "member"
    """The value is the member's id on the host."""
    EXTERNAL = "external"
    """The value is the id by which the host knows the member from the same provider."""
    ADDRESS = "address"
    """The value is an e-mail address that the provider has verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedPerson:
    """Who an identity provider says signed in."""

    value: str = field(repr=False)
    match: Match = Match.PREFERRED
