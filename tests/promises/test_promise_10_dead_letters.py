"""Promise 10: dead letters can be seen, filtered and handled again, one by one or by range, by an admin; doing so twice changes nothing."""

from datetime import timedelta

import pytest

from plugin.domain.people import MEMBER_SCOPES, RIGHTS, Office, Principal
from plugin.errors import Forbidden, Invalid
from plugin.services.hosts import deliveries
from plugin.services.operations import letters
from plugin.services.operations.letters import Wanted
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.hosts.test_deliveries import counts, delivery, drain_all, take_in
from tests.plugin.services.stories import HOST, known, person, tell
from tests.plugin.support import World


@pytest.fixture
async def world(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    return await make_world(settings, database, vault, clock)


async def as_member(world: World, host_id: str, *, admin: bool) -> Principal:
    world.picture.members[host_id] = person(host_id, admin=admin, source=HOST)
    await tell(world, world.picture.members[host_id])
    found = await world.database.read(world.installation_id, lambda unit: unit.members.by_host(host_id))
    assert found is not None
    scopes = MEMBER_SCOPES | RIGHTS[Office.ADMIN] if admin else MEMBER_SCOPES
    return Principal(installation_id=world.installation_id, member_id=found.id, scopes=scopes, token_id=1)


async def died(world: World, clock: FixedClock, *keys: str) -> None:
    for key in keys:
        await take_in(world, delivery(key, b"poison"))
        clock.move(minutes=1)
    for seconds in (0, *deliveries.RETRIES):
        clock.move(seconds=seconds)
        await drain_all(world)


async def test_promise_10_dead_letters_are_seen_filtered_and_handled_again(world: World, clock: FixedClock) -> None:
    admin = await as_member(world, "1", admin=True)
    await died(world, clock, "a", "b", "c")
    await take_in(world, delivery("d", b"fine"))
    await drain_all(world)

    async def seen(**wanted: object) -> list[str]:
        return [one.event_id for one in await letters.letters(world.runtime, admin, state="dead", wanted=Wanted(**wanted), limit=10)]  # type: ignore[arg-type]  # as given

    assert await seen() == ["c", "b", "a"]
    assert await seen(since=NOW + timedelta(minutes=1)) == ["c", "b"]
    assert await seen(until=NOW + timedelta(minutes=1)) == ["a"]
    assert await seen(kind="told") == ["c", "b", "a"]
    assert await seen(kind="other") == []
    assert await seen(event_ids=["b"]) == ["b"]

    world.host.to_events = lambda *_a, **_k: [person("7", source=HOST)]  # type: ignore[method-assign]  # a new version of the host understands it
    assert await letters.handle_again(world.runtime, admin, Wanted(event_ids=["b", "d", "nothing"])) == 1
    await drain_all(world)
    assert await counts(world) == {"handled": 2, "dead": 2}
    once = await known(world)
    assert await letters.handle_again(world.runtime, admin, Wanted(since=NOW + timedelta(minutes=1))) == 1
    await drain_all(world)
    assert await letters.handle_again(world.runtime, admin, Wanted()) == 1
    await drain_all(world)
    assert await counts(world) == {"handled": 4}
    assert await letters.handle_again(world.runtime, admin, Wanted()) == 0
    assert await known(world) == once


async def test_promise_10_is_for_admins(world: World, clock: FixedClock) -> None:
    other = await as_member(world, "2", admin=False)
    await died(world, clock, "a")
    with pytest.raises(Forbidden):
        await letters.letters(world.runtime, other, state=None, wanted=Wanted(), limit=10)
    with pytest.raises(Forbidden):
        await letters.handle_again(world.runtime, other, Wanted())
    assert await counts(world) == {"dead": 1}
    with pytest.raises(Invalid):
        Wanted(since=NOW.replace(tzinfo=None))
