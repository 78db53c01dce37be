"""A delivery on its way into the inbox, and the statements that write a group of them at once.

The statements are SQLAlchemy's, compiled once and then handed to the driver with plain values: what a request costs is mostly what is done for each row.
PostgreSQL has its own way: :mod:`plugin.store.postgres_intake`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Connection,
    LargeBinary,
    Text,
    Update,
    bindparam,
    case,
    literal_column,
    type_coerce,
    update,
)
from sqlalchemy.dialects import sqlite

from plugin.store.dispatch import MARK
from plugin.store.tables import inbox, lanes
from plugin.store.types import to_micros


class Arrival(NamedTuple):
    """One admitted delivery, sealed; ``digest`` is of what was sealed, so that two deliveries under one id can be told apart."""

    installation_id: int
    event_id: str
    kind: str
    digest: bytes
    body: bytes
    trace_id: str
    received_at: datetime


COLUMNS = {
    "installation_id": BigInteger,
    "event_id": Text,
    "kind": Text,
    "digest": LargeBinary,
    "body": LargeBinary,
    "trace_id": Text,
    "received_at": BigInteger,
    "next_at": BigInteger,
}
"""What a delivery fills."""
NEW: ColumnClause[str] = literal_column("'new'")
_ROWS_AT_ONCE = 128
"""Rows of the longest statement on SQLite. Each statement lets go of the interpreter's lock: one for each row would make the writer wait in line as often."""


def insert_group(connection: Connection, arrivals: Sequence[Arrival]) -> int:
    """Insert deliveries as new on SQLite; returns how many, which is less than came where an id was taken already."""
    rows = [row_of(one) for one in arrivals]
    inserted = 0
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[first : first + _ROWS_AT_ONCE]
        inserted += connection.exec_driver_sql(_multiplied(len(some)), tuple(chain.from_iterable(some)), execution_options=MARK).rowcount
    return inserted


def row_of(one: Arrival) -> tuple[int, str, str, bytes, bytes, str, int, int]:
    """What a delivery fills, in the order of :data:`COLUMNS`."""
    received_at = to_micros(one.received_at)
    return (*one[:6], received_at, received_at)


@cache
def _multiplied(size: int) -> str:
    """The statement for ``size`` rows on SQLite."""
    row: dict[str, ColumnElement[Any]] = {name: bindparam(name) for name in COLUMNS} | {"state": NEW}
    single = str(sqlite.insert(inbox).values(row).on_conflict_do_nothing().compile(dialect=sqlite.dialect()))
    before, values, after = _VALUES.split(single)
    return before + ", ".join([values] * size) + after


_VALUES = re.compile(r"(?<=VALUES )(\([^)]*\))")


def wake_inbox(connection: Connection, installation_id: int, *, now: datetime) -> None:
    """Make the inbox's lane of work due on SQLite. The row is written even if it is due already: see :meth:`Lanes.wake`."""
    at = to_micros(now)
    connection.exec_driver_sql(_woken(), (at, at, installation_id), execution_options=MARK)


@cache
def _woken() -> str:
    """The statement of :func:`wake_inbox`: two times, then an installation."""
    return str(waking(bindparam("now", type_=BigInteger), bindparam("mine", type_=BigInteger)).compile(dialect=sqlite.dialect()))


def waking(now: ColumnElement[int], installation_id: ColumnElement[int]) -> Update:
    """The statement that makes the inbox's lane of an installation due."""
    due_at = type_coerce(lanes.c.due_at, BigInteger)
    mine = lanes.c.installation_id == installation_id, lanes.c.lane == literal_column("'inbox'")
    return update(lanes).where(*mine).values(due_at=case((due_at < now, due_at), else_=now))


def same_under_other_ids(arrivals: Sequence[Arrival], taken: Mapping[tuple[int, str], bytes]) -> list[Arrival]:
    """Those deliveries whose id is taken by another body, each under its id and its own digest; ``taken`` has the digest that is kept under each id.

    The host's id of a delivery is not signed. So a second, different body under an id is kept too: nobody can make us drop a real delivery by sending an old
    one under its number.
    """
    return [
        one._replace(event_id=f"{one.event_id}~{one.digest.hex()}")
        for one in arrivals
        if taken.get((one.installation_id, one.event_id), one.digest) != one.digest
    ]
