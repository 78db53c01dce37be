"""Global ids: opaque to clients, bound to their installation."""

import base64
import binascii

from plugin.domain.global_ids import GlobalId
from plugin.domain.people import Principal
from plugin.errors import NotFound

__all__ = ["LARGEST", "UNKNOWN", "GlobalId", "UnknownId", "maybe_number_of", "number_of", "parse_id", "parse_number"]

LARGEST = 2**63
"""No number of ours reaches it, and no database takes it."""
UNKNOWN = "there is no such thing"


class UnknownId(NotFound):
    """An id that names nothing of its type in this community; ``field`` is the input that it was given in."""


def parse_id(text: str, *, installation_id: int) -> GlobalId:
    """What an id names. One of another community, a malformed one and a random one are all the same: :class:`NotFound`."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
        type_name, installation, value = raw.split(":", 2)
    except (ValueError, binascii.Error) as error:
        raise NotFound(UNKNOWN) from error
    if installation != str(installation_id):
        raise NotFound(UNKNOWN)
    return GlobalId(type_name, installation_id, value)


def parse_number(text: str, *, type_name: str, installation_id: int) -> int:
    """The number of an id of one type. Raises :class:`NotFound`."""
    found = parse_id(text, installation_id=installation_id)
    if found.type_name != type_name or not (found.value.isascii() and found.value.isdigit() and len(found.value) < 20):
        raise NotFound(UNKNOWN)
    number = int(found.value)
    if number >= LARGEST:
        raise NotFound(UNKNOWN)
    return number


def number_of(principal: Principal, given: str, type_name: str, *, field: str | None = None, place: int | None = None) -> int:
    """The number of an id of one type in the caller's own community. Raises :class:`NotFound`.

    With ``field``, the input that the id was given in, it is an :class:`UnknownId` that names it, and of a list the ``place`` in it, from 1.
    """
    try:
        return parse_number(given, type_name=type_name, installation_id=principal.installation_id)
    except NotFound as error:
        if field is None:
            raise
        raise UnknownId(f"{UNKNOWN}: look at {field}{'' if place is None else f', number {place}'}", field=field) from error


def maybe_number_of(principal: Principal, given: str | None, type_name: str) -> int | None:
    """The same where an id may be left out."""
    return None if given is None else number_of(principal, given, type_name)
