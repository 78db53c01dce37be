"""The service as a process over a filled database, and deliveries to it."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx2

from benchmarks import living
from integrations.servers import free_port
from tests import forked
from tests.conftest import SECRET_KEY
from tests.forked import Forked
from tests.plugin.web.test_hooks import body_of, signed


class Dying(living.Service):
    """The service that dies at marked steps, forked instead of started anew."""

    async def begin(self, words: Sequence[str], environment: Mapping[str, str]) -> asyncio.subprocess.Process:
        return cast("asyncio.subprocess.Process", forked.start(*words, environment=environment, errors=self.log))


@dataclass
class Service:
    """A running process. ``acknowledged`` are the numbers of deliveries that were answered 2xx."""

    process: Forked
    address: str
    path: Path
    installation_id: int
    acknowledged: list[str]

    async def ready(self) -> None:
        async with httpx2.AsyncClient(trust_env=False) as http:
            for _ in range(3_000):
                assert self.process.returncode is None, "it ended"
                with suppress(httpx2.TransportError):
                    if (await http.get(f"{self.address}/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise AssertionError("it did not get ready")

    async def deliver(self, http: httpx2.AsyncClient, number: str) -> int:
        """Send one; the status, or 0 for no connection."""
        body = body_of({"user": {"id": 10_000 + int(number), "username": f"sent{number}", "active": True}})
        try:
            answer = await http.post(f"{self.address}/hooks/{self.installation_id}/", content=body, headers=signed(body, number=number))
        except httpx2.ConnectError:
            return 0
        if answer.status_code < 300:
            self.acknowledged.append(number)
        return answer.status_code

    def kept(self) -> int:
        """Deliveries in the file."""
        with closing(sqlite3.connect(self.path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return int(connection.execute("SELECT count(*) FROM inbox").fetchone()[0])


@contextmanager
def running(path: Path, *, file_bytes: int = 0) -> Iterator[Service]:
    """``mentorgraph serve`` over the database at ``path``. With ``file_bytes`` no file may grow beyond that, as on a full disk."""

    port = free_port()
    values = {name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")}
    values |= {"MENTORGRAPH_DATABASE_URL": f"sqlite:///{path}", "MENTORGRAPH_SECRET_KEYS": SECRET_KEY}
    process = forked.start("-m", "plugin", "serve", "--port", str(port), environment=values, file_bytes=file_bytes)
    with closing(sqlite3.connect(path)) as connection:
        installation_id = connection.execute("SELECT installation_id FROM installations").fetchone()[0]
    try:
        yield Service(process, f"http://127.0.0.1:{port}", path, installation_id, [])
    finally:
        process.end()


def copied(filled: Path, folder: Path) -> Path:
    """A database of one's own."""
    path = folder / "service.db"
    shutil.copyfile(filled, path)
    return path
