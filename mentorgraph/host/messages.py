"""What is said in a host, in blocks that know no host's markup."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a member. They are made safe for the host's markup: no mention, link or markup of theirs takes effect."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of ours to an address of ours or the host's."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A member named so that a reader can go to their profile, without notifying them."""

    username: str


Inline = str | Words | Link | Mention
"""A piece of a line. A plain ``str`` is our own text, written by us or by a translator: it is shown literally too."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of pieces."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list with one line of pieces an item."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a member, set off as theirs."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """An event in the host's own calendar, where it has one; elsewhere a line with the time. Times are aware."""

    name: str
    start: datetime
    end: datetime
    timezone: str
    url: str = ""
    description: str = ""
    reminders: bool = True


Block = Paragraph | Bullets | Quote | CalendarEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessage:
    """A private message to members, by their host user names."""

    to: tuple[str, ...]
    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMessage:
    """A new public topic."""

    space_id: str
    title: str
    body: tuple[Block, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTopic:
    """Title and text of a topic of ours as they are to be from now on. Being so already is no error."""

    topic_id: str
    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply to a topic."""

    topic_id: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGroup:
    """A closed group for a circle or a pair. ``title`` is what people read; the host's name for it is made from ``slug``."""

    slug: str
    title: str
    member_usernames: tuple[str, ...] = ()
    owner_usernames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToGroup:
    """Members to be in a group. Who is in it already is no error."""

    group_id: str
    usernames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromGroup:
    """Members to be out of a group. Who is out already is no error."""

    group_id: str
    usernames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantBadge:
    """A badge for a member. Holding it already is no error. ``badge_name`` is created on the host when missing."""

    username: str
    badge_name: str
    reason: str = ""


HostMessage = DirectMessage | TopicMessage | EditTopic | Reply | CreateGroup | AddToGroup | RemoveFromGroup | GrantBadge


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where the host put a message: its id there and, where it has one, its address."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as the host will get it, for a dry run: a title, the text in the host's markup, and to whom or where."""

    to: str
    title: str
    text: str
