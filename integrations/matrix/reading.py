"""One subject as the homeserver has it now."""

from collections.abc import Sequence

from integrations.matrix import subjects
from integrations.matrix.api import CLIENT
from integrations.matrix.homeserver import Homeserver
from integrations.matrix.identifiers import event_id, member_id, member_of, segment, split
from integrations.values import Json, mapping
from mentorgraph.events import Event, GroupChanged, GroupDeleted, Kind, MemberChanged, MemberLeft, PostDeleted, SpaceDeleted, TopicDeleted
from mentorgraph.host import HostDenied, HostInvalid, HostNotFound


async def read(server: Homeserver, kind: Kind, host_id: str) -> Sequence[Event]:
    """One subject, as events that override hints. A room that our account is no longer in counts as gone, and with it what was said there."""
    if kind == "member":
        return await _member(server, host_id)
    if kind == "space":
        return await _space(server, host_id)
    if kind == "group":
        return await _group(server, host_id)
    if kind in {"topic", "post"}:
        return await _message(server, kind, host_id)
    return ()


async def find_member(server: Homeserver, username: str) -> MemberChanged | None:
    """A member by their user name, which is their Matrix id without the ``@``."""
    try:
        found = member_of(username)
    except HostInvalid:
        return None
    return next((event for event in await _member(server, found) if isinstance(event, MemberChanged)), None)


async def _member(server: Homeserver, host_id: str) -> Sequence[Event]:
    seen = server.seen()
    # The homeserver tells of our own account, too: it is in the rooms that it reads and takes no part.
    if member_id(host_id) is None or host_id == await server.me():
        return [MemberLeft(**seen, host_user_id=host_id)]
    for room in await server.open_rooms():
        state = await server.api.state(room.id, "m.room.member", host_id)
        if state is not None and state.get("membership") == "join":
            return [subjects.member(host_id, state, seen)]
    try:
        profile = await server.api.get(f"{CLIENT}/profile/{segment(host_id)}")
    except HostNotFound:
        # A deactivated account has no profile any more.
        return [MemberLeft(**seen, host_user_id=host_id)]
    except HostDenied:
        # The profile is shown only to those who share a room.
        profile = {}
    return [subjects.member(host_id, profile, seen, joined=False)]


async def _space(server: Homeserver, host_id: str) -> Sequence[Event]:
    seen = server.seen()
    rooms = await server.rooms(fresh=True)
    room = next((room for room in rooms if room.id == host_id and not room.is_circle), None)
    if room is None:
        return [SpaceDeleted(**seen, space_id=host_id)]
    return [subjects.space(room, frozenset(other.id for other in rooms), seen)]


async def _group(server: Homeserver, host_id: str) -> Sequence[Event]:
    seen = server.seen()
    room = await server.room(host_id)
    if room is None or not room.is_circle:
        return [GroupDeleted(**seen, group_id=host_id)]
    me = await server.me()
    joined = tuple(sorted(found for found in await server.joined(room.id) if found != me))
    return [GroupChanged(**seen, group_id=room.id, name=room.alias, title=room.title, member_ids=joined)]


async def _message(server: Homeserver, kind: Kind, host_id: str) -> Sequence[Event]:
    seen = server.seen()
    gone: list[Event] = [TopicDeleted(**seen, topic_id=host_id) if kind == "topic" else PostDeleted(**seen, post_id=host_id)]
    place = split(host_id)
    # Words in a room that does not count are not even read.
    if place is None or not any(room.id == place[0] for room in await server.counted_rooms()):
        return gone
    room, name = place
    event = await _shown(server, room, name)
    edited = None if event is None else _replaced(event)
    if edited is not None:
        # An edit is told of with the message that it changes. Followed once: an edit of an edit counts for nothing, and whoever likes makes a chain of them.
        event = await _shown(server, room, edited)
    return gone if event is None else await subjects.post(server, room, event, seen) or gone


async def _shown(server: Homeserver, room: str, name: str) -> Json | None:
    """A message that is there and has its words."""
    try:
        event = await server.event(room, name)
    except (HostNotFound, HostDenied):
        return None
    return None if subjects.is_redacted(event) else event


def _replaced(event: Json) -> str | None:
    relation = mapping(mapping(event.get("content")).get("m.relates_to"))
    return event_id(relation.get("event_id")) if relation.get("rel_type") == "m.replace" else None
