"""Our messages as Matrix messages: plain text, and HTML of the few tags that clients show (https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes).

What members wrote is escaped, so no markup, link or mention of theirs takes effect; ``m.mentions`` is sent empty, so that nobody is notified by being named.
"""

from collections.abc import Sequence
from html import escape

from integrations.matrix.identifiers import link, member_id
from integrations.wording import is_web, one_line, time_line
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
    Mention,
    Paragraph,
    Quote,
    RemoveFromGroup,
    Rendered,
    Reply,
    TopicMessage,
    Words,
)

MAX_TEXT = 24_000
"""Characters of the plain text; both forms together and their envelope stay below the 65 536 bytes of an event for texts of most scripts."""


def render(message: HostMessage) -> Rendered:
    """A message as the room will get it, in its plain form."""
    match message:
        case DirectMessage():
            return Rendered(to=", ".join(message.to), title=one_line(message.title), text=plain(message.title, message.body))
        case TopicMessage():
            return Rendered(to=f"room {message.space_id}", title=one_line(message.title), text=plain(message.title, message.body))
        case EditTopic():
            return Rendered(to=f"thread {message.topic_id}", title=one_line(message.title), text=plain(message.title, message.body))
        case Reply():
            return Rendered(to=f"thread {message.topic_id}", title="", text=plain("", message.body))
        case CreateGroup():
            return Rendered(to="rooms", title=one_line(message.title), text=", ".join((*message.owner_usernames, *message.member_usernames)))
        case AddToGroup():
            return Rendered(to=f"room {message.group_id}", title="", text=", ".join(f"+{name}" for name in message.usernames))
        case RemoveFromGroup():
            return Rendered(to=f"room {message.group_id}", title="", text=", ".join(f"-{name}" for name in message.usernames))
        case GrantBadge():
            return Rendered(to=message.username, title=one_line(message.badge_name), text=one_line(message.reason))


def content(title: str, body: Sequence[Block]) -> dict[str, object]:
    """The content of an ``m.room.message``."""
    return {"msgtype": "m.text", "body": plain(title, body), "format": "org.matrix.custom.html", "formatted_body": formatted(title, body), "m.mentions": {}}


def plain(title: str, body: Sequence[Block]) -> str:
    """Title and blocks as text, cut between blocks where it would be too long."""
    texts = [one_line(title)] if title else []
    left = MAX_TEXT
    for block in body:
        text = _plain_block(block)
        if text and len(text) <= left:
            texts.append(text)
            left -= len(text)
    return "\n\n".join(texts)


def formatted(title: str, body: Sequence[Block]) -> str:
    """Title and blocks as HTML."""
    texts = [f"<p><strong>{escape(one_line(title))}</strong></p>"] if title else []
    left = MAX_TEXT
    for block in body:
        text = _plain_block(block)
        if text and len(text) <= left:
            texts.append(_formatted_block(block))
            left -= len(text)
    return "".join(texts)


def _plain_block(block: Block) -> str:
    match block:
        case Paragraph():
            return "".join(map(_plain_inline, block.parts)).strip()
        case Bullets():
            return "\n".join(f"• {line}" for item in block.items if (line := "".join(map(_plain_inline, item)).strip()))
        case Quote():
            return "\n".join(f"> {line}" for line in block.text.splitlines() if line.strip())
        case CalendarEntry():
            return _time_line(block)


def _formatted_block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p>{_formatted_line(block.parts)}</p>"
        case Bullets():
            return "<ul>" + "".join(f"<li>{_formatted_line(item)}</li>" for item in block.items) + "</ul>"
        case Quote():
            return f"<blockquote>{'<br>'.join(escape(line) for line in block.text.splitlines() if line.strip())}</blockquote>"
        case CalendarEntry():
            return f"<p>{escape(_time_line(block))}</p>"


def _formatted_line(parts: Sequence[Inline]) -> str:
    return "".join(map(_formatted_inline, parts))


def _plain_inline(part: Inline) -> str:
    match part:
        case str():
            return part
        case Words():
            return " ".join(part.text.split())
        case Link():
            return f"{part.text} ({part.url})" if is_web(part.url) else part.text
        case Mention():
            return part.username


def _formatted_inline(part: Inline) -> str:
    match part:
        case str():
            return escape(part)
        case Words():
            return escape(" ".join(part.text.split()))
        case Link():
            return f'<a href="{escape(part.url)}">{escape(part.text)}</a>' if is_web(part.url) else escape(part.text)
        case Mention():
            found = member_id(f"@{part.username}")
            return f'<a href="{escape(link(found))}">{escape(part.username)}</a>' if found else escape(part.username)


def _time_line(entry: CalendarEntry) -> str:
    return f"{time_line(entry)} {entry.url}" if is_web(entry.url) else time_line(entry)
