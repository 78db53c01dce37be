"""The worker: everything that is due is done, and no community waits for another's host."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from mentorgraph import events as e
from mentorgraph.host import HostBusy, HostDenied
from plugin import worker as module
from plugin.errors import NotFound
from plugin.services.hosts import deliveries
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.dispatch import Dispatcher
from plugin.worker import Worker
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.hosts.test_deliveries import delivery
from tests.plugin.services.stories import HOST, known, person, tell
from tests.plugin.support import World


@pytest.fixture
async def world(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    return await make_world(settings, database, vault, clock)


async def until(there: Callable[[], bool], seconds: float = 5) -> None:
    for _ in range(int(seconds / 0.01)):
        if there():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen in time")


async def lane(world: World, name: str) -> dict[str, object]:
    rows = await world.database.read(world.installation_id, lambda unit: unit.lanes.all())
    return next(row for row in rows if row["lane"] == name)


async def test_what_is_due_is_done(world: World, clock: FixedClock) -> None:
    world.picture.members["7"] = person("7", name="now")
    world.host.events["x"] = [person("7", name="then")]
    await deliveries.take_in(world.runtime, world.installation_id, delivery("1", b"x"), trace_id="t")
    worker = Worker(world.runtime, world.graphs)
    await worker.run_until_idle()
    clock.move(seconds=5)
    await worker.run_until_idle()
    assert (await known(world))["members"]["7"][1] == "now"  # type: ignore[index]  # a mapping


@pytest.mark.parametrize(("failure", "seconds"), [(HostBusy("later", retry_after=77), 77), (HostDenied("key"), 900)])
async def test_a_lane_rests_when_its_host_fails(world: World, clock: FixedClock, failure: HostBusy, seconds: int) -> None:
    await tell(world, person("7", source=HOST), e.MemberLeft(seen_at=NOW, host_user_id="7"))
    world.client.failures = [failure]
    await Worker(world.runtime, world.graphs).run_until_idle()
    row = await lane(world, "checks")
    assert row["due_at"] == clock() + timedelta(seconds=seconds)
    assert row["note"] == failure.message
    assert row["holder"] == ""


async def test_a_broken_lane_does_not_stop_the_others(world: World, clock: FixedClock) -> None:
    world.client.failures = [RuntimeError("unexpected")]  # type: ignore[list-item]  # what nobody foresaw
    await tell(world, person("7", source=HOST), e.MemberLeft(seen_at=NOW, host_user_id="7"))
    world.host.events["x"] = [e.TagChanged(seen_at=NOW, name="t")]
    await deliveries.take_in(world.runtime, world.installation_id, delivery("1", b"x"), trace_id="t")
    await Worker(world.runtime, world.graphs).run_until_idle()
    assert await world.database.read(world.installation_id, lambda unit: unit.inbox.counts()) == {"handled": 1}
    assert "unexpected" in str((await lane(world, "checks"))["note"])
    assert (await lane(world, "checks"))["due_at"] == clock() + module.REST


async def test_hosts_that_hang_do_not_keep_deliveries_waiting(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> None:
    worlds = [await make_world(settings, database, vault, clock, base_url=f"https://{number}.example.org") for number in range(6)]
    runtime = worlds[0].runtime
    hanging, free = asyncio.Event(), asyncio.Event()

    async def hang(*_: object) -> object:
        hanging.set()
        await free.wait()
        return []

    worlds[0].client.read = hang  # type: ignore[method-assign, assignment]  # all share this client
    for world in worlds:
        await tell(world, e.MemberLeft(seen_at=NOW, host_user_id="7"))
    worker = Worker(runtime, worlds[0].graphs)
    task = asyncio.create_task(worker.run())
    try:
        await asyncio.wait_for(hanging.wait(), 5)
        worlds[0].host.events["x"] = [e.TagChanged(seen_at=NOW, name="t")]
        await deliveries.take_in(runtime, worlds[5].installation_id, delivery("1", b"x"), trace_id="t")
        for _ in range(1_000):
            if await database.read(worlds[5].installation_id, lambda unit: unit.inbox.counts()) == {"handled": 1}:
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the delivery waits for somebody else's host")
    finally:
        free.set()
        worker.stop()
        await asyncio.wait_for(task, 10)


@pytest.mark.slow
async def test_a_lease_is_prolonged_while_the_work_goes_on(world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARED_LEASE", module.LEASE)
    monkeypatch.setattr(module, "RENEWALS", module.LEASE.total_seconds() / 0.02)
    hanging, free = asyncio.Event(), asyncio.Event()

    async def hang(*_: object) -> object:
        hanging.set()
        await free.wait()
        return [e.MemberLeft(seen_at=NOW, host_user_id="7", source=HOST)]

    world.client.read = hang  # type: ignore[method-assign, assignment]  # to be there in the middle
    await tell(world, e.MemberLeft(seen_at=NOW, host_user_id="7"))
    task = asyncio.create_task(Worker(world.runtime, world.graphs).run_until_idle(lanes=frozenset({"checks"})))
    await asyncio.wait_for(hanging.wait(), 5)
    for _ in range(4):
        clock.move(seconds=100)
        await asyncio.sleep(0.15)
    other = await world.database.dispatch(lambda found: found.claim(now=clock(), lease=timedelta(minutes=2), holder="other", limit=9, only=["checks"]))
    assert other == [], "the first still works on it"
    free.set()
    await asyncio.wait_for(task, 5)
    assert (await lane(world, "checks"))["holder"] == ""


async def test_a_lease_that_is_being_prolonged_as_the_work_ends_is_given_back(world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARED_LEASE", module.LEASE)
    monkeypatch.setattr(module, "RENEWALS", module.LEASE.total_seconds() / 0.02)
    dispatch, renewed = world.database.dispatch, asyncio.Event()

    async def slowly(work: Callable[[Dispatcher], object]) -> object:
        found = await dispatch(work)
        if isinstance(work, partial) and work.func is Dispatcher.renew:
            renewed.set()
            await asyncio.sleep(0.05)
        return found

    async def end_meanwhile(_installation_id: int) -> None:
        clock.move(seconds=1)
        await renewed.wait()

    monkeypatch.setattr(world.database, "dispatch", slowly)
    worker = Worker(world.runtime, world.graphs)
    worker._lanes["jobs"] = end_meanwhile
    await world.database.write(world.installation_id, lambda unit: unit.wake("jobs"))
    await worker.run_until_idle(lanes=frozenset({"jobs"}))
    assert (await lane(world, "jobs"))["holder"] == ""


async def test_a_lane_that_misses_something_rests_and_says_so(world: World, clock: FixedClock) -> None:
    async def miss(_installation_id: int) -> None:
        raise NotFound("there is no such thing")

    worker = Worker(world.runtime, world.graphs)
    worker._lanes["jobs"] = miss
    await world.database.write(world.installation_id, lambda unit: unit.wake("jobs"))
    await worker.run_until_idle(lanes=frozenset({"jobs"}))
    row = await lane(world, "jobs")
    assert (row["holder"], row["note"], row["due_at"]) == ("", "there is no such thing", clock() + module.REST)


async def test_two_workers_share_the_work_and_do_each_piece_once(world: World) -> None:
    for number in range(40):
        world.host.events[str(number)] = [e.TagChanged(seen_at=NOW, name=str(number))]
        await deliveries.take_in(world.runtime, world.installation_id, delivery(str(number), str(number).encode()), trace_id="t")
    workers = [Worker(world.runtime, world.graphs) for _ in range(2)]
    await asyncio.gather(*(one.run_until_idle() for one in workers))
    assert await world.database.read(world.installation_id, lambda unit: unit.inbox.counts()) == {"handled": 40}


async def test_a_worker_stops_when_it_is_told(world: World) -> None:
    worker = Worker(world.runtime, world.graphs)
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    worker.stop()
    await asyncio.wait_for(task, 5)


async def test_a_reading_that_would_take_hours_does_not_hold_up_a_stop(world: World) -> None:
    hanging, free = asyncio.Event(), asyncio.Event()

    async def hang(_installation_id: int) -> None:
        hanging.set()
        await free.wait()

    worker = Worker(world.runtime, world.graphs)
    worker._lanes["reconcile"] = hang
    await world.database.write(world.installation_id, lambda unit: unit.wake("reconcile"))
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(hanging.wait(), 5)
    worker.stop()
    await asyncio.wait_for(task, module.LAST_SECONDS / 2)


async def test_what_takes_too_long_is_broken_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAST_SECONDS", 0.01)
    hanging, ended = asyncio.Event(), asyncio.Event()

    async def hang(_installation_id: int) -> None:
        hanging.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    worker = Worker(world.runtime, world.graphs)
    worker._lanes["jobs"] = hang
    await world.database.write(world.installation_id, lambda unit: unit.wake("jobs"))
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(hanging.wait(), 5)
    worker.stop()
    await asyncio.wait_for(task, 5)
    assert ended.is_set(), "nothing goes on over a database that is closed"
