"""The status pages tell how things stand and nothing of anybody."""

from datetime import timedelta

import pytest

from plugin.errors import Unavailable
from plugin.services.hosts import connect
from plugin.services.operations import vitals
from plugin.store.dispatch import Dispatcher
from tests.plugin.web.test_hooks import body_of, send, signed
from tests.schema.world import World


async def page(world: World, path: str, language: str = "en") -> tuple[int, str]:
    answer = await world.http.get(path, headers={"Accept-Language": language})
    return answer.status_code, answer.text


async def test_all_is_well(world: World) -> None:
    status, text = await page(world, "/status")
    assert status == 200
    assert "Everything is in order" in text
    assert "Communities served" in text


async def test_what_waits_too_long_needs_a_look(world: World) -> None:
    body = body_of()
    await send(world, body, signed(body, number="1"))
    world.clock.move(seconds=timedelta(minutes=6).total_seconds())
    status, text = await page(world, f"/status/{world.installation_id}")
    assert status == 200
    assert "Something needs a look" in text
    assert "6 minutes ago" in text


async def test_it_speaks_the_readers_language(world: World) -> None:
    assert "Zuletzt aus der Community gelesen" in (await page(world, f"/status/{world.installation_id}", "de"))[1]


async def test_nothing_of_anybody_is_on_it(world: World) -> None:
    for path in ("/status", f"/status/{world.installation_id}"):
        text = (await page(world, path))[1]
        for word in ("ann", "cat", "Pricing", "forum.example"):
            assert f">{word}" not in text
            assert f" {word} " not in text


async def test_a_stranger_number_is_not_found(world: World) -> None:
    assert (await page(world, "/status/12345"))[0] == 404
    assert (await page(world, "/status/x"))[0] == 404


async def test_the_database_is_away(world: World) -> None:
    world.database.failure = Unavailable("the database does not answer", code="database_down")
    status, text = await page(world, "/status")
    assert status == 503
    assert "does not answer" in text


async def test_a_community_that_is_removed_meanwhile_is_left_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Dispatcher.installation_ids
    monkeypatch.setattr(Dispatcher, "installation_ids", lambda dispatcher: [*listed(dispatcher), 12345])
    assert [one.installation_id for one in await vitals.Watch(world.parts.runtime).all()] == [world.installation_id]
    assert await connect.origins(world.parts.runtime) == ["https://forum.example.org"]


async def test_vitals_are_read_once_in_a_while(world: World) -> None:
    watch = vitals.Watch(world.parts.runtime)
    first = await watch.all()
    before = world.database.reads
    assert await watch.all() is first
    assert world.database.reads == before
