"""What has happened in a community, in our words and in the past tense.

Hosts speak in deliveries and listings; everything behind the port speaks in these events. An event is a statement about the host at one moment.
It may come twice, late or out of order, so whoever handles one must reach the same state whichever way the events of one subject arrive.

``None`` in an optional attribute means "the source did not say", never "empty": a webhook body and a listing know different things about a member, and
silence must not erase what another source said. An empty string or tuple is a statement.

Identifiers of the host are strings here, whatever they are on the wire. Times are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Kind = Literal["member", "group", "space", "topic", "post", "badges"]
"""Subjects of a host that can be read one at a time."""


class Source(StrEnum):
    """How much an event may be believed."""

    HINT = "hint"
    """From a delivery. Signed, but possibly old, repeated or relabelled: where it matters, the host is asked."""

    HOST = "host"
    """Read from the host by us, just now. Overrides hints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base of all events.

    ``seen_at`` is when the host was in the state that the event tells of, as far as the source knows: the time of the read for a listing, the
    subject's own time stamp for a delivery.
    """

    seen_at: datetime
    source: Source = Source.HINT


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(Event):
    """A member exists and looks like this.

    ``fields`` are the profile questions of the community by the host's field id (``{"1": "Berlin"}``). ``suspended`` and ``silenced`` say whether the
    member may take part now. ``staged`` is an address-only account that nobody has signed in to yet; ``active`` means a
    confirmed e-mail address, ``approved`` that staff let the member in where the community asks for it.
    """

    host_user_id: str
    username: str
    name: str | None = None
    avatar_url: str | None = None
    created_at: datetime | None = None
    last_seen_at: datetime | None = None
    last_posted_at: datetime | None = None
    trust_level: int | None = None
    admin: bool | None = None
    moderator: bool | None = None
    staged: bool | None = None
    active: bool | None = None
    approved: bool | None = None
    suspended: bool | None = None
    silenced: bool | None = None
    title: str | None = None
    bio: str | None = None
    location: str | None = None
    locale: str | None = None
    timezone: str | None = None
    fields: Mapping[str, str] | None = None
    group_ids: tuple[str, ...] | None = None
    """Groups that are not automatic; ``None`` when the source does not list them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSeen(Event):
    """A member was around: signed in, confirmed an address, was approved. Proof that the account is in use."""

    host_user_id: str
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """A member was destroyed or anonymised, or the host no longer knows the id. Leads to erasure once the host has confirmed it."""

    host_user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoinedGroup(Event):
    """A member was added to a group that is not automatic."""

    host_user_id: str
    group_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeftGroup(Event):
    """A member was removed from a group that is not automatic."""

    host_user_id: str
    group_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged(Event):
    """A group exists. ``name`` is what the host's addresses and mentions use, ``title`` what people read."""

    group_id: str
    name: str
    title: str | None = None
    automatic: bool = False
    member_ids: tuple[str, ...] | None = None
    """All members, when the source listed them whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDeleted(Event):
    """A group is gone."""

    group_id: str


class Access(StrEnum):
    """Who may read a space, as far as the plugin needs to know."""

    MEMBERS = "members"
    """Every signed-in member (and perhaps everybody)."""

    GROUPS = "groups"
    """Only members of the groups listed beside it."""

    NOBODY = "nobody"
    """Not established, so treated as closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceChanged(Event):
    """A space (category, channel, room) where topics live exists."""

    space_id: str
    name: str
    slug: str = ""
    url: str = ""
    description: str | None = None
    access: Access | None = None
    group_ids: tuple[str, ...] = ()
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceDeleted(Event):
    """A space is gone."""

    space_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChanged(Event):
    """A tag exists; tags are known by name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDeleted(Event):
    """A tag is gone."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChanged(Event):
    """A topic exists and looks like this."""

    topic_id: str
    title: str
    slug: str = ""
    url: str = ""
    space_id: str | None = None
    tags: tuple[str, ...] | None = None
    author_id: str | None = None
    created_at: datetime | None = None
    bumped_at: datetime | None = None
    visible: bool = True
    closed: bool = False
    solved: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDeleted(Event):
    """A topic was deleted, or the host no longer shows it."""

    topic_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRead(Event):
    """The whole list of a topic's visible posts was read; posts of ours that are not in it are suspect."""

    topic_id: str
    post_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChanged(Event):
    """A post exists in this version.

    ``text`` is the words of the post without code, quotes of others and markup; it is used to derive terms and is never stored. ``None`` when the source
    did not bring it. ``mentions`` are user names as written. ``version`` and ``updated_at`` order the versions of one post.
    """

    post_id: str
    topic_id: str
    author_id: str
    author_username: str | None = None
    number: int = 1
    reply_to_number: int | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1
    text: str | None = field(default=None, repr=False)
    mentions: tuple[str, ...] = ()
    url: str = ""
    hidden: bool = False
    like_count: int | None = None
    accepted: bool | None = None
    """Whether this post is the topic's accepted answer; ``None`` where the source does not say."""
    topic_title: str | None = None
    space_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted(Event):
    """A post was deleted, or the host no longer shows it."""

    post_id: str
    topic_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLiked(Event):
    """A member liked a post."""

    post_id: str
    member_id: str
    author_id: str | None = None
    topic_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnliked(Event):
    """A like was taken back."""

    post_id: str
    member_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LikesRead(Event):
    """All likes that one member has given were read."""

    member_id: str
    post_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionAccepted(Event):
    """A post was accepted as the answer of its topic."""

    topic_id: str
    post_id: str
    author_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionUnaccepted(Event):
    """A post is no longer the accepted answer of its topic."""

    topic_id: str
    post_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeGranted(Event):
    """A member holds a badge. ``grant_id`` names this one grant where the host numbers them."""

    host_user_id: str
    badge_id: str
    grant_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeRevoked(Event):
    """A badge was taken back."""

    host_user_id: str
    badge_id: str
    grant_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPinged(Event):
    """The host says that it can reach us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectDoubted(Event):
    """Something about a subject changed, and the source does not say what, or its words must not be kept: the host is asked how the subject is now."""

    kind: Kind
    host_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsHinted(Event):
    """Something happened, and the source does not say to what: what is new is read soon."""
