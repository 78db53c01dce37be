"""Our messages as TipTap documents of the few kinds of nodes that Circle's own examples have: doc, paragraph, text with a link, hardBreak.

Text is a node of its own and never read as markup, so what members wrote is shown as they wrote it. A mention needs a token that Circle signs; a name is
written out instead.
"""

from collections.abc import Sequence

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

MAX_TEXT = 20_000

Node = dict[str, object]


def render(message: HostMessage) -> Rendered:
    """A message as Circle will get it, in words."""
    match message:
        case DirectMessage():
            return Rendered(to=", ".join(message.to), title=one_line(message.title), text=plain(message.body))
        case TopicMessage():
            return Rendered(to=f"space {message.space_id}", title=one_line(message.title), text=plain(message.body))
        case EditTopic():
            return Rendered(to=f"post {message.topic_id}", title=one_line(message.title), text=plain(message.body))
        case Reply():
            return Rendered(to=f"post {message.topic_id}", title="", text=comment(message.body))
        case CreateGroup():
            return Rendered(to="spaces", title=one_line(message.title), text=", ".join((*message.owner_usernames, *message.member_usernames)))
        case AddToGroup():
            return Rendered(to=f"group {message.group_id}", title="", text=", ".join(f"+{name}" for name in message.usernames))
        case RemoveFromGroup():
            return Rendered(to=f"group {message.group_id}", title="", text=", ".join(f"-{name}" for name in message.usernames))
        case GrantBadge():
            return Rendered(to=message.username, title=one_line(message.badge_name), text=one_line(message.reason))


def document(body: Sequence[Block], *, title: str = "") -> dict[str, object]:
    """A TipTap document. A direct message has no title of its own: it becomes the first line."""
    content = [_paragraph([(one_line(title), "")])] if title else []
    for block in fitting(body):
        content += [_paragraph(line) for line in _lines(block) if line]
    return {"body": {"type": "doc", "content": content}}


def plain(body: Sequence[Block]) -> str:
    """The words of a body, links with their addresses."""
    return "\n".join("".join(f"{text} ({url})" if url else text for text, url in line) for block in fitting(body) for line in _lines(block))


def comment(body: Sequence[Block]) -> str:
    """A body as the text of a comment, in which Circle keeps no line breaks."""
    return " ".join(plain(body).split())


def fitting(body: Sequence[Block]) -> list[Block]:
    """The blocks that fit, cut between blocks."""
    left, found = MAX_TEXT, []
    for block in body:
        size = sum(len(text) + len(url) for line in _lines(block) for text, url in line)
        if 0 < size <= left:
            found.append(block)
            left -= size
    return found


def _lines(block: Block) -> list[list[tuple[str, str]]]:
    match block:
        case Paragraph():
            return [[_piece(part) for part in block.parts]]
        case Bullets():
            return [[("• ", ""), *(_piece(part) for part in item)] for item in block.items]
        case Quote():
            return [[(f"“{line.strip()}”", "")] for line in block.text.splitlines() if line.strip()]
        case CalendarEntry():
            return [[(time_line(block), ""), *([(f" {block.url}", block.url)] if is_web(block.url) else [])]]


def _piece(part: Inline) -> tuple[str, str]:
    match part:
        case str():
            return part, ""
        case Words():
            return " ".join(part.text.split()), ""
        case Link():
            return part.text, part.url if is_web(part.url) else ""
        case Mention():
            return part.username.rpartition(".")[0] or part.username, ""


def _paragraph(line: Sequence[tuple[str, str]]) -> Node:
    return {"type": "paragraph", "content": [_text(text, url) for text, url in line if text]}


def _text(text: str, url: str) -> Node:
    node: Node = {"type": "text", "text": text}
    return {**node, "marks": [{"type": "link", "attrs": {"href": url, "target": "_blank"}}]} if url else node
