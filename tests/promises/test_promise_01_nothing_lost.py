"""Promise 1: what was answered 2xx is never lost, at whichever step of its way the service dies.

Random moments are in ``tests/plugin/test_kill.py``; ``benchmarks/endurance.py`` does both for an hour.
"""

import asyncio
import signal
import sys
from pathlib import Path

import httpx2
import pytest

from benchmarks.endurance import kept_states
from benchmarks.killed import STEPS
from benchmarks.living import Found, keep_sending, meanwhile
from integrations.servers import free_port
from plugin.app import open_database
from plugin.settings import Settings
from plugin.store.crypto import Vault
from tests.conftest import SECRET_KEY, FixedClock
from tests.plugin.support import BASE_URL, HOOK_SECRET, community
from tests.promises.processes import Dying

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
WAY = [name for name in STEPS if name in {"read", "verified", "inserting", "inserted", "committed", "answering", "applying", "applied", "handled"}]
OWN = {"inserting", "committed", "applying", "handled"}
"""The steps whose code is another one on PostgreSQL; the rest is the same and is walked on SQLite."""
SENDERS = 6


@pytest.mark.timeout(900)
async def test_promise_01_killed_at_every_step(settings: Settings, vault: Vault, clock: FixedClock, tmp_path: Path) -> None:
    database = open_database(settings, vault=vault, clock=clock)
    try:
        installation = await community(database, host="discourse")
        service = Dying(settings, free_port(), installation, HOOK_SECRET, BASE_URL, tmp_path / "service.log", key=SECRET_KEY)
        found = Found()
        steps = WAY if settings.embedded else [name for name in WAY if name in OWN]
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as client, meanwhile(*(keep_sending(service, found) for _ in range(SENDERS))):
            for number, step in enumerate(steps):
                process = await service.start(step, str(1 + number % 3))
                await asyncio.wait_for(process.wait(), 120)
                assert process.returncode == -signal.SIGKILL, f"it passed the step {step!r}"
            process = await service.start()
            assert await service.answers(client, found, process)
            process.kill()
            await process.wait()
        kept = await database.read(installation, kept_states)
        assert found.acknowledged
        assert not found.statuses[500], service.errors()
        assert not {str(one) for one in found.acknowledged} - kept.keys()
    finally:
        await database.close()


async def test_promise_01_every_step_is_a_place_in_the_code() -> None:
    # In a process of its own: the marks stay.
    program = "from benchmarks.killed import STEPS, mark\nfor step in STEPS.values():\n    mark(step, 10**9)\n"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT)
    assert await process.wait() == 0
