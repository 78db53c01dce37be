"""SQLite, the embedded default: one process, one writer thread, a few readers."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from plugin.clock import Clock
from plugin.errors import Misconfigured, Unavailable
from plugin.store.crypto import Vault
from plugin.store.dispatch import Dispatcher
from plugin.store.engines import is_damage, sqlite_engine, unavailable
from plugin.store.epochs import SqliteEpochs, begin_noting, note_writes
from plugin.store.ids import Ids
from plugin.store.installations import Installations
from plugin.store.intake import Arrival
from plugin.store.migrate import check_revision
from plugin.store.readers import Readers
from plugin.store.sqlite_intake import SqliteIntake
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")
_Job = tuple[Callable[[Connection], Any], "Future[Any]"]

_WAKE: _Job = (lambda _connection: None, Future())
"""A job that only wakes the writer."""

READERS = 4
"""Threads that read at most (:mod:`plugin.store.readers`)."""
AT_ONCE = 0.05
"""Seconds that a reading on the event loop waits for another process; then a thread waits instead."""
GROUP = 512
"""Most deliveries in one commit, about: those that are put together stay together."""
TIDY_SECONDS = 60.0
"""How long what was removed may stay in the write-ahead log: after this the log is written back and cut."""
ERASED_SECONDS = 0.5
"""The same for who was erased, with nothing else to write; twice as long under load."""
CUT_PATIENCE = 100
"""Milliseconds that cutting the log waits for readers; deliveries wait meanwhile."""


class SqliteDatabase:
    """See :class:`plugin.store.database.Database`."""

    def __init__(self, path: Path, *, vault: Vault, clock: Clock) -> None:
        if not path.parent.is_dir():
            raise Misconfigured(f"the folder {path.parent} of the database does not exist: create it or change MENTORGRAPH_DATABASE_URL")
        if not path.exists():
            raise Misconfigured(f"there is no database at {path}: run `mentorgraph migrate` first")
        self._vault = vault
        self._clock = clock
        self._ids = Ids()
        self._closed = False
        self._writer_engine = sqlite_engine(path)
        self._intake = SqliteIntake(path)
        self._reader_engine = sqlite_engine(path, read_only=True, size=READERS)
        note_writes(self._writer_engine)
        self._epochs = SqliteEpochs(path)
        self._glances = sqlite_engine(path, read_only=True, size=READERS, patience=AT_ONCE)
        self._readers = Readers(READERS)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._arrivals: deque[tuple[Sequence[Arrival], Future[None]]] = deque()
        self._erased = False
        """Whether the log has somebody in it who was erased. The writer's alone."""
        self._writer = threading.Thread(target=self._write_for_ever, name="write", daemon=True)
        self._writer.start()

    # ------------------------------------------------------------------------------------------------------------- the writer thread

    def _write_for_ever(self) -> None:
        tidied, written = time.monotonic(), False
        while True:
            patience = ERASED_SECONDS if self._erased else TIDY_SECONDS
            try:
                job = self._jobs.get(timeout=max(0.0, tidied + patience - time.monotonic()) if written else None)
            except Empty:
                written = not self._cut_log()
                tidied = time.monotonic()
                continue
            self._take_in()
            if job is None:
                if written:
                    self._cut_log()
                return
            written = True
            if job is not _WAKE:
                self._do(*job)
                self._take_in()
            if time.monotonic() - tidied > 2 * (ERASED_SECONDS if self._erased else TIDY_SECONDS):
                self._cut_log()
                tidied = time.monotonic()

    def _do(self, work: Callable[[Connection], Any], future: "Future[Any]") -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            with self._writer_engine.begin() as connection:
                result = work(connection)
        except DBAPIError as error:
            future.set_exception(unavailable(error) if error.connection_invalidated or isinstance(error.orig, sqlite3.OperationalError) else error)
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            future.set_exception(error)
        else:
            future.set_result(result)

    def _cut_log(self) -> bool:
        """Write the log back into the file and cut it, so that what was erased is not left in it. Returns ``False`` if a reader in the way puts it off."""
        with contextlib.suppress(sqlite3.Error, DBAPIError), contextlib.closing(self._writer_engine.raw_connection()) as raw:
            cursor = raw.cursor()
            ((usual,),) = cursor.execute("PRAGMA busy_timeout").fetchall()
            cursor.execute(f"PRAGMA busy_timeout={CUT_PATIENCE}")
            try:
                ((busy, *_pages),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={usual}")
            self._erased = self._erased and bool(busy)
            return not busy
        return False

    def _take_in(self) -> None:
        while self._arrivals:
            arrivals: list[Arrival] = []
            futures: list[Future[None]] = []
            while self._arrivals and len(arrivals) < GROUP:
                some, future = self._arrivals.popleft()
                arrivals += some
                futures.append(future)
            failure: BaseException | None = None
            try:
                self._intake.put(arrivals)
            except sqlite3.Error as error:
                failure = unavailable(error)
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                failure = error
            for future in futures:
                # A loop that was closed has nobody left who waits; then this raises.
                with contextlib.suppress(RuntimeError):
                    _settle(future, failure)

    async def _run(self, work: Callable[[Connection], T]) -> T:
        future: Future[T] = Future()
        self._refuse_if_closed()
        self._jobs.put((work, future))
        return await asyncio.wrap_future(future)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise Unavailable("the service is stopping", code="stopping")

    # ------------------------------------------------------------------------------------------------------------- the shape

    async def read(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.read`."""
        return await self._read(lambda connection: work(self._unit(connection, installation_id)))

    async def glance(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.glance`."""
        self._refuse_if_closed()
        try:
            with self._glances.begin() as connection:
                return work(self._unit(connection, installation_id))
        except DBAPIError:
            return await self.read(installation_id, work)

    async def write(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """See :meth:`Database.write`."""

        def run(connection: Connection) -> T:
            begin_noting(connection)
            unit = self._unit(connection, installation_id)
            result = work(unit)
            unit.flush()
            self._erased |= unit.erased
            return result

        return await self._run(run)

    async def dispatch(self, work: Callable[[Dispatcher], T]) -> T:
        """See :meth:`Database.dispatch`."""
        return await self._run(lambda connection: work(Dispatcher(connection, skip_locked=False)))

    async def manage(self, work: Callable[[Installations], T]) -> T:
        """See :meth:`Database.manage`."""
        return await self._run(lambda connection: work(Installations(connection, clock=self._clock, vault=self._vault)))

    async def epoch(self, installation_id: int) -> int | None:
        """See :meth:`Database.epoch`."""
        self._refuse_if_closed()
        return await self._epochs.of(installation_id)

    async def put(self, *arrivals: Arrival) -> None:
        """See :meth:`Database.put`."""
        self._refuse_if_closed()
        future: Future[None] = Future()
        self._arrivals.append((arrivals, future))
        self._jobs.put(_WAKE)
        await asyncio.wrap_future(future)

    async def check(self) -> None:
        """See :meth:`Database.check`."""

        def work(connection: Connection) -> str | None:
            there = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if there else None

        check_revision(await self._read(work))

    async def close(self) -> None:
        """See :meth:`Database.close`."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join, 30)
        await asyncio.to_thread(self._readers.close)
        self._epochs.close()
        self._intake.close()
        self._writer_engine.dispose()
        self._reader_engine.dispose()
        self._glances.dispose()

    def _unit(self, connection: Connection, installation_id: int) -> UnitOfWork:
        return UnitOfWork(connection, installation_id, clock=self._clock, vault=self._vault, ids=self._ids)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._reader_engine.begin() as connection:
                return work(connection)

        self._refuse_if_closed()
        try:
            return await self._readers.run(run)
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.OperationalError) or is_damage(error):
                raise unavailable(error) from error
            raise


def _settle(future: "Future[None]", failure: BaseException | None) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if failure is None:
        future.set_result(None)
    else:
        future.set_exception(failure)
