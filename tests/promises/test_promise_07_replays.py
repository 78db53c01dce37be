"""Promise 7: Discourse signs no time, so an old delivery can be sent again at any time, under any number: it changes nothing."""

from datetime import timedelta

import pytest

from mentorgraph import events as e
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.hosts.test_deliveries import delivery, drain_all, take_in
from tests.plugin.services.stories import HOST, known, person, post, settle, space, tell, topic
from tests.plugin.support import World

WEEK = 7


@pytest.fixture
async def world(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    return await make_world(settings, database, vault, clock)


async def test_promise_07_a_recorded_week_sent_again_changes_nothing(world: World, clock: FixedClock) -> None:
    picture, said = world.picture, dict[str, e.Event]()
    picture.spaces["1"] = space("1")
    await tell(world, space("1", source=HOST))
    for day in range(WEEK):
        at = NOW + timedelta(days=day)
        clock.now = at
        picture.members["7"] = person("7", name=f"Name {day}", seen_at=at)
        picture.topics["1"] = topic("1", author="7", title=f"title {day}", seen_at=at)
        picture.posts["12"] = post("12", author="7", version=day + 1, text=f"word{day} and others", seen_at=at)
        said |= {f"member {day}": picture.members["7"], f"topic {day}": picture.topics["1"], f"post {day}": picture.posts["12"]}
        for name in (f"member {day}", f"topic {day}", f"post {day}"):
            world.host.events[name] = [said[name]]
            await take_in(world, delivery(name, name.encode()))
        await drain_all(world)
    said["gone"] = e.PostDeleted(seen_at=NOW, post_id="12", topic_id="1")  # a deletion that was taken back since
    world.host.events["gone"] = [said["gone"]]
    await settle(world)
    now = await known(world)
    clock.move(days=1)
    for number, name in enumerate([*said, *reversed(said)]):
        await take_in(world, delivery(f"again {number}", name.encode()))
    await drain_all(world)
    await settle(world)
    assert await known(world) == now
