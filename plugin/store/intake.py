"""A delivery on its way into the inbox, and the statement that writes a group of them at once.

The statement is SQLAlchemy's, compiled once and then handed to the driver with plain values: what a request costs is mostly what is done for each row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnClause, ColumnElement, Connection, LargeBinary, Text, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from plugin.store.dispatch import MARK
from plugin.store.tables import inbox
from plugin.store.types import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One admitted delivery, sealed; ``digest`` is of what was sealed, so that two deliveries under one id can be told apart."""

    installation_id: int
    event_id: str
    kind: str
    digest: bytes
    body: bytes = field(repr=False)
    trace_id: str
    received_at: datetime


_COLUMNS = {
    "installation_id": BigInteger,
    "event_id": Text,
    "kind": Text,
    "digest": LargeBinary,
    "body": LargeBinary,
    "trace_id": Text,
    "received_at": BigInteger,
    "next_at": BigInteger,
}
"""What a delivery fills, in the order of the table."""
_NEW: ColumnClause[str] = literal_column("'new'")
_ROWS_AT_ONCE = 64
"""Rows of the longest statement on SQLite. Each statement lets go of the interpreter's lock: one for each row would make the writer wait in line as often."""


def insert_group(connection: Connection, arrivals: Sequence[Arrival]) -> int:
    """Insert deliveries as new; returns how many, which is less than came where an id was taken already."""
    # In one order, so that two processes that insert the same deliveries never wait for each other.
    rows = sorted(_row(one) for one in arrivals)
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(_unnested(), tuple(map(list, zip(*rows, strict=True))), execution_options=MARK).rowcount
    inserted = done = 0
    while done < len(rows):
        # Powers of two, so that a group of any size is made of few statements, and SQLite has them all prepared.
        size = min(_ROWS_AT_ONCE, 1 << ((len(rows) - done).bit_length() - 1))
        values = tuple(value for row in rows[done : done + size] for value in row)
        inserted += connection.exec_driver_sql(_multiplied(size), values, execution_options=MARK).rowcount
        done += size
    return inserted


def _row(one: Arrival) -> tuple[int, str, str, bytes, bytes, str, int, int]:
    received_at = to_micros(one.received_at)
    return one.installation_id, one.event_id, one.kind, one.digest, one.body, one.trace_id, received_at, received_at


@cache
def _multiplied(size: int) -> str:
    """The statement for ``size`` rows on SQLite."""
    rows: list[dict[str, ColumnElement[Any]]] = [{name: bindparam(f"{name}_{row}") for name in _COLUMNS} | {"state": _NEW} for row in range(size)]
    return str(sqlite.insert(inbox).values(rows).on_conflict_do_nothing().compile(dialect=sqlite.dialect()))


@cache
def _unnested() -> str:
    """The statement for any number of rows on PostgreSQL: an array for each column."""
    arrays = [bindparam(name, type_=ARRAY(kind())) for name, kind in _COLUMNS.items()]
    rows = func.unnest(*arrays).table_valued(*_COLUMNS).render_derived()
    chosen = select(*(rows.c[name] for name in _COLUMNS), _NEW)
    return str(postgresql.insert(inbox).from_select([*_COLUMNS, "state"], chosen).on_conflict_do_nothing().compile(dialect=asyncpg.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy's
