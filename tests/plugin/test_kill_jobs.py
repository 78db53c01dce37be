"""Killed at random moments in the middle of its jobs, the worker does each of them once."""

import asyncio
import random
import signal
import sqlite3
from contextlib import closing

import pytest

from plugin.app import open_database
from plugin.services import scheduling
from plugin.settings import Settings
from plugin.store.crypto import Vault
from tests import forked
from tests.conftest import NOW, SECRET_KEY, FixedClock
from tests.plugin.support import community

pytestmark = pytest.mark.slow

JOBS, KILLS, SEED = 60, 6, 20261102
WORKER = """
import asyncio, sys, time
from plugin.app import compose
from plugin.services import scheduling
from plugin.settings import Settings

@scheduling.job("test.slow")
def run(unit, about):
    unit.record("test.done", actor="test", number=about["number"])
    unit.flush_rows()
    time.sleep(0.01)

async def main():
    parts = compose(Settings())
    while await scheduling.run_due(parts.runtime, int(sys.argv[1])):
        pass
    await parts.close()

asyncio.run(main())
"""


async def test_each_job_is_done_once_after_every_kill(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> None:
    database = open_database(sqlite_settings, vault=vault, clock=clock)
    installation = await community(database)
    for number in range(JOBS):
        about = {"number": number}
        await database.write(installation, lambda unit, about=about: scheduling.schedule(unit, "test.slow", key=str(about), at=NOW, about=about))  # type: ignore[misc]  # a default binds
    await database.close()
    chance, killed = random.Random(SEED), 0  # noqa: S311 - moments, not secrets
    environment = {"MENTORGRAPH_DATABASE_URL": sqlite_settings.database_url, "MENTORGRAPH_SECRET_KEYS": SECRET_KEY}

    def done() -> list[str]:
        with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
            return [str(row[0]) for row in raw.execute("SELECT detail FROM audit WHERE action = 'test.done'")]

    for _ in range(KILLS):
        before = len(done())
        process = forked.start("-c", WORKER, str(installation), environment=environment)
        while process.returncode is None and len(done()) == before:  # noqa: ASYNC110 - rows, written by another process
            await asyncio.sleep(0.005)
        await asyncio.sleep(chance.uniform(0, 0.08))
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        await process.wait()
        assert len(done()) == len(set(done()))
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        # What was being tried when it was killed waits for its next try; that time has come.
        raw.execute("UPDATE jobs SET next_at = 0 WHERE state = 'waiting'")
        raw.commit()
    process = forked.start("-c", WORKER, str(installation), environment=environment)
    assert await process.wait() == 0
    assert killed >= 3, "it was killed in the middle"
    assert len(done()) == len(set(done())) == JOBS
