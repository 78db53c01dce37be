"""Careful readers of JSON values from outside: each gives a value of the type it promises, or ``None``, and never raises."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

Json = Mapping[str, object]

_ABSENT: Json = {}
_LARGEST = 2**63 - 1
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_DIGITS = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})", re.ASCII)
_COLOURED = 24
"""How far the channels of a colour are apart at least, of 255."""
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""NUL cannot be stored by PostgreSQL, lone surrogates cannot be encoded at all."""

SHORT, LONG = 255, 10_000
"""Characters kept of a name or title, and of a biography or description."""


def number(value: object) -> int | None:
    """A whole number of at most 64 bits; decimal strings count, for the host writes some numbers so."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and -_LARGEST <= value <= _LARGEST else None


def identifier(value: object) -> str | None:
    """The id of something that people made; the host's own users and unset ids (0 and below) are ``None``."""
    found = number(value)
    return str(found) if found is not None and found > 0 else None


def text(value: object, limit: int = SHORT) -> str | None:
    """A storable string, cut at ``limit`` characters."""
    if not isinstance(value, str):
        return None
    kept = value[:limit]
    return kept if kept.isascii() and "\x00" not in kept else _UNSTORABLE.sub("", kept)


def flag(value: object) -> bool | None:
    """A truth value, and nothing that only resembles one."""
    return value if isinstance(value, bool) else None


def moment(value: object) -> datetime | None:
    """An ISO 8601 time as an aware one in UTC; one without a zone is taken as UTC, as the host means it."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _EARLIEST <= found <= _LATEST else None


def accent(*values: object) -> str:
    """The first of these that is a colour such as ``0b6e63`` or ``#0B6E63`` and no shade of grey, as ``#rrggbb``; empty for none.

    Grey is what hosts are delivered with; it tells one community from no other.
    """
    for value in values:
        if isinstance(value, str) and (found := _COLOUR.fullmatch(value)):
            parts = bytes.fromhex(found[1])
            if max(parts) - min(parts) >= _COLOURED:
                return f"#{found[1].lower()}"
    return ""


def mapping(value: object) -> Json:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else _ABSENT


def entries(value: object, limit: int = 5_000) -> Iterator[Json]:
    """The objects of a list, at most ``limit``."""
    if isinstance(value, list):
        yield from (item for item in value[:limit] if isinstance(item, dict))


def integers(value: object, limit: int = 200_000) -> list[int]:
    """The whole numbers of a list."""
    found = [number(item) for item in value[:limit]] if isinstance(value, list) else []
    return [item for item in found if item is not None]


def texts(value: object, limit: int = 500) -> list[str]:
    """The strings of a list."""
    return [kept for item in value[:limit] if (kept := text(item)) is not None] if isinstance(value, list) else []
