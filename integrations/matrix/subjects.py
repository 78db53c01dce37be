"""What the homeserver says of members, rooms and messages, in the service's words."""

from datetime import UTC, datetime

from integrations.matrix.homeserver import Brief, Homeserver
from integrations.matrix.identifiers import event_id, link, member_id, message_id, username_of
from integrations.matrix.rooms import Room, access_of, address
from integrations.matrix.text import words_of
from integrations.seen import Seen
from integrations.values import LONG, Json, mapping, text
from mentorgraph.events import Event, MemberChanged, PostChanged, SpaceChanged, TopicChanged

MESSAGE = "m.room.message"
_DEEPEST = 8
"""Answers to answers that are followed back to the message that began it all."""
_TITLE = 120
_LAST_NUMBER = 2**31 - 1


def member(found: str, profile: Json, seen: Seen, *, joined: bool = True) -> MemberChanged:
    """A member by their profile. Who is in none of the community's rooms takes no part."""
    name = text(profile.get("display_name")) or text(profile.get("displayname"))
    return MemberChanged(**seen, host_user_id=found, username=username_of(found), name=name or "", active=joined)


def space(room: Room, known: frozenset[str], seen: Seen) -> SpaceChanged:
    """A room of the community."""
    return SpaceChanged(
        **seen,
        space_id=room.id,
        name=room.title,
        slug=room.alias,
        url=address(room),
        description=room.topic,
        access=access_of(room, known),
    )


def moment(value: object) -> datetime | None:
    """A time of the homeserver (milliseconds since 1970); ``None`` for what is none."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 32_503_680_000_000:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def is_post(event: Json, me: str) -> bool:
    """Whether an event is words of a person: no edit (told of with the message that it changes), no notice of a program, nothing of ours, not redacted."""
    content = mapping(event.get("content"))
    edits = mapping(content.get("m.relates_to")).get("rel_type") == "m.replace"
    return event.get("type") == MESSAGE and text(content.get("msgtype")) in {"m.text", "m.emote"} and not edits and event.get("sender") != me


async def post(server: Homeserver, room: str, event: Json, seen: Seen) -> list[Event]:
    """A message, and the topic that it opens if it answers none; nothing when the event is no message of a person.

    A message belongs to the topic of the thread that it is in, or else of the message that it answers. Messages have no numbers: that of an answer is the time
    since the topic began in tenths of a second, which orders them and lets an answer name what it answers.
    """
    if not is_post(event, await server.me()):
        return []
    found, sender, created = event_id(event.get("event_id")), member_id(event.get("sender")), moment(event.get("origin_server_ts"))
    brief = server.note(event)
    if found is None or sender is None or created is None or brief is None:
        return []
    root = await _root(server, room, found, brief)
    began = (await server.brief(room, root) or brief).at
    answered = await server.brief(room, brief.answered) if brief.answered else None
    content, updated = _latest(event)
    body = words_of(content)
    said = PostChanged(
        **seen,
        post_id=message_id(room, found),
        topic_id=message_id(room, root),
        author_id=sender,
        author_username=username_of(sender),
        number=1 if root == found else _number(brief.at, began),
        reply_to_number=None if root == found else (_number(answered.at, began) if answered and brief.answered != root else 1),
        created_at=created,
        updated_at=max(created, updated or created),
        text=body,
        mentions=_mentions(content),
        url=link(room, found),
        space_id=room,
    )
    return [topic(room, event, seen), said] if root == found else [said]


async def _root(server: Homeserver, room: str, found: str, brief: Brief) -> str:
    for _ in range(_DEEPEST):
        if brief.root is not None:
            return brief.root
        if brief.answered is None:
            return found
        before = await server.brief(room, brief.answered)
        if before is None:
            # What it answers is gone: what is left begins here.
            return found
        found, brief = brief.answered, before
    return found


def _number(at: int, began: int) -> int:
    return min(max(2 + (at - began) // 100, 2), _LAST_NUMBER)


def _latest(event: Json) -> tuple[Json, datetime | None]:
    """The content after the last edit by the author, which the homeserver bundles with the message, and when that was."""
    content = mapping(event.get("content"))
    edit = mapping(mapping(mapping(event.get("unsigned")).get("m.relations")).get("m.replace"))
    changed = mapping(mapping(edit.get("content")).get("m.new_content"))
    if not changed or edit.get("sender") != event.get("sender"):
        return content, None
    return changed, moment(edit.get("origin_server_ts"))


def _mentions(content: Json) -> tuple[str, ...]:
    named = mapping(content.get("m.mentions")).get("user_ids")
    found = [member_id(item) for item in named[:50]] if isinstance(named, list) else []
    return tuple(username_of(item) for item in found if item)


def topic(room: str, event: Json, seen: Seen) -> TopicChanged:
    """The topic that a message opens; its title is how the message begins."""
    found, created = str(event.get("event_id")), moment(event.get("origin_server_ts"))
    content, _ = _latest(event)
    return TopicChanged(
        **seen,
        topic_id=message_id(room, found),
        title=title_of(words_of(content)),
        url=link(room, found),
        space_id=room,
        author_id=member_id(event.get("sender")),
        created_at=created,
        bumped_at=created,
    )


def title_of(words: str) -> str:
    """The first line, cut at a word."""
    line = next((line.strip() for line in words.splitlines() if line.strip()), "…")[:LONG]
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rsplit(' ', 1)[0]} …"


def is_redacted(event: Json) -> bool:
    """Whether the words of a message were taken away."""
    return "redacted_because" in mapping(event.get("unsigned")) or not mapping(event.get("content"))
