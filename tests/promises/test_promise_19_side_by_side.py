"""Promise 19: while tables are migrated, and after, the program of the version before serves on beside the new one.

The program before the newest migration is taken out of git's history, so this is what operators have who upgrade process by process.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from integrations.servers import free_port
from tests import forked
from tests.conftest import SECRET_KEY
from tests.forked import Forked
from tests.plugin.web.test_hooks import body_of, signed
from tests.postgres import Postgres, running_postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
URL = "https://forum.example.org"
FILL = f"""
import asyncio, json
from datetime import UTC, datetime
from mentorgraph import events as e
from plugin.app import compose
from plugin.cli.main import main as command
from plugin.services import access, handlers
from plugin.settings import Settings

async def main():
    parts = compose(Settings())
    keys = dict.fromkeys(("terms", "tombstones", "audit"), "00" * 32)
    secrets = {{"api_key": "none", "api_username": "system", "hook_secrets": ["a secret of deliveries"], "sign_in_secrets": ["another secret"]}}
    database = parts.runtime.database
    made = await database.manage(lambda every: every.create(host="discourse", base_url="{URL}", secrets=secrets, keys=keys, name="Forum"))
    now = datetime.now(UTC)
    ann = e.MemberChanged(seen_at=now, source=e.Source.HOST, host_user_id="1", username="ann", name="Ann", created_at=now, active=True)

    def work(unit):
        unit.update_installation(state="active")
        unit.lanes.create()
        unit.lanes.stop()
        unit.wake("inbox")
        handlers.apply([ann], unit)
        return unit.members.by_username("ann").id

    member_id = await database.write(made, work)
    token = await access.create_token(parts.runtime, made, member_id=member_id, scopes=None, name="test", lifetime=None, audience="api")
    await parts.close()
    print(json.dumps({{"id": made, "token": token}}))

try:
    command(["migrate"])
except SystemExit as ended:
    assert not ended.code
asyncio.run(main())
"""
"""Migrates, and fills what was made."""


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603, S607 - our own words; git is where the developer has it


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it was before the newest migration."""
    newest = max(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))[:4]
    try:
        archive = next(
            (_git("archive", commit) for commit in _git("log", "--format=%H", "--", "migrations/versions").decode().split() if _is_before(commit, newest)), None
        )
    except (OSError, subprocess.CalledProcessError):
        archive = None
    if archive is None:
        pytest.skip("there is no git history here that holds the version before")
    folder = tmp_path_factory.mktemp("before")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)  # noqa: S603, S607 - likewise
    return folder


def _is_before(commit: str, newest: str) -> bool:
    """Whether a commit has an older newest migration, and each number once (while it was made it may have had another number)."""
    numbers = [Path(name).name[:4] for name in _git("ls-tree", "--name-only", commit, "migrations/versions/").decode().split() if name.endswith(".py")]
    return len(numbers) == len(set(numbers)) and max(numbers) < newest


@dataclass(frozen=True)
class Program:
    """One version of the program."""

    folder: Path
    postgres: Postgres

    @property
    def _environment(self) -> dict[str, str]:
        values = {name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")}
        return values | {
            "MENTORGRAPH_DATABASE_URL": self.postgres.service_url,
            "MENTORGRAPH_MIGRATE_URL": self.postgres.owner_url,
            "MENTORGRAPH_SECRET_KEYS": SECRET_KEY,
            "MENTORGRAPH_LOG_LEVEL": "error",
            "PYTHONPATH": str(self.folder),
        }

    async def begin(self, *words: str) -> asyncio.subprocess.Process | Forked:
        """Begin a command; of the version at hand, forked from one that has read its modules."""
        if self.folder == ROOT:
            return forked.start("-m", "plugin", *words, environment=self._environment)
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "plugin", *words), cwd=self.folder, env=self._environment, stdout=asyncio.subprocess.DEVNULL
        )

    async def run(self, *words: str) -> str:
        """Run to the end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=self.folder, env=self._environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Its address, once it is ready; in the end it is stopped as operators do, and ends well."""
        port = free_port()
        process = await self.begin("serve", "--port", str(port))
        try:
            async with httpx2.AsyncClient(trust_env=False) as http:
                for _ in range(1_200):
                    assert process.returncode is None, "it ended"
                    with contextlib.suppress(httpx2.TransportError):
                        if (await http.get(f"http://127.0.0.1:{port}/readyz")).is_success:
                            break
                    await asyncio.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 40) in {0, -signal.SIGTERM}
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@dataclass
class Visitor:
    """Sends deliveries and asks GraphQL, now of one process and now of the other."""

    http: httpx2.AsyncClient
    place: dict[str, Any]
    number: int = 0

    async def visit(self, address: str) -> None:
        self.number += 1
        body = body_of({"user": {"id": 100 + self.number, "username": f"sent{self.number}", "name": "Sent", "active": True}})
        headers = signed(body, secret="a secret of deliveries", number=str(self.number), instance=URL)
        assert (await self.http.post(f"{address}/hooks/{self.place['id']}/", content=body, headers=headers)).status_code == 202
        asked = {"query": "{ viewer { member { username } } }"}
        answer = await self.http.post(f"{address}/graphql", json=asked, headers={"authorization": f"Bearer {self.place['token']}"})
        assert answer.json()["data"] == {"viewer": {"member": {"username": "ann"}}}


async def _handled(postgres: Postgres) -> dict[str, int]:
    connection = await asyncpg.connect(postgres.admin_url)
    try:
        return {row["state"]: row["number"] for row in await connection.fetch("SELECT state, count(*) AS number FROM inbox GROUP BY state")}
    finally:
        await connection.close()


async def test_promise_19_the_version_before_serves_on_beside_the_new_one(before: Path, tmp_path: Path) -> None:
    with running_postgres(tmp_path) as postgres:
        old, new = Program(before, postgres), Program(ROOT, postgres)
        place = json.loads((await old.run("-c", FILL)).splitlines()[-1])
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as http, old.serving() as first:
            visitor = Visitor(http, place)
            await visitor.visit(first)
            migrating = await new.begin("migrate")
            while migrating.returncode is None:
                await visitor.visit(first)
                await asyncio.sleep(0.1)
            assert migrating.returncode == 0
            async with new.serving() as second:
                for _ in range(10):
                    await visitor.visit(first)
                    await visitor.visit(second)
            await visitor.visit(first)
            for _ in range(400):
                if (handled := await _handled(postgres)) == {"handled": visitor.number}:
                    break
                await asyncio.sleep(0.05)
            assert handled == {"handled": visitor.number}
