"""Our messages in the forum's markup. Pure. What members wrote is shown literally: see :mod:`integrations.discourse.markup`."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote, urlsplit

from integrations.discourse import addresses
from integrations.discourse.markup import literal, literal_lines, plain_line
from integrations.wording import zone_of
from mentorgraph.host import (
    AddToGroup,
    Block,
    Bullets,
    CalendarEntry,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostMessage,
    Inline,
    Link,
    Paragraph,
    Quote,
    RemoveFromGroup,
    Rendered,
    Reply,
    TopicMessage,
    Words,
)

MAX_TITLE, MAX_GROUP_NAME, MAX_GROUP_TITLE = 255, 20, 100
MAX_RAW = 30_000
"""Characters of a post; the forum's own limit is 32 000 unless an admin changed it."""

_MIN_TITLE, _MIN_RAW, _MIN_DISTINCT = 15, 20, 10
_LONGEST_WORD = 30
"""The forum's defaults for titles and posts: ``min_topic_title_length``, ``min_post_length``, ``title_min_entropy``, ``title_max_word_length``."""

_TITLE_SIGNATURE, _SIGNATURE = " \u00b7 from Mentorgraph", "\u2014 sent by Mentorgraph"
_TIMEZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_]+", re.ASCII)
_NOT_IN_VALUES = re.compile(r"[\"'\[\]<>`=\\\n\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019]+")
_WEB = frozenset({"http", "https"})


def render(message: HostMessage) -> Rendered:
    """A message as the forum will get it. Addresses within the forum are relative here and whole when it is sent."""
    return rendered(message)


def rendered(message: HostMessage, *, base_url: str = "", calendar: bool = True) -> Rendered:
    """A message for the forum at ``base_url``; with ``calendar``, entries of a calendar are made by its calendar plugin."""
    match message:
        case DirectMessage():
            return Rendered(to=", ".join(message.to), title=title(message.title), text=body(message.body, base_url=base_url, calendar=calendar))
        case TopicMessage():
            return Rendered(to=f"category {message.space_id}", title=title(message.title), text=body(message.body, base_url=base_url, calendar=calendar))
        case EditTopic():
            return Rendered(to=f"topic {message.topic_id}", title=title(message.title), text=body(message.body, base_url=base_url, calendar=calendar))
        case Reply():
            # The calendar takes events from the first post of a topic only.
            return Rendered(to=f"topic {message.topic_id}", title="", text=body(message.body, base_url=base_url, calendar=False))
        case CreateGroup():
            return Rendered(to="groups", title=group_title(message.title), text=", ".join((*message.owner_usernames, *message.member_usernames)))
        case AddToGroup():
            return Rendered(to=f"group {message.group_id}", title="", text=", ".join(f"+{name}" for name in message.usernames))
        case RemoveFromGroup():
            return Rendered(to=f"group {message.group_id}", title="", text=", ".join(f"-{name}" for name in message.usernames))
        case GrantBadge():
            return Rendered(to=message.username, title=plain_line(message.badge_name, MAX_GROUP_TITLE), text=plain_line(message.reason, MAX_TITLE))


def title(text: str) -> str:
    """A title of 15 to 255 characters that the forum accepts: no word of more than 30 characters, and not all in capitals."""
    words = (word[start : start + _LONGEST_WORD] for word in plain_line(text, MAX_TITLE).split() for start in range(0, len(word), _LONGEST_WORD))
    line = " ".join(words)
    if line.isupper():
        line = line.capitalize()
    if len(line) < _MIN_TITLE or len(set(line)) < _MIN_DISTINCT:
        line = f"{line[: MAX_TITLE - len(_TITLE_SIGNATURE)]}{_TITLE_SIGNATURE}".strip()
    return plain_line(line, MAX_TITLE)


def body(blocks: Sequence[Block], *, base_url: str = "", calendar: bool = True) -> str:
    """The blocks as one post, long enough for the forum and cut between blocks where it would be too long.

    The calendar takes one event a post; further entries are lines.
    """
    texts: list[str] = []
    left = MAX_RAW
    for block in blocks:
        text = _block(block, base_url=base_url, calendar=calendar)
        if text and len(text) <= left:
            texts.append(text)
            left -= len(text) + 2
            calendar = calendar and not isinstance(block, CalendarEntry)
    raw = "\n\n".join(texts)
    if len(raw) < _MIN_RAW or len(set(raw)) < _MIN_DISTINCT or raw.isupper():
        raw = f"{raw}\n\n{_SIGNATURE}".strip()
    return raw


def _block(block: Block, *, base_url: str, calendar: bool) -> str:
    match block:
        case Paragraph():
            return _inline(block.parts, base_url=base_url)
        case Bullets():
            return "\n".join(f"- {line}" for item in block.items if (line := _inline(item, base_url=base_url)))
        case Quote():
            return "\n".join(f"> {line}".rstrip() for line in literal_lines(block.text))
        case CalendarEntry():
            return _event(block) if calendar else _time_line(block, base_url=base_url)


# --------------------------------------------------------------------------------------------------------------------- lines


def _inline(parts: Sequence[Inline], *, base_url: str) -> str:
    """Pieces of one line. Neighbouring texts are made safe as one, for markup may begin in one and end in the next."""
    line = run = ""
    for part in parts:
        if isinstance(part, str | Words):
            run += part if isinstance(part, str) else part.text
            continue
        link = _link(part.text, part.url) if isinstance(part, Link) else _link(part.username, addresses.member_url(base_url, part.username))
        line = _with_link(line + _edged(run, begins=not line), link)
        run = ""
    return (line + _edged(run, begins=not line)).strip()


def _with_link(line: str, link: str) -> str:
    """A link behind a text. An exclamation mark right before it would make a picture of it."""
    return f"{line[:-1]}&excl;{link}" if line.endswith("!") and link.startswith("[") else line + link


def _edged(run: str, *, begins: bool) -> str:
    """A safe text that keeps its space towards a link at either end."""
    shown = literal(run, begins=begins)
    if not shown:
        return " " if run else ""
    return f"{' ' if run[0].isspace() else ''}{shown}{' ' if run[-1].isspace() else ''}"


def _link(text: str, url: str) -> str:
    shown, address = literal(text), _address(url)
    return f"[{shown}]({address})" if shown and address else shown


def _address(url: str) -> str:
    """An address of the web, or a path of the forum, with everything quoted that could end a link; empty for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_path = not parts.scheme and not parts.netloc and url.startswith("/") and not url.startswith(("//", "/\\"))
    if not is_path and (parts.scheme not in _WEB or not parts.netloc):
        return ""
    return quote(url, safe="/:?#@!$&+,;=%-._~")


# --------------------------------------------------------------------------------------------------------------------- calendar


def _event(entry: CalendarEntry) -> str:
    zone = _zone(entry.timezone)
    values = {
        "start": _local(entry.start, zone),
        "end": _local(entry.end, zone),
        "timezone": str(zone),
        "status": "public",
        "name": _value(entry.name),
        "location": _address(entry.url).replace("'", "%27"),
        "reminders": "notification.15.minutes,notification.1.days" if entry.reminders else "",
    }
    opening = "[event " + " ".join(f'{key}="{value}"' for key, value in values.items() if value) + "]"
    return "\n".join([opening, *(line for line in literal_lines(entry.description) if line), "[/event]"])


def _time_line(entry: CalendarEntry, *, base_url: str) -> str:
    zone = _zone(entry.timezone)
    when = f": {_local(entry.start, zone)} \u2013 {_local(entry.end, zone)} ({zone})"
    lines = [_inline((Link(entry.name, entry.url) if entry.url else entry.name, when), base_url=base_url), *literal_lines(entry.description)]
    return "\n".join(lines)


def _zone(name: str) -> tzinfo:
    """A time zone whose name cannot end the markup that it stands in."""
    return zone_of(name) if _TIMEZONE.fullmatch(name) else UTC


def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _value(text: str) -> str:
    return " ".join(_NOT_IN_VALUES.sub(" ", plain_line(text, MAX_TITLE)).replace("@", "\uff20").split())


# --------------------------------------------------------------------------------------------------------------------- groups


def group_name(slug: str) -> str:
    """A name for a group as the forum wants it: 3 to 20 small letters, digits and underscores, no underscore at an end or twice."""
    name = re.sub(r"_{2,}", "_", _NOT_IN_NAMES.sub("_", slug.lower())).strip("_")[:MAX_GROUP_NAME].strip("_")
    return name if len(name) >= 3 else f"group_{name}".rstrip("_")


def group_title(text: str) -> str:
    """What people read as a group's name."""
    return plain_line(text, MAX_GROUP_TITLE)
