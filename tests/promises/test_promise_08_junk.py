"""Promise 8: signed junk is never an error of ours and never blocks the queue: what cannot be handled is a dead letter with its reason, the rest goes on."""

import asyncio

import pytest

from mentorgraph import events as e
from plugin.services.hosts import deliveries
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.hosts.test_deliveries import counts, delivery, drain_all, take_in
from tests.plugin.web.test_hooks import body_of, kept, send, signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World

__all__ = ["clock", "filled", "world"]

JUNK = [
    b"",
    b"null",
    b"[]",
    b"5",
    b'"user"',
    b"{",
    b"\xff\xfe",
    b'{"user":null}',
    b'{"user":[]}',
    b'{"user":{"id":{}}}',
    b'{"user":{"id":1,"id":2}}',
    b'{"user":{"id":' + b"9" * 5_000 + b"}}",
    b'{"user":' * 5_000,
    b'{"user":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"user":{"id":1e999}}',
    b'{"user":{"id":NaN}}',
    b'{"user":"\\ud800"}',
]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(JUNK)))
async def test_promise_08_signed_junk_is_answered_and_nobody_is_hurt(world: World, number: int) -> None:
    answer = await send(world, JUNK[number], signed(JUNK[number]))
    assert answer.status_code in {202, 400}
    body = body_of()
    assert (await send(world, body, signed(body, number="2"))).status_code == 202
    assert await kept(world) == {"new": 1}


async def test_promise_08_poison_in_front_of_a_thousand(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> None:
    small = await make_world(settings, database, vault, clock)
    await take_in(small, delivery("0", b"poison"))
    small.host.events = {str(number): [e.TagChanged(seen_at=NOW, name=str(number))] for number in range(1, 1_001)}
    await asyncio.gather(*(take_in(small, delivery(name, name.encode())) for name in small.host.events))
    await drain_all(small)
    assert await counts(small) == {"new": 1, "handled": 1_000}
    for seconds in deliveries.RETRIES:
        clock.move(seconds=seconds)
        await drain_all(small)
    assert await counts(small) == {"dead": 1, "handled": 1_000}
    (dead,) = await small.database.read(small.installation_id, lambda unit: unit.inbox.listing(state="dead", limit=9))
    assert (dead["error"], dead["attempts"]) == ("ValueError", len(deliveries.RETRIES) + 1)
