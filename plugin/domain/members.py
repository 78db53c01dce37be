"""Members: people of a community, as far as the program needs to know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Standing(StrEnum):
    """Whether an account may take part."""

    UNKNOWN = "unknown"
    """Only seen through a post or a registration; the host was not asked yet."""

    MEMBER = "member"
    """Signed up, confirmed, and where the community asks for it approved."""

    PENDING = "pending"
    """Staged, unconfirmed or not approved."""

    SUSPENDED = "suspended"
    """Suspended or silenced by the host's staff."""

    HIDDEN = "hidden"
    """The host is said to have removed the account and is being asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in one community.

    ``host_user_id`` never changes; names do. No e-mail address is kept. ``fields`` are answers to the community's profile questions by the host's field id.
    """

    id: int
    host_user_id: str
    username: str
    name: str = ""
    avatar_url: str = ""
    standing: Standing = Standing.UNKNOWN
    created_at: datetime | None = None
    last_seen_at: datetime | None = None
    trust_level: int = 0
    admin: bool = False
    moderator: bool = False
    title: str = ""
    bio: str = ""
    location: str = ""
    locale: str = ""
    timezone: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    read_at: datetime | None = None
    """When the host was last asked about this member; ``None`` if only hints are known."""

    @property
    def takes_part(self) -> bool:
        """Whether this member may be suggested and may ask."""
        return self.standing in (Standing.MEMBER, Standing.UNKNOWN)


class Card(NamedTuple):
    """What a directory shows of a member: as little as a page of them needs."""

    id: int
    host_user_id: str
    username: str
    name: str
    avatar_url: str
    title: str
    timezone: str


class Consent(StrEnum):
    """What a member can agree to or refuse; each has a text with a version."""

    MESSAGES = "messages"
    """To get suggestions as messages in the host. Off unless given."""

    EXPERT = "expert"
    """To be suggested as someone who could help. On unless withdrawn: it shows only what every member can read anyway."""

    INVITATIONS = "invitations"
    """To be asked whether one would take part in a program. On unless withdrawn."""

    THANKS = "thanks"
    """To be thanked in public by name. Off unless given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One decision of a member. ``source`` says how it reached us, ``text_version`` which words the member saw."""

    member_id: int
    kind: Consent
    given: bool
    at: datetime
    source: str
    text_version: str
