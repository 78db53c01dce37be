"""Saying things on a homeserver.

A message carries our key in its content, so a repeat finds the first; besides, the homeserver gives the same answer to the same transaction id for as long
as it remembers it. Rooms of ours have an alias made from the key or from who is in them, and an alias can be taken only once.
"""

import hashlib
from collections.abc import Sequence

from integrations.matrix import messages
from integrations.matrix.api import CLIENT
from integrations.matrix.homeserver import Homeserver
from integrations.matrix.identifiers import event_id, link, member_of, message_id, room_id, segment, server_of, split
from integrations.values import Json, mapping, text
from integrations.wording import one_line
from mentorgraph.host import (
    AddToGroup,
    Block,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostBroken,
    HostDenied,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Receipt,
    RemoveFromGroup,
    Reply,
    TopicMessage,
)

KEY = "org.mentorgraph.key"
"""Where our key is in the content of a message."""

_TALK, _CIRCLE = "mentorgraph-talk-", "mentorgraph-circle-"
_PAGES_SEARCHED = 3
_IN_USE = "M_ROOM_IN_USE"
_LEVELS = "m.room.power_levels"
_MODERATOR = 50


async def send(server: Homeserver, message: HostMessage, *, key: str) -> Receipt:
    """Say a message. Raises :class:`HostInvalid` for what Matrix has no place for."""
    match message:
        case DirectMessage():
            room = await _talk(server, [member_of(name) for name in message.to], message.title)
            return await _say(server, room, messages.content(message.title, message.body), key)
        case TopicMessage():
            return await _say(server, await _open(server, message.space_id), messages.content(message.title, message.body), key)
        case EditTopic():
            room, root = _topic(message.topic_id)
            await _say(server, await _open(server, room), _replacing(root, message), key)
            return Receipt(remote_id=message.topic_id, url=link(room, root))
        case Reply():
            room, root = _topic(message.topic_id)
            return await _say(server, await _open(server, room), _threaded(root, message.body), key)
        case CreateGroup():
            return await _create(server, message, key)
        case AddToGroup():
            await _invite(server, message.group_id, [member_of(name) for name in message.usernames])
            return Receipt(remote_id=message.group_id, url=link(message.group_id))
        case RemoveFromGroup():
            await _remove(server, message.group_id, [member_of(name) for name in message.usernames])
            return Receipt(remote_id=message.group_id, url=link(message.group_id))
        case GrantBadge():
            raise HostInvalid("Matrix has no badges; thank the member in a room instead.", reason="no_badges")


async def find_sent(server: Homeserver, message: HostMessage, *, key: str) -> Receipt | None:
    """Look for our key where the message belongs. What changes a group is done again without harm."""
    match message:
        case DirectMessage():
            room = await server.resolve(await _talk_alias(server, [member_of(name) for name in message.to]))
        case TopicMessage():
            room = await server.resolve(message.space_id)
        case EditTopic() | Reply():
            room = _topic(message.topic_id)[0]
        case CreateGroup():
            room = await server.resolve(await _alias(server, f"{_CIRCLE}{_short(key)}"))
            return Receipt(remote_id=room, url=link(room)) if room else None
        case _:
            return None
    return None if room is None else await _find(server, room, key)


async def _find(server: Homeserver, room: str, key: str) -> Receipt | None:
    me, token = await server.me(), None
    for _ in range(_PAGES_SEARCHED):
        try:
            chunk, token = await server.walk(room, token, ["m.room.message"])
        except (HostDenied, HostNotFound):
            return None
        for item in chunk:
            found = event_id(item.get("event_id"))
            if found and item.get("sender") == me and mapping(item.get("content")).get(KEY) == key:
                return Receipt(remote_id=message_id(room, found), url=link(room, found))
        if token is None:
            break
    return None


async def _say(server: Homeserver, room: str, content: Json, key: str) -> Receipt:
    answer = await server.api.put(f"{CLIENT}/rooms/{segment(room)}/send/m.room.message/{segment(key)}", {**content, KEY: key})
    found = event_id(answer.get("event_id"))
    if found is None:
        raise HostBroken("The homeserver does not say which event the message became.")
    return Receipt(remote_id=message_id(room, found), url=link(room, found))


async def _open(server: Homeserver, name: str) -> str:
    found = await server.resolve(name)
    if found is None:
        raise HostNotFound("There is no such room.")
    return found


def _topic(topic: str) -> tuple[str, str]:
    found = split(topic)
    if found is None:
        raise HostNotFound("There is no such topic.")
    return found


def _threaded(root: str, body: Sequence[Block]) -> Json:
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
    return {**messages.content("", body), "m.relates_to": relation}


def _replacing(root: str, message: EditTopic) -> Json:
    """The text of an earlier message from now on (https://spec.matrix.org/latest/client-server-api/#event-replacements)."""
    new = messages.content(message.title, message.body)
    return {**new, "body": f"* {new['body']}", "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": root}}


# --------------------------------------------------------------------------------------------------------------------- rooms of ours


async def _talk(server: Homeserver, members: Sequence[str], title: str) -> str:
    """The private room of our account with these members: there is one for the same people, however often they are written to."""
    if not members:
        raise HostInvalid("The message names no member.", reason="nobody")
    name = f"{_TALK}{_short(' '.join(sorted(members)))}"
    made: dict[str, object] = {"preset": "trusted_private_chat", "is_direct": len(members) == 1, "invite": list(members)}
    if len(members) > 1:
        made["name"] = one_line(title)
    room, is_new = await _made(server, name, made)
    if not is_new:
        # Who left the room is asked back in; the message would reach nobody otherwise.
        await _invite(server, room, members)
    return room


async def _create(server: Homeserver, message: CreateGroup, key: str) -> Receipt:
    owners = [member_of(name) for name in message.owner_usernames]
    invited = list(dict.fromkeys([*owners, *(member_of(name) for name in message.member_usernames)]))
    room, _ = await _made(server, f"{_CIRCLE}{_short(key)}", {"preset": "private_chat", "name": one_line(message.title)})
    await server.note_circle(room)
    await _let_moderate(server, room, owners)
    await _invite(server, room, invited)
    await _into_space(server, room)
    return Receipt(remote_id=room, url=link(room))


async def _made(server: Homeserver, alias: str, values: dict[str, object]) -> tuple[str, bool]:
    """The room with this alias of ours, made if there is none; and whether it was."""
    whole = await _alias(server, alias)
    known = await server.resolve(whole)
    if known is not None:
        return known, False
    try:
        answer = await server.api.post(f"{CLIENT}/createRoom", {**values, "room_alias_name": alias, "visibility": "private"}, repeatable=False)
    except HostInvalid as error:
        known = await server.resolve(whole) if error.reason == _IN_USE else None
        if known is None:
            raise
        return known, False
    found = room_id(answer.get("room_id"))
    if found is None:
        raise HostBroken("The homeserver does not say which room was made.")
    return found, True


async def _let_moderate(server: Homeserver, room: str, owners: Sequence[str]) -> None:
    """Give members the rights of a moderator. Not when the room is made: from version 12 of rooms on its maker must not be listed there, before they must."""
    levels = await server.api.state(room, _LEVELS) or {}
    users = mapping(levels.get("users"))
    missing = {owner: _MODERATOR for owner in owners if owner not in users}
    if missing:
        await server.api.put(f"{CLIENT}/rooms/{segment(room)}/state/{_LEVELS}", {**levels, "users": {**users, **missing}})


async def _into_space(server: Homeserver, room: str) -> None:
    root = await server.root()
    if root is None:
        return
    try:
        await server.api.put(f"{CLIENT}/rooms/{segment(root)}/state/m.space.child/{segment(room)}", {"via": [server_of(await server.me())]})
    except HostDenied:
        # Our account may not arrange the space; the circle works without being listed there.
        return


async def _invite(server: Homeserver, room: str, members: Sequence[str]) -> None:
    """Invite whoever is neither in the room nor invited."""
    for member in members:
        state = await server.api.state(room, "m.room.member", member)
        if state is None or text(state.get("membership")) not in {"join", "invite"}:
            await server.api.post(f"{CLIENT}/rooms/{segment(room)}/invite", {"user_id": member}, repeatable=True)


async def _remove(server: Homeserver, room: str, members: Sequence[str]) -> None:
    for member in members:
        state = await server.api.state(room, "m.room.member", member)
        if state is not None and text(state.get("membership")) in {"join", "invite", "knock"}:
            await server.api.post(f"{CLIENT}/rooms/{segment(room)}/kick", {"user_id": member}, repeatable=True)


async def _talk_alias(server: Homeserver, members: Sequence[str]) -> str:
    return await _alias(server, f"{_TALK}{_short(' '.join(sorted(members)))}")


async def _alias(server: Homeserver, local: str) -> str:
    return f"#{local}:{server_of(await server.me())}"


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24]
