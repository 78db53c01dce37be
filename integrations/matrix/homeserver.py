"""One homeserver, as the client's modules share it: the API, the admin's choices, the clock, our account, and the rooms of the community."""

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from integrations.matrix.api import CLIENT, Api, Params
from integrations.matrix.identifiers import alias, event_id, member_id, room_id, segment
from integrations.matrix.rooms import OFFERED, Room, is_member_room, room_of
from integrations.seen import Seen, by_reading
from integrations.values import Json, entries, mapping, text
from mentorgraph.host import HostBroken, HostDenied, HostInvalid, HostNotFound, Installation

_ROOMS_KEPT = timedelta(minutes=5)
_MOST_PAGES = 200
_BRIEFS_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the place of a message among others depends on. ``root`` is the message that opened its thread, ``answered`` the one that it answers."""

    sender: str
    at: int
    root: str | None
    answered: str | None


@dataclass(slots=True, kw_only=True)
class Homeserver:
    """What every part of the client needs."""

    api: Api
    installation: Installation
    clock: Callable[[], datetime]
    offered: tuple[str, ...] = field(default=(), init=False)
    """Rooms of the community's space that anyone in it may join, as of the last reading of rooms."""
    _me: str = field(default="", init=False)
    _rooms: tuple[datetime, tuple[Room, ...]] | None = field(default=None, init=False, repr=False)
    _briefs: "OrderedDict[str, Brief]" = field(default_factory=OrderedDict, init=False, repr=False)

    def seen(self) -> Seen:
        """For what is read from now on."""
        return by_reading(self.clock())

    async def me(self) -> str:
        """The Matrix id of our account. Raises :class:`HostDenied` (``key_refused``) when the access token is none."""
        if not self._me:
            found = member_id((await self.api.get(f"{CLIENT}/account/whoami")).get("user_id"))
            if found is None:
                raise HostDenied("The homeserver does not say whose access token this is.", reason="key_refused")
            self._me = found
        return self._me

    async def resolve(self, name: str) -> str | None:
        """The id of a room from its id or alias."""
        if room_id(name):
            return name
        if alias(name) is None:
            return None
        try:
            return room_id((await self.api.get(f"{CLIENT}/directory/room/{segment(name)}")).get("room_id"))
        except HostNotFound:
            return None

    async def root(self) -> str | None:
        """The community's space, if the admin named one. Raises :class:`HostInvalid` when it is not there."""
        named = self.installation.settings.get("space", "").strip()
        if not named:
            return None
        found = await self.resolve(named)
        if found is None:
            raise HostInvalid(f"There is no space {named!r}; give its address such as #community:example.org, or its id.", reason="unknown_space")
        return found

    async def _hierarchy(self, root: str, params: Params) -> list[Json]:
        """What our account may see of a room and, if it is a space, of the rooms and spaces in it. Empty when it may not see the room."""
        found: list[Json] = []
        token: str | None = None
        for _ in range(_MOST_PAGES):
            try:
                page = await self.api.get(f"/_matrix/client/v1/rooms/{segment(root)}/hierarchy", [*params, *([("from", token)] if token else [])])
            except (HostNotFound, HostDenied):
                return []
            found += entries(page.get("rooms"))
            token = text(page.get("next_batch"), 2_000)
            if not token:
                break
        return found

    async def rooms(self, *, fresh: bool = False) -> tuple[Room, ...]:
        """The rooms of the community that our account is in, and circles of ours; at most five minutes old unless ``fresh``."""
        now = self.clock()
        if fresh or self._rooms is None or now - self._rooms[0] > _ROOMS_KEPT:
            self._rooms = (now, await self._read_rooms())
        return self._rooms[1]

    async def inside(self) -> frozenset[str]:
        """All rooms that our account is in at this moment, whatever they are."""
        # Not by /sync, which is closed to the account of an application service.
        found = (await self.api.get(f"{CLIENT}/joined_rooms")).get("joined_rooms")
        if not isinstance(found, list):
            raise HostBroken("The homeserver does not say which rooms our account is in.")
        return frozenset(item for item in found if room_id(item))

    async def _read_rooms(self) -> tuple[Room, ...]:
        joined = await self.inside()
        circles = await self._circles()
        listed = await self._listed()
        self.offered = tuple(room for room, item in listed.items() if text(item.get("join_rule", "public")) in OFFERED)
        rooms = [await self._read_room(room, item) for room, item in listed.items() if room in joined and room not in circles]
        rooms += [await self._read_circle(room) for room in circles if room in joined]
        return tuple(sorted(rooms, key=lambda room: room.id))

    async def _listed(self) -> dict[str, Json]:
        """The rooms of the community's space, and those that the admin named, by id."""
        root = await self.root()
        found = [] if root is None else await self._hierarchy(root, [("limit", "50")])
        listed = {room: item for item in found if (room := room_id(item.get("room_id")))}
        for name in self.named():
            room = await self.resolve(name)
            if room is not None and room not in listed:
                summaries = await self._hierarchy(room, [("limit", "1"), ("max_depth", "0")])
                if summaries and summaries[0].get("room_id") == room:
                    listed[room] = summaries[0]
        return listed

    async def _read_room(self, room: str, summary: Json) -> Room:
        visibility = await self.api.state(room, "m.room.history_visibility") or {}
        replaced = await self.api.state(room, "m.room.tombstone") is not None
        return room_of(room, summary, visibility=text(visibility.get("history_visibility")) or "shared", replaced=replaced)

    async def _read_circle(self, room: str) -> Room:
        name = text((await self.api.state(room, "m.room.name") or {}).get("name"))
        return replace(room_of(room, {"name": name, "join_rule": "invite"}, visibility="shared", replaced=False), is_circle=True)

    async def _circles(self) -> frozenset[str]:
        """The groups that we made. A room does not tell it, so our account keeps a list."""
        try:
            listed = (await self.api.get(await self._list_of_circles())).get("rooms")
        except HostNotFound:
            return frozenset()
        return frozenset(item for item in listed if room_id(item)) if isinstance(listed, list) else frozenset()

    async def note_circle(self, room: str) -> None:
        """Remember a group that we made."""
        known = await self._circles()
        if room not in known:
            await self.api.put(await self._list_of_circles(), {"rooms": sorted({*known, room})})
            self._rooms = None

    async def _list_of_circles(self) -> str:
        return f"{CLIENT}/user/{segment(await self.me())}/account_data/org.mentorgraph.circles"

    def named(self) -> list[str]:
        """The rooms that the admin named."""
        return [name.strip() for name in self.installation.settings.get("spaces", "").split(",") if name.strip()]

    async def open_rooms(self) -> tuple[Room, ...]:
        """The rooms in which members of the community meet: not its circles, not private ones, and no talk between two."""
        rooms = await self.rooms()
        known = frozenset(room.id for room in rooms)
        return tuple(room for room in rooms if is_member_room(room, known))

    async def room(self, wanted: str) -> Room | None:
        """A room of the community that our account is in."""
        return next((room for room in await self.rooms() if room.id == wanted), None)

    async def counted_rooms(self) -> tuple[Room, ...]:
        """The rooms whose messages count: those the admin named, else all that every member may read. Encrypted ones cannot be read."""
        return tuple(room for room in chosen(await self.open_rooms(), self.named()) if not room.encrypted and not room.is_space)

    async def joined(self, room: str) -> Mapping[str, Json]:
        """Who is in a room, with the profile each has there."""
        found = mapping((await self.api.get(f"{CLIENT}/rooms/{segment(room)}/joined_members")).get("joined"))
        return {member: mapping(profile) for member, profile in found.items() if member_id(member)}

    async def event(self, room: str, event: str) -> Json:
        """One event as it is now. Raises :class:`HostNotFound`."""
        return await self.api.get(f"{CLIENT}/rooms/{segment(room)}/event/{segment(event)}")

    async def walk(self, room: str, token: str | None, types: Sequence[str]) -> tuple[list[Json], str | None]:
        """A page of a room's events of these types, newest first, and the token of the next; ``None`` after the last."""
        params = [("dir", "b"), ("limit", "100"), ("filter", json.dumps({"types": list(types)})), *([("from", token)] if token else [])]
        page = await self.api.get(f"{CLIENT}/rooms/{segment(room)}/messages", params)
        end = text(page.get("end"), 2_000)
        return list(entries(page.get("chunk"))), end if end != token else None

    async def whole_walk(self, room: str, types: Sequence[str], *, pages: int) -> AsyncIterator[Json]:
        """All events of these types in a room, newest first. Raises :class:`HostInvalid` when there are more than ``pages`` pages."""
        token: str | None = None
        for _ in range(pages):
            chunk, token = await self.walk(room, token, types)
            for item in chunk:
                yield item
            if token is None:
                return
        raise HostInvalid("The room has more of these than are read at once.", reason="too_many")

    def note(self, event: Json) -> Brief | None:
        """Remember where a message stands, from the event itself."""
        found, sender, at = event_id(event.get("event_id")), member_id(event.get("sender")), event.get("origin_server_ts")
        if found is None or sender is None or not isinstance(at, int) or isinstance(at, bool):
            return None
        relation = mapping(mapping(event.get("content")).get("m.relates_to"))
        threaded = relation.get("rel_type") == "m.thread"
        # Within a thread, an answer may be made up for clients that know no threads (is_falling_back).
        made_up = threaded and relation.get("is_falling_back") is True
        answered = None if made_up else event_id(mapping(relation.get("m.in_reply_to")).get("event_id"))
        brief = Brief(sender=sender, at=at, root=event_id(relation.get("event_id")) if threaded else None, answered=answered)
        self._briefs[found] = brief
        self._briefs.move_to_end(found)
        while len(self._briefs) > _BRIEFS_KEPT:
            self._briefs.popitem(last=False)
        return brief

    async def brief(self, room: str, event: str) -> Brief | None:
        """Where a message stands; ``None`` if it is gone or not shown to us."""
        if event in self._briefs:
            return self._briefs[event]
        try:
            return self.note(await self.event(room, event))
        except (HostNotFound, HostDenied):
            return None


def chosen(rooms: Sequence[Room], wanted: Sequence[str], *, strict: bool = False) -> list[Room]:
    """The rooms named by id, alias or name; all when none is named. With ``strict``, raises :class:`HostInvalid` for a name that fits no room."""
    if not wanted:
        return list(rooms)
    found: dict[str, Room] = {}
    for name in wanted:
        fitting = [room for room in rooms if name == room.id or name.casefold() in {room.alias.casefold(), room.name.casefold()}]
        if strict and not fitting:
            raise HostInvalid(f"Our account is in no open room {name!r}; name rooms by address, id or name, and invite the account.", reason="unknown_space")
        found.update((room.id, room) for room in fitting)
    return list(found.values())
