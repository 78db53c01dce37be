"""Where a sweep stands, as the text between two of its pages."""

from collections.abc import Mapping

import orjson

from integrations.values import Json, mapping
from mentorgraph.host import HostInvalid


def write(place: Mapping[str, object]) -> str:
    """A place as text."""
    return orjson.dumps(place).decode()


def read(cursor: str | None) -> Json:
    """A place from text; empty for the beginning. Raises :class:`HostInvalid` for a text that :func:`write` did not make."""
    if cursor is None:
        return {}
    try:
        found = mapping(orjson.loads(cursor))
    except ValueError:
        found = {}
    if not found:
        raise HostInvalid("This is not a place in a listing; begin the listing again.", reason="cursor")
    return found
