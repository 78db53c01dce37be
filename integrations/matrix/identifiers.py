"""Names of Matrix: members, rooms, messages, and how they are told to the service.

A message is known to the service as ``room/event``, for the homeserver answers for an event only within its room. A member's user name is their Matrix id
without the ``@``: unlike the display name it is unique and never changes (https://spec.matrix.org/latest/appendices/#identifier-grammar).
"""

import re
from urllib.parse import quote

from mentorgraph.host import HostInvalid

LONGEST = 255
"""Bytes of any identifier, by the specification."""

_MEMBER = re.compile(r"@[!-9;-~]{1,200}:[A-Za-z0-9.\[\]:_-]{1,200}", re.ASCII)
_ROOM = re.compile(r"![!-.0-~]{1,254}", re.ASCII)
_EVENT = re.compile(r"\$[!-~]{1,254}", re.ASCII)
_ALIAS = re.compile(r"#[^\s:\x00]{1,200}:[A-Za-z0-9.\[\]:_-]{1,200}")


def member_id(value: object) -> str | None:
    """A Matrix id of a member, or ``None``."""
    return value if isinstance(value, str) and len(value) <= LONGEST and _MEMBER.fullmatch(value) else None


def room_id(value: object) -> str | None:
    """A room's id, or ``None``."""
    return value if isinstance(value, str) and _ROOM.fullmatch(value) else None


def event_id(value: object) -> str | None:
    """An event's id, or ``None``."""
    return value if isinstance(value, str) and _EVENT.fullmatch(value) else None


def alias(value: object) -> str | None:
    """A room's alias, or ``None``."""
    return value if isinstance(value, str) and len(value) <= LONGEST and _ALIAS.fullmatch(value) else None


def message_id(room: str, event: str) -> str:
    """A message as the service knows it."""
    return f"{room}/{event}"


def split(message: str) -> tuple[str, str] | None:
    """Room and event of a message; ``None`` for what is no message's id."""
    room, _, event = message.partition("/")
    return (room, event) if room_id(room) and event_id(event) else None


def username_of(member: str) -> str:
    """A member's user name."""
    return member.removeprefix("@")


def member_of(username: str) -> str:
    """The Matrix id behind a user name. Raises :class:`HostInvalid` for what is none."""
    found = member_id(f"@{username.removeprefix('@')}")
    if found is None:
        raise HostInvalid(f"{username!r} is no member of a homeserver; members look like maya:example.org.", reason="unknown_member")
    return found


def server_of(member: str) -> str:
    """The homeserver of a member."""
    return member.partition(":")[2]


def segment(name: str) -> str:
    """An identifier as one part of a path."""
    return quote(name, safe="")


def link(identifier: str, event: str = "") -> str:
    """An address that any Matrix client opens (https://spec.matrix.org/latest/appendices/#matrixto-navigation)."""
    return f"https://matrix.to/#/{quote(identifier, safe='@!#:$')}" + (f"/{quote(event, safe='$')}" if event else "")
