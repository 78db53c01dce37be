"""The epoch of an installation: a number that changes with every commit after which an answer may be another.

Whatever is remembered of answers and of who may ask is remembered together with the epoch as of the transaction that it was read in, and is good as long as the
epoch is that. So a withdrawal, an erasure or a revoked token takes effect with its commit, in every process and whichever process made it.

A commit changes the epoch unless it touched nothing but :data:`QUIET` tables. The engine itself notes which tables a transaction writes, so that no statement
can be forgotten.
"""

import asyncio
import sqlite3
from pathlib import Path
from urllib.parse import quote

import asyncpg
from sqlalchemy import Connection, Engine, PoolProxiedConnection, Update, bindparam, case, event, update
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from plugin.errors import Unavailable
from plugin.store.tables import installations

QUIET = frozenset(
    {"actors", "audit", "changes", "checks", "habits", "host_calls", "inbox", "jobs", "lanes", "learned", "measures", "outbox", "sign_ins", "sweeps"}
)
"""Tables that no answer which may be remembered is made of."""
_NOTED = "mentorgraph.written"


def note_writes(engine: Engine) -> None:
    """Note for every transaction of an engine which tables it writes."""

    @event.listens_for(engine, "after_cursor_execute")
    def _note(connection: Connection, _cursor: object, _statement: object, _parameters: object, context: DefaultExecutionContext | None, _many: object) -> None:
        if context is not None and (context.isinsert or context.isupdate or context.isdelete):
            table = getattr(getattr(context.compiled, "statement", None), "table", None)
            connection.info.setdefault(_NOTED, set()).add(getattr(table, "name", "?"))


def begin_noting(connection: Connection) -> None:
    """A transaction begins: what an earlier one on this connection wrote is none of its business."""
    connection.info.pop(_NOTED, None)


def is_loud(connection: Connection) -> bool:
    """Whether the transaction wrote anything that an answer is made of."""
    return not connection.info.get(_NOTED, frozenset()) <= QUIET


MARKING: Update = (
    update(installations)
    .where(installations.c.installation_id == bindparam("installation"))
    .values(
        revision=installations.c.revision + bindparam("changed"),
        epoch=installations.c.epoch + case((bindparam("loud") == 1, 1), else_=0),
    )
    .returning(installations.c.revision)
)
"""Counts a commit."""


class SqliteEpochs:
    """Reads epochs on the event loop itself: one row by its key, in some microseconds, and a reader of a write-ahead log waits for nobody."""

    def __init__(self, path: Path) -> None:
        self._uri = f"file:{quote(str(path.resolve()))}?mode=ro"
        self._connection: sqlite3.Connection | None = None

    async def of(self, installation_id: int) -> int | None:
        """The epoch; ``None`` if there is no such installation. Raises :class:`Unavailable`."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False, isolation_level=None, timeout=1)
            row = self._connection.execute("SELECT epoch FROM installations WHERE installation_id = ?", (installation_id,)).fetchone()
        except sqlite3.Error as error:
            self.close()
            raise Unavailable("the database does not answer", code="database_down") from error
        return None if row is None else int(row[0])

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresEpochs:
    """Reads epochs over a connection of its own; whoever asks while a question is under way is answered by the next one, together with all others."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._held: tuple[PoolProxiedConnection, asyncpg.Connection] | None = None
        self._asked: dict[int, asyncio.Future[int | None]] = {}

    async def of(self, installation_id: int) -> int | None:
        """As :meth:`SqliteEpochs.of`."""
        while True:
            mine = self._asked.get(installation_id)
            if mine is None:
                mine = self._asked[installation_id] = asyncio.get_running_loop().create_future()
            async with self._turn:
                if not mine.done():
                    await self._answer()
            if not mine.cancelled():
                return mine.result()

    async def _answer(self) -> None:
        asked, self._asked = self._asked, {}
        try:
            found = await self._read(list(asked))
        except Exception:  # noqa: BLE001 - whatever it is, there is no answer
            for one in asked.values():
                one.set_exception(Unavailable("the database does not answer", code="database_down"))
                one.exception()  # nobody may be left who waits for it
            return
        except BaseException:
            # Whoever asked for all of them went away: the others ask again.
            for one in asked.values():
                one.cancel()
            raise
        for installation, one in asked.items():
            one.set_result(found.get(installation))

    async def _read(self, installation_ids: list[int]) -> dict[int, int]:
        try:
            if self._held is None:
                pooled = await self._engine.raw_connection()
                self._held = pooled, pooled.driver_connection
                await self._held[1].execute("SET mentorgraph.dispatcher = 'on'")
            rows = await self._held[1].fetch("SELECT installation_id, epoch FROM installations WHERE installation_id = ANY($1::bigint[])", installation_ids)
        except BaseException:
            # Whatever it is, the setting may be missing: then the connection would see no community.
            self.close()
            raise
        return {row[0]: row[1] for row in rows}

    def close(self) -> None:
        """Let the connection go; it is never given to anybody else, because its setting stays."""
        if self._held is not None:
            (held, connection), self._held = self._held, None
            connection.terminate()
            held.invalidate()
