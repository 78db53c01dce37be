"""Deliveries into the inbox on PostgreSQL: a connection for nothing else, and three round trips for a group of any size.

What goes through SQLAlchemy's asyncio layer pays for it with every statement. Here the statements are SQLAlchemy's still, compiled once, and the driver gets
them at first hand. A group may be written twice without harm, so one whose connection broke is simply written again.
"""

import asyncio
from collections.abc import Sequence
from functools import cache

import asyncpg
from sqlalchemy import ARRAY, BigInteger, ClauseElement, PoolProxiedConnection, Text, and_, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from plugin.errors import Unavailable
from plugin.store.intake import COLUMNS, NEW, Arrival, row_of, same_under_other_ids, waking
from plugin.store.tables import inbox
from plugin.store.types import to_micros

TRIES = 3
AGAIN = frozenset({"40001", "40P01", "23505"})
"""Two transactions met: serialization failure, deadlock, or both made the same row. Done again, the second one finds what the first one did."""
_ENTER = "BEGIN; SET LOCAL mentorgraph.dispatcher = 'on'"
"""Begins a transaction that may look across installations; the setting ends with it."""
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""No server, one that stops, is full, or only follows another."""


class PostgresIntake:
    """Writes groups of deliveries, one group at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._held: tuple[PoolProxiedConnection, asyncpg.Connection] | None = None

    async def put(self, arrivals: Sequence[Arrival]) -> None:
        """Insert deliveries, each once, and make their lanes due; durable when this returns. Raises :class:`Unavailable`."""
        async with self._turn:
            for left in reversed(range(TRIES)):
                try:
                    return await self._write(await self._connection(), arrivals)
                except (*AWAY, DBAPIError) as error:
                    self._drop()
                    if not left:
                        raise Unavailable("the database does not answer", code="database_down") from error
                except asyncpg.PostgresError as error:
                    self._drop()
                    if not left or error.sqlstate not in AGAIN:
                        raise
                except BaseException:
                    # Whatever it is, half a transaction may be open.
                    self._drop()
                    raise
        return None

    async def close(self) -> None:
        """Let the connection go."""
        async with self._turn:
            self._drop()

    async def _connection(self) -> asyncpg.Connection:
        if self._held is None:
            found = await self._engine.raw_connection()
            self._held = found, found.driver_connection
        return self._held[1]

    def _drop(self) -> None:
        if self._held is not None:
            (held, connection), self._held = self._held, None
            connection.terminate()
            held.invalidate()

    async def _write(self, connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        await connection.execute(_ENTER)
        if await _insert(connection, arrivals) != len(arrivals):
            rows = await connection.fetch(looking(), [one.installation_id for one in arrivals], [one.event_id for one in arrivals])
            if other := same_under_other_ids(arrivals, {(row[0], row[1]): row[2] for row in rows}):
                await _insert(connection, other)
        await connection.execute(ending(arrivals))


async def _insert(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> int:
    # In one order, so that two processes that insert the same deliveries never wait for each other.
    status = await connection.execute(inserting(), *map(list, zip(*sorted(map(row_of, arrivals)), strict=True)))
    return int(status.rpartition(" ")[2])


@cache
def inserting() -> str:
    """The statement that inserts any number of deliveries, but for those whose id is taken: an array for each column."""
    arrays = [bindparam(name, type_=ARRAY(kind())) for name, kind in COLUMNS.items()]
    rows = func.unnest(*arrays).table_valued(*COLUMNS).render_derived()
    chosen = select(*(rows.c[name] for name in COLUMNS), NEW)
    return _text(postgresql.insert(inbox).from_select([*COLUMNS, "state"], chosen).on_conflict_do_nothing())


@cache
def looking() -> str:
    """The statement that reads which digests are kept under ids: an array of installations, and one of ids."""
    arrays = bindparam("installations", type_=ARRAY(BigInteger())), bindparam("ids", type_=ARRAY(Text()))
    asked = func.unnest(*arrays).table_valued("installation_id", "event_id").render_derived()
    same = and_(inbox.c.installation_id == asked.c.installation_id, inbox.c.event_id == asked.c.event_id)
    return _text(select(inbox.c.installation_id, inbox.c.event_id, inbox.c.digest).join_from(inbox, asked, same))


def ending(arrivals: Sequence[Arrival]) -> str:
    """The statements that make the lanes of deliveries due and end the transaction, as one message. They hold numbers of ours and nothing else."""
    now = to_micros(max(one.received_at for one in arrivals))
    # In one order, as above.
    installations = sorted({one.installation_id for one in arrivals})
    return "; ".join([*(_waking().format(now=now, installation=one) for one in installations), "COMMIT"])


@cache
def _waking() -> str:
    return _text(waking(literal_column("{now:d}"), literal_column("{installation:d}")))


def _text(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy's
