"""Promise 9: an event that is not known, a new field or a missing one is kept or ignored, and never an error."""

import pytest

from plugin.services.hosts import deliveries
from tests.plugin.web.test_hooks import USER, body_of, kept, send, signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World

__all__ = ["clock", "filled", "world"]


async def test_promise_09_an_event_that_is_not_known_is_counted_by_its_name(world: World) -> None:
    body = body_of({"zebra": {"id": 5, "stripes": ["planted-word"]}})
    assert (await send(world, body, signed(body, kind="zebra", event="zebra_born"))).status_code == 202
    done = await deliveries.drain(world.parts.runtime, world.installation_id)
    assert (done.handled, done.failed) == (1, 0)
    (row,) = await world.read(lambda unit: unit.inbox.listing(state="handled", limit=5))
    assert row["kind"] == "zebra_born"


@pytest.mark.parametrize(
    "changed",
    [
        {"plugin_key": {"deep": [1, {"x": None}]}, "another": 1.5},
        {"name": None, "groups": None, "created_at": None},
        {"groups": "none", "user_fields": 5, "trust_level": "high", "active": "yes", "created_at": "yesterday"},
        {"avatar_template": 7, "last_seen_at": {}, "locale": [], "title": False},
    ],
)
async def test_promise_09_fields_may_be_new_or_absent_or_of_another_kind(world: World, changed: dict[str, object]) -> None:
    body = body_of({"user": USER["user"] | changed})
    assert (await send(world, body, signed(body))).status_code == 202
    done = await deliveries.drain(world.parts.runtime, world.installation_id)
    assert (done.handled, done.failed) == (1, 0)
    member = await world.read(lambda unit: unit.members.by_host("77"))
    assert member is not None
    assert member.username == "newbie"


async def test_promise_09_only_what_makes_a_member_is_needed(world: World) -> None:
    body = body_of({"user": {"id": 78, "username": "bare"}})
    assert (await send(world, body, signed(body))).status_code == 202
    await deliveries.drain(world.parts.runtime, world.installation_id)
    assert await kept(world) == {"handled": 1}
    assert await world.read(lambda unit: unit.members.by_host("78")) is not None
