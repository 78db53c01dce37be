"""Promise 2: a delivery is applied at least once and its effect is seen once, however often it comes."""

import asyncio

import pytest

from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.hosts.test_deliveries import counts, delivery, drain_all, take_in
from tests.plugin.services.stories import HOST, known, person, post, settle, space, tell, topic
from tests.plugin.support import World


@pytest.fixture
async def world(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    made = await make_world(settings, database, vault, clock)
    picture = made.picture
    picture.members["1"], picture.spaces["1"] = person("1"), space("1")
    picture.topics["1"] = topic("1", author="1", title="How do I price this?")
    picture.posts["12"] = post("12", author="1", text="alpha beta gamma")
    made.host.events["asked"] = [person("1"), space("1"), picture.topics["1"], picture.posts["12"]]
    await tell(made, person("1", source=HOST), space("1", source=HOST))
    return made


async def seen(world: World) -> dict[str, object]:
    await drain_all(world)
    await settle(world)
    return await known(world)


async def test_promise_02_five_in_a_row_and_thirty_two_at_once(world: World) -> None:
    await take_in(world, delivery("1", b"asked"))
    once = await seen(world)
    for _ in range(5):
        await take_in(world, delivery("1", b"asked"))
    await asyncio.gather(*(take_in(world, delivery("1", b"asked")) for _ in range(32)))
    assert await counts(world) == {"handled": 1}
    assert await seen(world) == once


async def test_promise_02_the_same_body_under_new_numbers(world: World) -> None:
    await take_in(world, delivery("1", b"asked"))
    once = await seen(world)
    await asyncio.gather(*(take_in(world, delivery(str(number), b"asked")) for number in range(2, 34)))
    assert await seen(world) == once
    assert await counts(world) == {"handled": 33}
