"""PostgreSQL over asyncpg: any number of processes, row-level security behind every statement."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.clock import Clock
from plugin.errors import Unavailable
from plugin.store.crypto import Vault
from plugin.store.dispatch import Dispatcher
from plugin.store.engines import postgres_engine
from plugin.store.inbox import put_arrivals
from plugin.store.intake import Arrival
from plugin.store.sqlite import GROUP, check_revision
from plugin.store.unit_of_work import Installations, UnitOfWork

T = TypeVar("T")


class PostgresDatabase:
    """See :class:`plugin.store.database.Database`."""

    def __init__(self, url: str, *, vault: Vault, clock: Clock) -> None:
        self._engine = postgres_engine(url)
        self._vault = vault
        self._clock = clock
        self._arrivals: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._taking: asyncio.Task[None] | None = None

    async def _transact(self, work: Callable[[Connection], T], *, setting: str, value: str) -> T:
        try:
            async with self._engine.begin() as connection:
                await self._enter(connection, setting, value)
                return await connection.run_sync(work)
        except (OperationalError, InterfaceError, OSError, TimeoutError) as error:
            raise Unavailable("the database does not answer", code="database_down") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable("the database does not answer", code="database_down") from error
            raise

    async def _enter(self, connection: AsyncConnection, setting: str, value: str) -> None:
        # Local to the transaction, so a pooled connection cannot carry it into another community's work.
        await connection.execute(text("SELECT set_config(:setting, :value, true)"), {"setting": f"mentorgraph.{setting}", "value": value})

    async def read(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.read`."""

        def run(connection: Connection) -> T:
            return work(UnitOfWork(connection, installation_id, clock=self._clock, vault=self._vault))

        return await self._transact(run, setting="installation", value=str(installation_id))

    async def write(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.write`."""

        def run(connection: Connection) -> T:
            unit = UnitOfWork(connection, installation_id, clock=self._clock, vault=self._vault)
            result = work(unit)
            unit.flush()
            return result

        return await self._transact(run, setting="installation", value=str(installation_id))

    async def dispatch(self, work: Callable[[Dispatcher], T]) -> T:
        """See :meth:`Database.dispatch`."""
        return await self._transact(lambda connection: work(Dispatcher(connection, skip_locked=True)), setting="dispatcher", value="on")

    async def manage(self, work: Callable[[Installations], T]) -> T:
        """See :meth:`Database.manage`."""
        return await self._transact(lambda connection: work(Installations(connection, clock=self._clock, vault=self._vault)), setting="dispatcher", value="on")

    async def put(self, arrival: Arrival) -> None:
        """See :meth:`Database.put`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals.append((arrival, future))
        if self._taking is None or self._taking.done():
            self._taking = asyncio.create_task(self._take_in())
        await future

    async def _take_in(self) -> None:
        while self._arrivals:
            group, self._arrivals = self._arrivals[:GROUP], self._arrivals[GROUP:]
            arrivals = [arrival for arrival, _ in group]
            failure: BaseException | None = None
            try:
                await self._transact(partial(put_arrivals, arrivals=arrivals), setting="dispatcher", value="on")
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                failure = error
            for _, future in group:
                if future.cancelled():
                    continue
                if failure is None:
                    future.set_result(None)
                else:
                    future.set_exception(failure)

    async def check(self) -> None:
        """See :meth:`Database.check`."""
        found = await self._transact(
            lambda connection: connection.execute(text("SELECT version_num FROM alembic_version")).scalar(), setting="dispatcher", value="on"
        )
        check_revision(found)

    async def close(self) -> None:
        """See :meth:`Database.close`."""
        if self._taking is not None:
            await asyncio.wait({self._taking}, timeout=30)
        await self._engine.dispose()
