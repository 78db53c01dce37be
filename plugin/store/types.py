"""Column types that mean the same on SQLite and PostgreSQL."""

from array import array
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The aware time of :func:`to_micros`."""
    return _EPOCH + timedelta(microseconds=value)


class Moment(TypeDecorator[datetime]):
    """An aware time, stored as whole microseconds since 1970.

    One representation on both databases that sorts, serves as a keyset cursor and feeds arrays without parsing. Naive times are refused.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return _bound(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, ANN401 - SQLAlchemy's signature
        return _read(value)

    # Not by way of the two above: every row has several times, and each would be three calls.

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:  # noqa: ARG002 - SQLAlchemy's signature
        return _bound

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:  # noqa: ARG002 - SQLAlchemy's signature
        return _read


def _bound(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a time without zone cannot be stored")
    return (value - _EPOCH) // _MICROSECOND


def _read(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(0, 0, value)


def pack_terms(terms: Mapping[int, int]) -> bytes:
    """Digest and count of each term as little-endian 64-bit and 16-bit arrays, sorted by digest so that equal terms are equal bytes."""
    ordered = sorted(terms.items())
    return array("q", [digest for digest, _ in ordered]).tobytes() + array("H", [min(count, 0xFFFF) for _, count in ordered]).tobytes()


def unpack_terms(packed: bytes) -> dict[int, int]:
    """The opposite of :func:`pack_terms`."""
    size = len(packed) // 10
    digests, counts = array("q"), array("H")
    digests.frombytes(packed[: size * 8])
    counts.frombytes(packed[size * 8 :])
    return dict(zip(digests, counts, strict=True))


class Terms(TypeDecorator[Mapping[int, int]]):
    """Counts of terms by their keyed digest; ten bytes a term."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Mapping[int, int] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else pack_terms(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dict[int, int] | None:  # noqa: ARG002, ANN401 - SQLAlchemy's signature
        return None if value is None else unpack_terms(bytes(value))
