"""Connecting leaves nothing behind when it fails, and disconnecting takes all of it away."""

import asyncio
from collections.abc import Mapping

import pytest

from mentorgraph.host import DeliveryRefused, HostDenied, HostUnreachable
from plugin.domain.community import InstallationState, Policy
from plugin.errors import Conflict, Invalid, NotFound, Unavailable
from plugin.services.hosts import choosing, connect, deliveries
from plugin.services.hosts.connect import NewConnection
from plugin.store.repositories.lanes import LANES
from tests.plugin.services.hosts.test_deliveries import delivery
from tests.plugin.support import World

NEW = NewConnection(host="fake", url="https://new.example.org/", api_key="zqplantedkey")


async def ids(world: World) -> list[int]:
    return await world.database.dispatch(lambda found: found.installation_ids())


async def test_a_community_is_connected_once(world: World) -> None:
    made = await connect.connect(world.runtime, NEW)
    found = await connect.community_of(world.runtime, made.installation_id)
    assert (found.state, found.base_url, found.remote) == (InstallationState.ACTIVE, "https://new.example.org", {"hook": "7"})
    assert made.to_do[0].startswith("paste ")
    assert "{secret}" not in made.to_do[0]
    assert made.to_do[0] not in repr(made)
    assert "zqplantedkey" not in repr(NEW)
    with pytest.raises(Conflict):
        await connect.connect(world.runtime, NEW)
    installation = await world.runtime.installation(made.installation_id)
    assert installation.api_key == "zqplantedkey"
    assert installation.hook_secrets[0] not in repr(installation)
    lanes = await world.database.read(made.installation_id, lambda unit: unit.lanes.all())
    assert len(lanes) == len(LANES)


async def test_a_host_that_refuses_leaves_nothing_here(world: World) -> None:
    before = await ids(world)
    world.client.connect_failure = HostDenied("the key may not make webhooks")
    with pytest.raises(HostDenied):
        await connect.connect(world.runtime, NEW)
    assert await ids(world) == before


async def test_a_database_that_fails_leaves_nothing_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await ids(world)

    def fail(*_: object) -> object:
        raise Unavailable("full")

    monkeypatch.setattr(connect, "_activate", fail)
    with pytest.raises(Unavailable):
        await connect.connect(world.runtime, NEW)
    assert await ids(world) == before
    assert world.client.disconnected == [{"hook": "7"}]


async def test_what_cannot_be_taken_away_is_noted_beside_the_first_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise Unavailable("full")

    async def away(_: object) -> None:
        raise HostUnreachable("no answer")

    monkeypatch.setattr(connect, "_activate", fail)
    monkeypatch.setattr(world.client, "disconnect", away)
    with pytest.raises(Unavailable) as raised:
        await connect.connect(world.runtime, NEW)
    assert "delete the webhooks there by hand" in "".join(raised.value.__notes__)


async def test_whoever_stops_waiting_does_not_stop_the_undoing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before, disconnect = await ids(world), world.client.disconnect

    def fail(*_: object) -> object:
        raise Unavailable("full")

    async def slowly(remote: Mapping[str, str]) -> None:
        task.cancel()
        await asyncio.sleep(0)
        await disconnect(remote)

    monkeypatch.setattr(connect, "_activate", fail)
    monkeypatch.setattr(world.client, "disconnect", slowly)
    task = asyncio.ensure_future(connect.connect(world.runtime, NEW))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.client.disconnected == [{"hook": "7"}]
    assert await ids(world) == before


async def test_disconnecting_stops_everything(world: World) -> None:
    made = await connect.connect(world.runtime, NEW)
    assert await connect.disconnect(world.runtime, made.installation_id, erase=False) == ()
    assert world.client.disconnected == [{"hook": "7"}]
    assert (await connect.community_of(world.runtime, made.installation_id)).state is InstallationState.DISCONNECTED
    with pytest.raises(DeliveryRefused):
        await deliveries.take_in(world.runtime, made.installation_id, delivery("1"), trace_id="t")
    assert "https://new.example.org" not in await connect.origins(world.runtime)


async def test_a_host_that_is_away_is_named_and_does_not_stop_the_erasure(world: World) -> None:
    made = await connect.connect(world.runtime, NEW)
    world.client.failures = [HostUnreachable("no answer")]
    left = await connect.disconnect(world.runtime, made.installation_id, erase=True)
    assert "no answer" in left[0]
    assert made.installation_id not in await ids(world)
    with pytest.raises(NotFound):
        await connect.community_of(world.runtime, made.installation_id)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("choice", "word"),
    [
        ({"nothing": "1"}, "there is no setting"),
        ({"suggestions_per_need": "0"}, "1 to 20"),
        ({"suggestions_per_need": "x"}, "1 to 20"),
        ({"spread": "2"}, "0 to 1"),
        ({"spread": "nan"}, "0 to 1"),
    ],
)
async def test_a_choice_that_cannot_be_says_what_it_takes(world: World, choice: dict[str, str], word: str) -> None:
    with pytest.raises(Invalid, match=word):
        await choosing.configure(world.runtime, world.installation_id, choice)
    assert (await connect.community_of(world.runtime, world.installation_id)).policy == Policy()


async def test_choices_are_kept(world: World) -> None:
    policy = await choosing.configure(world.runtime, world.installation_id, {"spaces": "1, 2,,", "suggestions_per_need": "20", "spread": "0"})
    assert policy == Policy(spaces=("1", "2"), suggestions_per_need=20, spread=0.0)
    assert (await connect.community_of(world.runtime, world.installation_id)).policy == policy
    assert await connect.the_installation(world.runtime, None) == world.installation_id
    with pytest.raises(NotFound):
        await connect.the_installation(world.runtime, 12)
