"""Posts as Discourse writes them, admitted in one step. Most deliveries are one.

What is read here is read by compiled code into the types that it must have. Whatever is different in the least, from a name that is too long to a post that
is hidden, is left to :mod:`integrations.discourse.admission`, which says what may be kept and is what this has to agree with; a property test holds the two
against each other.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from integrations.discourse.content import is_gone
from integrations.discourse.text import MAX_INPUT
from integrations.values import SHORT

_LARGEST: Final = 2**62 - 1
_YEARS: Final = range(1971, 2999)
"""Years that need no second look, whatever the zone."""

_Id = Annotated[int, Meta(ge=1, le=_LARGEST)]
_Number = Annotated[int, Meta(ge=0, le=_LARGEST)]
_Name = Annotated[str, Meta(max_length=SHORT)]
_Time = Annotated[datetime, Meta(tz=True)]


class _Post(msgspec.Struct, gc=False):
    """What is kept of a post that everybody may read, in the order of its keys."""

    id: _Id
    topic_id: _Id
    user_id: _Id
    created_at: _Time
    topic_archetype: Literal["regular", "banner"]
    raw: Annotated[str, Meta(max_length=MAX_INPUT)]
    username: _Name | UnsetType | None = UNSET
    updated_at: _Time | UnsetType | None = UNSET
    post_number: _Number | UnsetType | None = UNSET
    reply_to_post_number: _Number | UnsetType | None = UNSET
    post_type: Literal[1] | UnsetType = UNSET
    version: _Number | UnsetType | None = UNSET
    hidden: bool | UnsetType = UNSET
    accepted_answer: bool | UnsetType = UNSET
    category_id: _Id | UnsetType | None = UNSET
    topic_title: _Name | UnsetType | None = UNSET
    topic_slug: _Name | UnsetType | None = UNSET


_encode = msgspec.json.Encoder().encode


def post(name: str, payload: object, body: bytes) -> bytes | None:
    """What may be stored of a post that was written, changed or recovered, out of the ``payload`` of ``body``; ``None`` when that takes a closer look."""
    if name == "post_destroyed" or b"\\u0000" in body or not isinstance(payload, dict) or is_gone(payload):
        return None
    try:
        found = msgspec.convert(payload, _Post)
    except msgspec.ValidationError:
        return None
    changed = found.updated_at
    if found.hidden is True or found.created_at.year not in _YEARS or (isinstance(changed, datetime) and changed.year not in _YEARS):
        return None
    return b'{"post":%b}' % _encode(found)
