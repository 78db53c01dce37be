"""Deliveries into the inbox on SQLite: a connection for nothing else, and a few statements for a group of any size.

It belongs to the one thread that writes, so it never meets another writer.
"""

import contextlib
import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, delete, select
from sqlalchemy.dialects import sqlite

from plugin.store.engines import sqlite_connection
from plugin.store.intake import COLUMNS, NEW, Arrival, row_of, same_under_other_ids, waking
from plugin.store.tables import inbox
from plugin.store.types import to_micros

_ROWS_AT_ONCE = 128
"""Rows of the longest statement. Each statement lets go of the interpreter's lock: one for each row would make the writer wait in line as often."""


class SqliteIntake:
    """Writes groups of deliveries, in the thread of the writer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: sqlite3.Connection | None = None

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """Insert deliveries, each once, and make their lanes due; durable when this returns. Raises :class:`sqlite3.Error`."""
        if self._held is None:
            self._held = sqlite_connection(self._path)
        try:
            self._held.execute("BEGIN IMMEDIATE")
            _write(self._held, arrivals)
            self._held.execute("COMMIT")
        except BaseException:
            # Whatever it is, half a transaction may be open.
            self.close()
            raise

    def close(self) -> None:
        """Let the connection go."""
        held, self._held = self._held, None
        if held is not None:
            with contextlib.suppress(sqlite3.Error):
                held.close()


def _write(connection: sqlite3.Connection, arrivals: Sequence[Arrival]) -> None:
    if _insert(connection, arrivals) != len(arrivals):
        ids = ((one.installation_id, one.event_id) for one in arrivals)
        taken = {one: digest for one in ids for (digest,) in connection.execute(_looking(), one)}
        if other := same_under_other_ids(arrivals, taken):
            _insert(connection, other)
    now = max(one.received_at for one in arrivals)
    for installation_id in {one.installation_id for one in arrivals}:
        if not _wake(connection, installation_id, now=now):
            # Whoever took it in did not know yet that the community was removed.
            connection.execute(_removing(), (installation_id,))


def _insert(connection: sqlite3.Connection, arrivals: Sequence[Arrival]) -> int:
    """Insert deliveries as new; returns how many, which is less than came where an id was taken already."""
    rows = [row_of(one) for one in arrivals]
    inserted = 0
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[first : first + _ROWS_AT_ONCE]
        inserted += connection.execute(_multiplied(len(some)), tuple(chain.from_iterable(some))).rowcount
    return inserted


def _wake(connection: sqlite3.Connection, installation_id: int, *, now: datetime) -> bool:
    """Make the inbox's lane of work due; ``False`` if there is none. The row is written even if it is due already: see :meth:`Lanes.wake`."""
    at = to_micros(now)
    return connection.execute(_woken(), (at, at, installation_id)).rowcount > 0


@cache
def _multiplied(size: int) -> str:
    """The statement that inserts ``size`` rows."""
    row: dict[str, ColumnElement[Any]] = {name: bindparam(name) for name in COLUMNS} | {"state": NEW}
    single = str(sqlite.insert(inbox).values(row).on_conflict_do_nothing().compile(dialect=sqlite.dialect()))
    before, values, after = _VALUES.split(single)
    return before + ", ".join([values] * size) + after


_VALUES = re.compile(r"(?<=VALUES )(\([^)]*\))")


@cache
def _looking() -> str:
    """The statement that reads which digest is kept under an id: an installation, then an id."""
    mine = inbox.c.installation_id == bindparam("installation"), inbox.c.event_id == bindparam("id")
    return str(select(inbox.c.digest).where(*mine).compile(dialect=sqlite.dialect()))


@cache
def _woken() -> str:
    """The statement of :func:`_wake`: two times, then an installation."""
    return str(waking(bindparam("now", type_=BigInteger), bindparam("mine", type_=BigInteger)).compile(dialect=sqlite.dialect()))


@cache
def _removing() -> str:
    """The statement that removes what an installation has in its inbox."""
    return str(delete(inbox).where(inbox.c.installation_id == bindparam("mine")).compile(dialect=sqlite.dialect()))
