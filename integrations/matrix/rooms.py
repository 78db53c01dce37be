"""What kind of place a room is, from its state. Pure."""

from dataclasses import dataclass

from integrations.matrix.identifiers import alias, link, room_id
from integrations.values import LONG, Json, text
from mentorgraph.events import Access

_RESTRICTED = frozenset({"restricted", "knock_restricted"})
OFFERED = frozenset({"public", *_RESTRICTED})
"""Rules by which members of a space may join without being invited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room that our account is in. ``joinable_from`` are the rooms whose members may join without being invited."""

    id: str
    name: str
    alias: str
    topic: str
    is_space: bool
    public: bool
    joinable_from: frozenset[str]
    encrypted: bool
    readable: bool
    """Whether whoever joins may read what was said before."""
    replaced: bool
    is_circle: bool = False
    """Whether it is a group of ours."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.alias or self.id


def room_of(room: str, summary: Json, *, visibility: str, replaced: bool) -> Room:
    """A room from what a listing of its space says of it, and from the two things that such a listing leaves out."""
    rule, allowed = text(summary.get("join_rule", "public")), summary.get("allowed_room_ids")
    joinable = [room_id(item) for item in allowed[:100]] if isinstance(allowed, list) and rule in _RESTRICTED else []
    return Room(
        id=room,
        name=text(summary.get("name")) or "",
        alias=alias(summary.get("canonical_alias")) or "",
        topic=text(summary.get("topic"), LONG) or "",
        is_space=summary.get("room_type") == "m.space",
        public=rule == "public",
        joinable_from=frozenset(item for item in joinable if item),
        encrypted=summary.get("encryption") is not None,
        readable=visibility in {"shared", "world_readable"},
        replaced=replaced,
    )


def is_member_room(room: Room, known: frozenset[str]) -> bool:
    """Whether every member of the community may join it: it is public, or open to the members of another of its rooms."""
    return not room.is_circle and not room.replaced and (room.public or bool(room.joinable_from & known))


def access_of(room: Room, known: frozenset[str]) -> Access:
    """Who may read a room as far as the service is concerned. What cannot be read by us, or not by everybody, is closed."""
    return Access.MEMBERS if is_member_room(room, known) and room.readable and not room.encrypted and not room.is_space else Access.NOBODY


def address(room: Room) -> str:
    """Where a client opens it."""
    return link(room.alias or room.id)
