"""Promise 16: while the database is away a delivery is answered 503 and never 2xx, GraphQL says so without telling why, and both recover by themselves."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from plugin.errors import Unavailable
from tests.plugin.web.test_hooks import body_of, kept, send, signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World

__all__ = ["clock", "filled", "world"]


async def test_promise_16_while_the_database_is_away(world: World) -> None:
    token = await world.token("cat")
    body = body_of()
    assert (await send(world, body, signed(body, number="0"))).status_code == 202
    world.database.failure = Unavailable("the database at 10.0.0.7 does not answer", code="database_down")
    for number in range(1, 6):
        answer = await send(world, body, signed(body, number=str(number)))
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
    refused = await world.ask("{ community { name } }", token)
    assert refused.status == 503
    assert (await world.http.get("/readyz")).status_code == 503
    assert (await world.http.get("/healthz")).status_code == 200, "restarting the process would not help"
    world.database.failure = None
    for number in range(1, 6):
        assert (await send(world, body, signed(body, number=str(number)))).status_code == 202
    assert (await world.ask("{ community { name } }", token)).data
    assert (await world.http.get("/readyz")).status_code == 200
    assert (await kept(world))["new"] >= 1


@pytest.mark.slow
async def test_promise_16_a_database_that_another_process_locks(world: World) -> None:
    """Whoever is acknowledged while another process holds the lock was kept; whoever was not is told to come again."""
    path = world.parts.runtime.settings.sqlite_path
    bodies = {str(number): body_of({"user": {"id": 500 + number, "username": f"locked{number}", "active": True}}) for number in range(8)}
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [asyncio.ensure_future(send(world, body, signed(body, number=f"9{number}"))) for number, body in bodies.items()]
        await asyncio.sleep(0.5)
        assert not [one for one in waiting if one.done() and one.result().status_code < 300], "nothing is durable yet"
        other.execute("ROLLBACK")
    answers = await asyncio.gather(*waiting)
    acknowledged = sum(one.status_code == 202 for one in answers)
    assert {one.status_code for one in answers} <= {202, 503}
    assert (await kept(world)).get("new", 0) == acknowledged
