"""PostgreSQL over asyncpg: any number of processes, row-level security behind every statement."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

from plugin.clock import Clock
from plugin.errors import Misconfigured, Unavailable
from plugin.store.crypto import Vault
from plugin.store.dispatch import Dispatcher
from plugin.store.engines import ENTER, ENTER_ALONE, REFUSED, away, postgres_engine
from plugin.store.epochs import PostgresEpochs, begin_noting, note_writes
from plugin.store.ids import Ids
from plugin.store.installations import Installations
from plugin.store.intake import Arrival
from plugin.store.migrate import check_revision
from plugin.store.postgres_intake import AGAIN, MET, PostgresIntake
from plugin.store.roles import check_bound
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")

TRIES = 4


class PostgresDatabase:
    """See :class:`plugin.store.database.Database`."""

    def __init__(self, url: str, *, vault: Vault, clock: Clock) -> None:
        self._engine = postgres_engine(url)
        note_writes(self._engine.sync_engine)
        self._intake = PostgresIntake(self._engine)
        self._epochs = PostgresEpochs(self._engine)
        self._vault = vault
        self._clock = clock
        self._ids = Ids()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def _transact(self, work: Callable[[Connection], T], *, setting: str, value: str, read_only: bool = False, alone: int | None = None) -> T:
        for left in reversed(range(TRIES)):
            try:
                return await self._once(work, setting=setting, value=value, read_only=read_only, alone=alone)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if not left and state in MET:
                    raise Unavailable("the database is busy with others", code="database_locked") from error
                if not left or state not in AGAIN:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _once(self, work: Callable[[Connection], T], *, setting: str, value: str, read_only: bool, alone: int | None) -> T:
        try:
            async with self._engine.connect() as connection:
                if read_only:
                    # Several statements, one state.
                    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                async with connection.begin():
                    given = {"setting": f"mentorgraph.{setting}", "value": value}
                    await (connection.execute(ENTER, given) if alone is None else connection.execute(ENTER_ALONE, given | {"alone": alone}))
                    return await connection.run_sync(work)
        except (OperationalError, InterfaceError, PendingRollbackError, OSError, TimeoutError) as error:
            raise Unavailable("the database does not answer", code="database_down") from error
        except DBAPIError as error:
            if found := away(error):
                raise found from error
            raise

    async def read(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.read`."""

        def run(connection: Connection) -> T:
            return work(UnitOfWork(connection, installation_id, clock=self._clock, vault=self._vault, ids=self._ids))

        return await self._transact(run, setting="installation", value=str(installation_id), read_only=True)

    glance = read
    """See :meth:`Database.glance`: here nothing is quicker than a reading."""

    async def write(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.write`."""

        def run(connection: Connection) -> T:
            begin_noting(connection)
            unit = UnitOfWork(connection, installation_id, clock=self._clock, vault=self._vault, ids=self._ids)
            result = work(unit)
            unit.flush()
            return result

        # Those of this process wait here, not each with a connection in hand that another community needs.
        async with self._turns.setdefault(installation_id, asyncio.Lock()):
            return await self._transact(run, setting="installation", value=str(installation_id), alone=installation_id)

    async def dispatch(self, work: Callable[[Dispatcher], T]) -> T:
        """See :meth:`Database.dispatch`."""
        return await self._transact(lambda connection: work(Dispatcher(connection, skip_locked=True)), setting="dispatcher", value="on")

    async def manage(self, work: Callable[[Installations], T]) -> T:
        """See :meth:`Database.manage`."""
        return await self._transact(lambda connection: work(Installations(connection, clock=self._clock, vault=self._vault)), setting="dispatcher", value="on")

    async def epoch(self, installation_id: int) -> int | None:
        """See :meth:`Database.epoch`."""
        return await self._epochs.of(installation_id)

    async def put(self, *arrivals: Arrival) -> None:
        """See :meth:`Database.put`."""
        await self._intake.put(arrivals)

    async def check(self) -> None:
        """See :meth:`Database.check`."""

        def work(connection: Connection) -> str | None:
            check_bound(connection)
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

        try:
            found = await self._transact(work, setting="dispatcher", value="on", read_only=True)
        except DBAPIError as error:
            code = getattr(error.orig, "sqlstate", None)
            if code == "42P01":
                found = None
            elif code in REFUSED:
                words = "PostgreSQL refused the connection: check the user, the password and the database's name in MENTORGRAPH_DATABASE_URL"
                raise Misconfigured(words) from error
            elif code == "42501":
                raise Misconfigured("the role of MENTORGRAPH_DATABASE_URL may not use the tables: run `mentorgraph migrate`, which grants it that") from error
            else:
                raise
        check_revision(found)

    async def close(self) -> None:
        """See :meth:`Database.close`."""
        await self._intake.close()
        self._epochs.close()
        await self._engine.dispose()
