"""How each database is opened."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from plugin.errors import Unavailable


def dumps(value: object) -> str:
    """JSON for columns."""
    return orjson.dumps(value).decode()


LOG_PAGES = 4_000
"""Pages of the write-ahead log, of 4 kB each, after which it is written back into the file: a page that changes often is then written once for many times."""


SYNCHRONOUS = "FULL"
"""An acknowledged delivery survives a power cut."""


def sqlite_connection(path: Path, *, read_only: bool = False, patience: float = 5) -> sqlite3.Connection:
    """A connection as all of ours are, with transactions that are ours to begin. It waits at most ``patience`` seconds for another process."""
    uri = f"file:{quote(str(path.resolve()))}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, timeout=patience)
    # secure_delete: erased means overwritten.
    pragmas = ["foreign_keys=ON", f"synchronous={SYNCHRONOUS}", "secure_delete=ON", "temp_store=MEMORY", "cache_size=-32768", f"wal_autocheckpoint={LOG_PAGES}"]
    for pragma in [*pragmas, *([] if read_only else ["journal_mode=WAL"])]:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def sqlite_engine(path: Path, *, read_only: bool = False, size: int = 1, patience: float = 5) -> Engine:
    """An engine whose transactions are ours to begin: IMMEDIATE for the writer, so that it waits for its turn instead of failing on the upgrade from a read.

    It waits at most ``patience`` seconds.
    """
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite_connection(path, read_only=read_only, patience=patience),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
    )

    words = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Past SQLAlchemy, which takes longer to pass two words on than SQLite to begin.
        try:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(words)
        except sqlite3.Error as error:
            raise DBAPIError.instance(words, None, error, sqlite3.Error) from error

    return engine


def _word(error: DBAPIError | sqlite3.Error) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error).lower()


def is_damage(error: DBAPIError | sqlite3.Error) -> bool:
    """Whether SQLite says that the file is no database of its, or a broken one."""
    word = _word(error)
    return "not a database" in word or "malformed" in word


def unavailable(error: DBAPIError | sqlite3.Error) -> Unavailable:
    """Our error for a database that is locked, full, read-only or gone; its own words go to the log, not to the caller."""
    word = _word(error)
    if "readonly" in word or "read-only" in word:
        return Unavailable("the database cannot be written: its disk or file is read-only", code="database_read_only")
    if "full" in word:
        return Unavailable("the database cannot be written: its disk is full", code="database_full")
    if "locked" in word:
        return Unavailable("the database is locked by another process", code="database_locked")
    if is_damage(error):
        return Unavailable("the file of the database is no SQLite database, or a broken one: check MENTORGRAPH_DATABASE_URL", code="database_damaged")
    return Unavailable("the database does not answer", code="database_down")


AWAY = ("08", "25006", "53", "57")
"""Classes of SQLSTATE that say that there is no server now, or one that starts, stops, is full, or only follows another (PostgreSQL, appendix A)."""


REFUSED = frozenset({"28P01", "28000", "3D000"})
"""What PostgreSQL says of a user, a password or a database that is not there."""


def away(error: BaseException) -> Unavailable | None:
    """Our error if it is the database that fails, whatever was asked of it; ``None`` if it is what was asked."""
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.OperationalError):
        found = unavailable(error)
        return found if found.code != "database_down" or "disk i/o" in _word(error) else None
    if error.connection_invalidated or str(getattr(error.orig, "sqlstate", None)).startswith(AWAY):
        return Unavailable("the database does not answer", code="database_down")
    return None


ENTER = text("SELECT set_config(:setting, :value, true)")
"""Says whose rows the policies show. Local to the transaction, so a pooled connection cannot carry it into another community's work."""
ENTER_ALONE = text("SELECT set_config(:setting, :value, true), pg_advisory_xact_lock(:alone)")
"""The same, when every other unit that writes for this community is over, in whichever process; until the transaction ends no other begins."""


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
