"""Promise 14: one community's burst does not starve another: what comes for the other is applied long before the burst is over."""

import asyncio

from mentorgraph import events as e
from plugin.services.knowledge.graphs import Graphs
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.intake import Arrival
from plugin.worker import Worker
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.support import World, community

BURST, FEW = 6_000, 10


def arrivals(world: World, installation: int, count: int) -> list[Arrival]:
    body = world.runtime.vault.seal(b"tag", installation_id=installation, purpose="inbox", text=False)
    return [Arrival(installation, str(number), "told", b"d" * 16, body, "t", NOW) for number in range(count)]


async def test_promise_14_a_burst_for_one_and_few_for_another(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> None:
    world = await make_world(settings, database, vault, clock)
    other = await community(database, base_url="https://small.example.org")
    world.host.events["tag"] = [e.TagChanged(seen_at=NOW, name="tag")]
    many = arrivals(world, world.installation_id, BURST)
    for first in range(0, BURST, 500):
        await database.put(*many[first : first + 500])
    worker = Worker(world.runtime, Graphs(world.runtime))
    task = asyncio.create_task(worker.run())
    try:
        await asyncio.sleep(0.2)
        await database.put(*arrivals(world, other, FEW))
        while (await database.read(other, lambda unit: unit.inbox.counts())).get("handled", 0) < FEW:  # noqa: ASYNC110 - it is the database that changes
            await asyncio.sleep(0.02)
        left = (await database.read(world.installation_id, lambda unit: unit.inbox.counts())).get("new", 0)
    finally:
        worker.stop()
        await asyncio.wait_for(task, 30)
    assert left, "the burst was over before: this test shows nothing"
