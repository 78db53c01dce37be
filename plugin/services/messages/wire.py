"""Messages as bytes for the outbox, and back. Each object carries the name of its type, so nothing is guessed on the way back."""

from dataclasses import fields, is_dataclass
from datetime import datetime

import orjson

from mentorgraph import host as h
from plugin.errors import Invalid

_TYPES: dict[str, type] = {
    one.__name__: one
    for one in (
        h.Words,
        h.Link,
        h.Mention,
        h.Paragraph,
        h.Bullets,
        h.Quote,
        h.CalendarEntry,
        h.DirectMessage,
        h.TopicMessage,
        h.EditTopic,
        h.Reply,
        h.CreateGroup,
        h.AddToGroup,
        h.RemoveFromGroup,
        h.GrantBadge,
    )
}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return {"$": "time", "at": value.isoformat()}
    if is_dataclass(value):
        return {"$": type(value).__name__, **{one.name: _plain(getattr(value, one.name)) for one in fields(value)}}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _object(value: object) -> object:
    if isinstance(value, list):
        return tuple(_object(one) for one in value)
    if not isinstance(value, dict):
        return value
    name = value.pop("$")
    if name == "time":
        return datetime.fromisoformat(value["at"])
    return _TYPES[name](**{key: _object(one) for key, one in value.items()})


def dump(message: h.HostMessage) -> bytes:
    """A message as bytes."""
    return orjson.dumps(_plain(message))


def load(data: bytes) -> h.HostMessage:
    """The message of :func:`dump`. Raises :class:`Invalid` for what this version cannot read."""
    try:
        message = _object(orjson.loads(data))
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("this message was written by another version and cannot be read", code="unknown_message") from error
    if not isinstance(message, h.HostMessage):
        raise Invalid("this is no message", code="unknown_message")
    return message
