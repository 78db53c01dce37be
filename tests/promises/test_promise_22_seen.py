"""Promise 22: each delivery can be followed by one id from its receipt to its effect; age, dead letters and drift are numbers to be watched."""

from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from plugin.services.hosts import deliveries, reconcile
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.stories import HOST, person, tell
from tests.plugin.support import World as Small
from tests.plugin.web.test_hooks import body_of, send, signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World

__all__ = ["clock", "filled", "world"]


async def numbers(world: World) -> dict[str, float]:
    lines = (await world.http.get("/metrics")).text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line and not line.startswith("#"))}


async def test_promise_22_one_id_from_receipt_to_effect(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "log", structlog.get_logger())
    body = body_of()
    assert (await send(world, body, signed(body))).status_code == 202
    (row,) = await world.read(lambda unit: unit.inbox.listing(state="new", limit=5))
    with capture_logs() as logged:
        await deliveries.drain(world.parts.runtime, world.installation_id)
    handled = [one for one in logged if one["event"] == "delivery_handled"]
    assert [one["trace_id"] for one in handled] == [row["trace_id"]]
    (row,) = await world.read(lambda unit: unit.inbox.listing(state="handled", limit=5))
    assert row["trace_id"] == handled[0]["trace_id"]


async def test_promise_22_the_age_of_the_oldest_delivery_is_right(world: World, clock: FixedClock) -> None:
    body = body_of()
    await send(world, body, signed(body))
    clock.now += timedelta(seconds=30)
    await send(world, body, signed(body, number="2"))
    clock.now += timedelta(seconds=60)
    found = await numbers(world)
    assert abs(found["mentorgraph_oldest_delivery_seconds"] - 90) < 1
    assert found['mentorgraph_deliveries{state="new"}'] == 2
    await deliveries.drain(world.parts.runtime, world.installation_id)
    assert await world.read(lambda unit: unit.inbox.oldest()) is None


async def test_promise_22_alive_is_not_ready(world: World) -> None:
    assert (await world.http.get("/healthz")).status_code == 200
    assert (await world.http.get("/readyz")).status_code == 200


def drift(small: Small) -> float:
    """What the counter says, nothing being none."""
    lines = small.runtime.meter.text({}).decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("mentorgraph_drift_total{"))


async def test_promise_22_drift_rises_when_deliveries_are_lost(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> None:
    small = await make_world(settings, database, vault, clock)
    small.picture.members["7"] = person("7")
    await reconcile.reconcile(small.runtime, small.installation_id, whole=True)
    assert drift(small) == 0, "a first reading finds nothing that was missed"
    clock.move(hours=1)
    small.picture.members["7"] = heard = person("7", name="Heard", seen_at=clock.now, source=HOST)
    await tell(small, heard)
    await reconcile.reconcile(small.runtime, small.installation_id, whole=True)
    assert drift(small) == 0, "nothing was missed"
    clock.move(hours=1)
    small.picture.members["7"] = person("7", name="Not heard", seen_at=NOW)
    await reconcile.reconcile(small.runtime, small.installation_id, whole=True)
    assert drift(small) == 1
