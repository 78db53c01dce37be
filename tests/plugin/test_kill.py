"""Killed at random moments under load, the service loses nothing that it acknowledged."""

import asyncio
import hmac
import json
import os
import random
import signal
import sqlite3
import sys
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from integrations.servers import free_port
from plugin.app import open_database
from plugin.settings import Settings
from plugin.store.crypto import Vault
from tests.conftest import SECRET_KEY, FixedClock
from tests.plugin.support import BASE_URL, HOOK_SECRET, community

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
KILLS, SENDERS, LOAD, SEED = 3, 8, 40, 20261102


def signed(number: int) -> tuple[bytes, dict[str, str]]:
    """A delivery of the forum that a tag was made, as it signs it."""
    body = json.dumps({"ping": "OK", "number": number}).encode()
    return body, {
        "content-type": "application/json",
        "x-discourse-instance": BASE_URL,
        "x-discourse-event-id": str(number),
        "x-discourse-event-type": "ping",
        "x-discourse-event": "ping",
        "x-discourse-event-signature": "sha256=" + hmac.new(HOOK_SECRET.encode(), body, sha256).hexdigest(),
    }


async def start(settings: Settings, port: int) -> asyncio.subprocess.Process:
    """The service as operators start it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")} | {
        "MENTORGRAPH_DATABASE_URL": settings.database_url,
        "MENTORGRAPH_SECRET_KEYS": SECRET_KEY,
        "MENTORGRAPH_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MENTORGRAPH_LOG_LEVEL": "error",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "plugin", "serve", "--port", str(port), cwd=ROOT, env=environment)
    async with httpx2.AsyncClient(trust_env=False) as client:
        for _ in range(400):
            if process.returncode is not None:
                pytest.fail(f"the service ended with {process.returncode}")
            try:
                if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                    return process
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.05)
    process.kill()
    pytest.fail("the service did not become ready")


async def send_until_it_dies(url: str, numbers: list[int], acknowledged: set[int], refused: list[int]) -> None:
    """Send as fast as answers come; only a 2xx counts as acknowledged."""
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
        while True:
            numbers[0] += 1
            number = numbers[0]
            body, headers = signed(number)
            try:
                answer = await client.post(url, content=body, headers=headers)
            except httpx2.HTTPError:
                return
            if answer.is_success:
                acknowledged.add(number)
            else:
                refused.append(answer.status_code)
                return


async def test_what_was_acknowledged_is_there_after_every_kill(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> None:
    database = open_database(sqlite_settings, vault=vault, clock=clock)
    installation = await community(database, host="discourse")
    await database.close()
    chance, numbers, acknowledged, refused = random.Random(SEED), [0], set[int](), list[int]()  # noqa: S311 - moments, not secrets
    port = free_port()
    url = f"http://127.0.0.1:{port}/hooks/{installation}/"
    for _ in range(KILLS):
        process = await start(sqlite_settings, port)
        try:
            senders = [asyncio.create_task(send_until_it_dies(url, numbers, acknowledged, refused)) for _ in range(SENDERS)]
            wanted = len(acknowledged) + LOAD
            while len(acknowledged) < wanted and not all(one.done() for one in senders):  # noqa: ASYNC110 - a count, set from many places
                await asyncio.sleep(0.001)
            await asyncio.sleep(chance.uniform(0, 0.3))
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        await asyncio.wait_for(asyncio.gather(*senders), 15)
        with sqlite3.connect(sqlite_settings.sqlite_path) as raw:
            kept = {int(row[0]) for row in raw.execute("SELECT event_id FROM inbox WHERE installation_id = ?", (installation,))}
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        assert not acknowledged - kept
    assert not refused
    assert len(acknowledged) >= LOAD * KILLS, "there was load"
    assert numbers[0] > len(acknowledged), "some were under way when it was killed"
