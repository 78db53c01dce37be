"""Listings of a homeserver, page by page."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from integrations.matrix import subjects
from integrations.matrix.api import CLIENT
from integrations.matrix.homeserver import Homeserver
from integrations.matrix.identifiers import event_id, member_id, message_id, segment
from integrations.matrix.likes import is_like
from integrations.matrix.rooms import Room
from integrations.seen import Seen
from integrations.values import Json, mapping
from mentorgraph.events import Event, GroupChanged, LikesRead, TopicChanged
from mentorgraph.host import Batch, HostBroken, HostDenied, Sweep

_REACTION = "m.reaction"
_LIKE_PAGES = 200


async def spaces(server: Homeserver, _cursor: str | None, _since: datetime | None) -> Batch:
    """All rooms of the community at once. Rooms that were opened since the last reading are joined first."""
    new = await join_open_rooms(server)
    seen = server.seen()
    rooms = await server.rooms(fresh=bool(new) or await server.root() is None)
    known = frozenset(room.id for room in rooms)
    return Batch(events=[subjects.space(room, known, seen) for room in rooms if not room.is_circle], cursor=None)


async def join_open_rooms(server: Homeserver) -> list[str]:
    """Join the rooms of the community's space that anyone in it may join, so that they can be read; returns those that are new to us."""
    root = await server.root()
    if root is None:
        return []
    await join(server, root)
    inside = {room.id for room in await server.rooms(fresh=True)}
    new: list[str] = []
    for wanted in server.offered:
        if wanted not in inside:
            try:
                await join(server, wanted)
            except HostDenied:
                continue
            new.append(wanted)
    return new


async def join(server: Homeserver, room: str) -> None:
    """Be in a room. Being in it already is no error."""
    await server.api.post(f"{CLIENT}/join/{segment(room)}", {}, repeatable=True)


async def members(server: Homeserver, cursor: str | None, _since: datetime | None) -> Batch:
    """The members of one room a page; who is in several comes with each."""
    rooms = await server.open_rooms()
    room = _at_or_after(rooms, cursor)
    if room is None:
        return Batch(events=(), cursor=None)
    seen, me = server.seen(), await server.me()
    found: list[Event] = [subjects.member(name, profile, seen) for name, profile in (await server.joined(room.id)).items() if name != me]
    following = _after(rooms, room.id)
    return Batch(events=found, cursor=following.id if following else None)


async def groups(server: Homeserver, cursor: str | None, _since: datetime | None) -> Batch:
    """Our circles, one a page."""
    rooms = [room for room in await server.rooms() if room.is_circle]
    room = _at_or_after(rooms, cursor)
    if room is None:
        return Batch(events=(), cursor=None)
    seen, me = server.seen(), await server.me()
    joined = tuple(sorted(name for name in await server.joined(room.id) if name != me))
    event = GroupChanged(**seen, group_id=room.id, name=room.alias, title=room.title, member_ids=joined)
    following = _after(rooms, room.id)
    return Batch(events=[event], cursor=following.id if following else None)


async def topics(server: Homeserver, cursor: str | None, _since: datetime | None) -> Batch:
    """The messages that open topics, a page of one room at a time."""
    batch = await _messages(server, cursor, None)
    return Batch(events=[event for event in batch.events if isinstance(event, TopicChanged)], cursor=batch.cursor)


async def posts(server: Homeserver, cursor: str | None, _since: datetime | None) -> Batch:
    """All messages, with the topics that they open, a page of one room at a time."""
    return await _messages(server, cursor, None)


async def recent(server: Homeserver, cursor: str | None, since: datetime | None) -> Batch:
    """The messages since a moment."""
    return await _messages(server, cursor, since)


async def _messages(server: Homeserver, cursor: str | None, since: datetime | None) -> Batch:
    rooms = await server.counted_rooms()
    wanted, token = _place(cursor)
    room = _at_or_after(rooms, wanted)
    if room is None:
        return Batch(events=(), cursor=None)
    seen = server.seen()
    chunk, following = await server.walk(room.id, token if room.id == wanted else None, [subjects.MESSAGE])
    for item in chunk:
        server.note(item)
    kept = [item for item in chunk if since is None or (at := subjects.moment(item.get("origin_server_ts"))) is None or at >= since]
    # Newest first as they come; told in the order in which they were said.
    found = [event for item in reversed(kept) for event in await _told(server, room.id, item, seen)]
    if following is not None and len(kept) == len(chunk):
        return Batch(events=found, cursor=json.dumps([room.id, following]))
    after = _after(rooms, room.id)
    return Batch(events=found, cursor=json.dumps([after.id, None]) if after else None)


async def _told(server: Homeserver, room: str, item: Json, seen: Seen) -> Sequence[Event]:
    return () if subjects.is_redacted(item) else await subjects.post(server, room, item, seen)


async def likes(server: Homeserver, _cursor: str | None, _since: datetime | None) -> Batch:
    """All likes of all members at once: a reaction that was taken back leaves no trace of what it was, so only the whole says what is gone."""
    seen, me = server.seen(), await server.me()
    given: dict[str, set[str]] = {}
    for room in await server.open_rooms():
        given.update({name: set() for name in await server.joined(room.id) if name != me and name not in given})
    for room in await server.counted_rooms():
        async for item in server.whole_walk(room.id, [_REACTION], pages=_LIKE_PAGES):
            relation = mapping(mapping(item.get("content")).get("m.relates_to"))
            liked, by = event_id(relation.get("event_id")), member_id(item.get("sender"))
            if liked and by in given and is_like(relation.get("key")):
                given[by].add(message_id(room.id, liked))
    return Batch(events=[LikesRead(**seen, member_id=by, post_ids=tuple(sorted(ids))) for by, ids in given.items()], cursor=None)


async def nothing(_server: Homeserver, _cursor: str | None, _since: datetime | None) -> Batch:
    """Matrix has no accepted answers."""
    return Batch(events=(), cursor=None)


def _place(cursor: str | None) -> tuple[str | None, str | None]:
    if cursor is None:
        return None, None
    try:
        room, token = json.loads(cursor)
    except ValueError as error:
        raise HostBroken("This is no place in a listing of ours.", reason="cursor") from error
    return str(room), None if token is None else str(token)


def _at_or_after(rooms: Sequence[Room], wanted: str | None) -> Room | None:
    """Rooms may come and go between two pages: a listing goes on with the next one in the order of ids."""
    return next((room for room in rooms if wanted is None or room.id >= wanted), None)


def _after(rooms: Sequence[Room], done: str) -> Room | None:
    return next((room for room in rooms if room.id > done), None)


SWEEPS: dict[Sweep, Callable[[Homeserver, str | None, datetime | None], Awaitable[Batch]]] = {
    Sweep.SPACES: spaces,
    Sweep.GROUPS: groups,
    Sweep.MEMBERS: members,
    Sweep.TOPICS: topics,
    Sweep.POSTS: posts,
    Sweep.RECENT: recent,
    Sweep.SOLUTIONS: nothing,
    Sweep.LIKES: likes,
}
