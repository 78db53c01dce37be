"""How each database is opened."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from plugin.errors import Unavailable


def dumps(value: object) -> str:
    """JSON for columns."""
    return orjson.dumps(value).decode()


def sqlite_engine(path: Path, *, read_only: bool = False, size: int = 1, patience: float = 5) -> Engine:
    """An engine whose transactions are ours to begin: IMMEDIATE for the writer, so that it waits for its turn instead of failing on the upgrade from a read.

    It waits at most ``patience`` seconds.
    """
    uri = f"file:{quote(str(path.resolve()))}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, timeout=patience)

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=size, max_overflow=0, json_serializer=dumps, json_deserializer=orjson.loads
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # FULL: an acknowledged delivery survives a power cut. secure_delete: erased means overwritten.
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY", "cache_size=-32768"):
            connection.execute(f"PRAGMA {pragma}")
        if not read_only:
            connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def is_damage(error: DBAPIError) -> bool:
    """Whether SQLite says that the file is no database of its, or a broken one."""
    word = str(error.orig).lower()
    return "not a database" in word or "malformed" in word


def unavailable(error: DBAPIError) -> Unavailable:
    """Our error for a database that is locked, full, read-only or gone; its own words go to the log, not to the caller."""
    word = str(error.orig).lower()
    if "readonly" in word or "read-only" in word:
        return Unavailable("the database cannot be written: its disk or file is read-only", code="database_read_only")
    if "full" in word:
        return Unavailable("the database cannot be written: its disk is full", code="database_full")
    if "locked" in word:
        return Unavailable("the database is locked by another process", code="database_locked")
    if is_damage(error):
        return Unavailable("the file of the database is no SQLite database, or a broken one: check MENTORGRAPH_DATABASE_URL", code="database_damaged")
    return Unavailable("the database does not answer", code="database_down")


def postgres_engine(url: str, *, size: int = 10, patience: float | None = 60) -> AsyncEngine:
    """An engine for ``postgresql://…``; a statement that takes more than ``patience`` seconds is given up. ``sslmode`` is understood as libpq does."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    mode = address.query.get("sslmode")
    if mode is not None:
        address = address.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return create_async_engine(
        address,
        pool_size=size,
        max_overflow=5,
        pool_pre_ping=True,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        isolation_level="READ COMMITTED",
        connect_args={"timeout": 10, "command_timeout": patience},
    )
