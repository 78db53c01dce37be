"""Killed at random moments while it posts events, the worker loses none of them, and repeats one only under the id that it had."""

import asyncio
import random
import signal
import sqlite3
from contextlib import closing

import pytest

from plugin.app import open_database
from plugin.domain.webhooks import Webhook, WebhookState
from plugin.services.developers import webhooks
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.unit_of_work import UnitOfWork
from tests import forked
from tests.conftest import SECRET_KEY, FixedClock
from tests.plugin.services.developers.test_webhooks import Receiver, verified
from tests.plugin.support import community

pytestmark = pytest.mark.slow

EVENTS, KILLS, SEED = 100, 4, 20261127
WORKER = """
import asyncio
from plugin.app import compose
from plugin.settings import Settings
from plugin.worker import Worker

async def main():
    parts = compose(Settings())
    # As at every start on the embedded database: whoever held a lease is gone.
    await parts.runtime.database.dispatch(lambda found: found.free(now=parts.runtime.clock()))
    await Worker(parts.runtime, parts.graphs).run_until_idle(lanes=frozenset({"webhooks", "endpoint:"}))
    await parts.close()

asyncio.run(main())
"""


async def test_every_event_is_posted_after_every_kill(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> None:
    receiver, secret = Receiver(), webhooks._secret()
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    database = open_database(sqlite_settings, vault=vault, clock=clock)
    installation = await community(database)

    def begin(unit: UnitOfWork) -> None:
        url, secrets = unit.seal(receiver.url.encode(), purpose="webhook"), webhooks._held(unit, (secret, None))
        unit.webhooks.put(Webhook(id=unit.new_id(), name="App", url=url, secrets=secrets, types=(), state=WebhookState.ACTIVE, created_at=unit.now))
        for number in range(EVENTS):
            unit.record("program.created", actor="system", program=str(number))

    await database.write(installation, begin)
    await database.close()
    environment = {
        "MENTORGRAPH_DATABASE_URL": sqlite_settings.database_url,
        "MENTORGRAPH_SECRET_KEYS": SECRET_KEY,
        "MENTORGRAPH_ALLOW_PRIVATE": f"127.0.0.1:{receiver.port}",
    }
    chance, killed = random.Random(SEED), 0  # noqa: S311 - moments, not secrets
    for _ in range(KILLS):
        before = len(receiver.came)
        process = forked.start("-c", WORKER, environment=environment)
        while process.returncode is None and len(receiver.came) == before:  # noqa: ASYNC110 - what came through a socket
            await asyncio.sleep(0.002)
        await asyncio.sleep(chance.uniform(0, 0.05))
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        await process.wait()
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        # What was being posted when it was killed waits for its next try; that time has come.
        raw.execute("UPDATE webhook_posts SET next_at = 0 WHERE state = 'pending'")
        raw.execute("UPDATE lanes SET due_at = 0 WHERE lane LIKE 'endpoint:%'")
        raw.commit()
    process = forked.start("-c", WORKER, environment=environment)
    assert await process.wait() == 0
    server.close()
    assert killed >= 3, "it was killed in the middle"
    ids = [headers["webhook-id"] for headers, _body in receiver.came]
    assert len(set(ids)) == EVENTS, "nothing is lost"
    assert len(ids) - len(set(ids)) <= killed, "at most what was under way comes again"
    bodies = {(headers["webhook-id"], body) for headers, body in receiver.came}
    assert len(bodies) == EVENTS, "and then under the same id"
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        assert raw.execute("SELECT DISTINCT state FROM webhook_posts").fetchall() == [("sent",)]
    for came in (receiver.came[0], receiver.came[-1]):
        assert verified(secret, came)
