"""Reading a JSON object that somebody else wrote, without the liberties that readers of JSON take and differ in."""

import json
from collections.abc import Sequence
from typing import NoReturn

import orjson

from integrations.values import Json
from mentorgraph.host import DeliveryRefused

MAX_DEPTH = 254
"""Levels of nesting, as orjson writes them; the deepest recorded delivery has six."""

_MAX_DIGITS = 19
_NOT_JSON = "The body is not a JSON object in UTF-8."


def load_object(body: bytes) -> Json:
    """The object in ``body``.

    Raises :class:`DeliveryRefused` with status 400 for anything but one JSON object in UTF-8, for ``NaN``, a number of more than 64 bits, a key that comes
    twice in one object, half of a surrogate pair, and nesting below ``MAX_DEPTH`` levels.
    """
    try:
        quick: object = orjson.loads(body)  # strict where the standard library is lax: encoding, surrogates, infinite numbers, and nesting beyond 1024 levels
        if _written(quick) == body and isinstance(quick, dict):
            # What it was read as is written as exactly these bytes, so nothing was dropped or rounded: no key comes twice, no number is too large.
            return quick
        found: object = json.loads(body, object_pairs_hook=_unique, parse_int=_small, parse_constant=_refuse)
    except ValueError as error:
        raise DeliveryRefused(_NOT_JSON, reason="malformed", status=400) from error
    if not isinstance(found, dict):
        raise DeliveryRefused(_NOT_JSON, reason="malformed", status=400)
    return found


def _written(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:  # the one thing that it reads and does not write
        raise DeliveryRefused("The body is nested too deeply.", reason="malformed", status=400) from error


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _small(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
