"""Deliveries into the inbox on PostgreSQL: a connection for nothing else, and one statement for a group of any size.

What goes through SQLAlchemy's asyncio layer pays for it with every statement. Here the statements are SQLAlchemy's still, compiled once, and the driver gets
them at first hand. Each is a transaction of its own, and a group may be written twice without harm, so one whose connection broke is simply written again.
"""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import ARRAY, BigInteger, ClauseElement, PoolProxiedConnection, Text, and_, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from plugin.errors import Unavailable
from plugin.store.intake import COLUMNS, NEW, Arrival, row_of, same_under_other_ids, waking
from plugin.store.tables import inbox, lanes

TRIES = 3
MET = frozenset({"40001", "40P01"})
"""Two transactions met: serialization failure, deadlock. Done again, the second one finds what the first one did."""
AGAIN = MET | {"23505"}
"""The same, or both made the same row; that can be the fault of what was asked, too."""
_ENTER = "SET mentorgraph.dispatcher = 'on'"
"""Lets the connection look across installations; it is used for nothing else and never given back."""
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
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
                    if not left and error.sqlstate in MET:
                        raise Unavailable("the database is busy with others", code="database_locked") from error
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
            try:
                found = await self._engine.raw_connection()
            except Exception as error:
                # The driver's errors come in several wrappings here, and one of them is nobody's subclass.
                raise ConnectionError("there is no connection") from error
            self._held = found, found.driver_connection
            await self._held[1].execute(_ENTER)
        return self._held[1]

    def _drop(self) -> None:
        if self._held is not None:
            (held, connection), self._held = self._held, None
            connection.terminate()
            held.invalidate()

    async def _write(self, connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        if await _insert(connection, arrivals) != len(arrivals):
            rows = await connection.fetch(looking(), [one.installation_id for one in arrivals], [one.event_id for one in arrivals])
            if other := same_under_other_ids(arrivals, {(row[0], row[1]): row[2] for row in rows}):
                await _insert(connection, other)


async def _insert(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> int:
    # In one order, so that two processes that insert the same deliveries never wait for each other.
    given = dict(zip(COLUMNS, map(list, zip(*sorted(map(row_of, arrivals)), strict=True)), strict=True))
    statement, order = inserting()
    inserted: int = await connection.fetchval(statement, *(given[name] for name in order))
    return inserted


@cache
def inserting() -> tuple[str, Sequence[str]]:
    """The statement that inserts any number of deliveries, but for those whose id is taken or whose community was removed, and makes their lanes due.

    It gives how many it inserted, and takes an array for each column, in the order that comes with it.
    """
    arrays = {name: bindparam(name, type_=ARRAY(kind())) for name, kind in COLUMNS.items()}
    rows = func.unnest(*arrays.values()).table_valued(*COLUMNS).render_derived()
    # Locked in one order, as above. A community that is being removed has no lanes any more, or loses them after this.
    told = select(rows.c.installation_id, func.max(rows.c.next_at).label("at")).group_by(rows.c.installation_id).cte("told")
    mine = lanes.c.installation_id == told.c.installation_id, lanes.c.lane == literal_column("'inbox'")
    locked = select(told.c.installation_id, told.c.at).join(lanes, and_(*mine)).order_by(told.c.installation_id).with_for_update(of=lanes).cte("locked")
    woken = waking(locked.c.at, locked.c.installation_id).cte("woken")
    chosen = select(*(rows.c[name] for name in COLUMNS), NEW).where(rows.c.installation_id.in_(select(locked.c.installation_id)))
    came = postgresql.insert(inbox).from_select([*COLUMNS, "state"], chosen).on_conflict_do_nothing().returning(inbox.c.event_id).cte("came")
    return _text(select(func.count()).select_from(came).add_cte(woken))


@cache
def looking() -> str:
    """The statement that reads which digests are kept under ids: an array of installations, and one of ids."""
    arrays = bindparam("installations", type_=ARRAY(BigInteger())), bindparam("ids", type_=ARRAY(Text()))
    asked = func.unnest(*arrays).table_valued("installation_id", "event_id").render_derived()
    same = and_(inbox.c.installation_id == asked.c.installation_id, inbox.c.event_id == asked.c.event_id)
    return _text(select(inbox.c.installation_id, inbox.c.event_id, inbox.c.digest).join_from(inbox, asked, same))[0]


def _text(statement: ClauseElement) -> tuple[str, Sequence[str]]:
    compiled: Any = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return str(compiled), tuple(compiled.positiontup or ())
