"""Deliveries: kept, handled once, and none in the way of another."""

import asyncio

import pytest

from mentorgraph import events as e
from mentorgraph.host import Delivery, DeliveryRefused
from plugin.errors import NotFound, TooLarge
from plugin.services.hosts import deliveries
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import known, person
from tests.plugin.support import HOOK_SECRET, World


def delivery(key: str, body: bytes = b"{}", secret: str = HOOK_SECRET) -> Delivery:
    return Delivery(method="POST", rest="", headers={"id": key, "secret": secret}, body=body)


async def take_in(world: World, one: Delivery) -> None:
    await deliveries.take_in(world.runtime, world.installation_id, one, trace_id="t")


async def counts(world: World) -> dict[str, int]:
    return await world.database.read(world.installation_id, lambda unit: unit.inbox.counts())


async def drain_all(world: World) -> None:
    while (done := await deliveries.drain(world.runtime, world.installation_id)).handled + done.failed:
        pass


async def test_what_is_refused_is_not_stored(world: World) -> None:
    with pytest.raises(DeliveryRefused):
        await take_in(world, delivery("1", secret="wrong"))
    with pytest.raises(TooLarge):
        await take_in(world, delivery("1", b"x" * 10_001))
    with pytest.raises(NotFound):
        await deliveries.take_in(world.runtime, 12, delivery("1"), trace_id="t")
    await take_in(world, delivery("1", b"private"))
    assert await counts(world) == {}


async def test_a_delivery_is_sealed_and_its_content_goes_when_it_was_handled(small_world: World) -> None:
    await take_in(small_world, delivery("1", b'{"zqplanted": 1}'))
    path = small_world.runtime.settings.sqlite_path
    held = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert b"zqplanted" not in held
    await drain_all(small_world)
    assert await counts(small_world) == {"handled": 1}
    rows = await small_world.database.read(small_world.installation_id, lambda unit: unit.inbox.listing(state=None, limit=9))
    assert "body" not in rows[0]


async def test_poison_in_front_of_a_thousand_good_ones(world: World, clock: FixedClock) -> None:
    await take_in(world, delivery("0", b"poison"))
    for number in range(1, 1_001):
        body = str(number)
        world.host.events[body] = [e.TagChanged(seen_at=NOW, name=body)]
    await asyncio.gather(*(take_in(world, delivery(body, body.encode())) for body in world.host.events))
    await drain_all(world)
    assert await counts(world) == {"new": 1, "handled": 1_000}
    for seconds in deliveries.RETRIES:
        clock.move(seconds=seconds)
        done = await deliveries.drain(world.runtime, world.installation_id)
        assert (done.handled, done.failed) == (0, 1)
    assert (await counts(world))["dead"] == 1
    (dead,) = await world.database.read(world.installation_id, lambda unit: unit.inbox.listing(state="dead", limit=9))
    assert dead["error"] == "ValueError", "the kind of the error, never its words"


async def test_a_dead_letter_that_is_retried_is_handled_once(world: World, clock: FixedClock) -> None:
    await take_in(world, delivery("1", b"poison"))
    for seconds in (0, *deliveries.RETRIES):
        clock.move(seconds=seconds)
        await drain_all(world)
    assert await counts(world) == {"dead": 1}
    for expected in (1, 0):
        assert await world.database.write(world.installation_id, lambda unit: unit.inbox.retry(now=unit.now)) == expected
        world.host.to_events = lambda *_a, **_k: [person("7")]  # type: ignore[method-assign]  # a new version of the host understands it
        await drain_all(world)
    assert await counts(world) == {"handled": 1}
    assert set((await known(world))["members"]) == {"7"}  # type: ignore[call-overload]  # a mapping


async def test_one_that_fails_leaves_nothing_of_itself_and_all_of_the_others(world: World) -> None:
    world.host.events = {
        "good": [person("1")],
        "bad": [person("2"), object()],  # type: ignore[list-item]  # what no handler knows
        "also good": [person("3")],
    }
    for number, body in enumerate(world.host.events):
        await take_in(world, delivery(str(number), body.encode()))
    await drain_all(world)
    assert set((await known(world))["members"]) == {"1", "3"}  # type: ignore[call-overload]  # a mapping
    assert await counts(world) == {"handled": 2, "new": 1}


async def test_a_recording_replayed_twice_changes_nothing(world: World) -> None:
    world.host.events = {"a": [person("1", name="x")], "b": [e.MemberSeen(seen_at=NOW, host_user_id="1")]}
    for _ in range(2):
        for body in ("a", "b"):
            assert await deliveries.replay(world.runtime, world.installation_id, delivery("1", body.encode())) == "handled"
        first = await known(world)
    assert await known(world) == first
    assert await deliveries.replay(world.runtime, world.installation_id, delivery("1", b"private")) == "dropped"
