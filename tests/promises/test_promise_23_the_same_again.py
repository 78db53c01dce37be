"""Promise 23: what is suggested depends on what is stored and on nothing else: a recording replayed into an empty database gives the same."""

import shutil
from pathlib import Path

from plugin.services.hosts import deliveries
from tests.conftest import FixedClock, make_settings
from tests.integrations.discourse.support import BASE_URL, cases, recording
from tests.plugin.services.stories import state
from tests.plugin.support import community
from tests.schema.world import ORIGIN, START, World, fill, world_of


async def told(world: World) -> list[tuple[str, float, tuple[str, ...]]]:
    """Everything that is suggested, in order, with its reasons."""
    token = await world.token("cat")
    query = "{ viewer { suggestions(first: 20) { edges { node { score member { hostUserId } reasons { text contribution } } } } } }"
    found = await world.ask(query, token)
    assert found.data is not None
    return [
        (node["member"]["hostUserId"], node["score"], tuple(f"{one['text']} {one['contribution']}" for one in node["reasons"]))
        for node in (edge["node"] for edge in found.data["viewer"]["suggestions"]["edges"])
    ]


async def test_promise_23_the_same_events_give_the_same_suggestions(sqlite_template: Path, tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.db"
        shutil.copyfile(sqlite_template, path)
        async with world_of(make_settings(database_url=f"sqlite:///{path}", public_url=ORIGIN), FixedClock(now=START)) as world:
            await fill(world)
            runs.append(await told(world))
    assert runs[0]
    assert runs[0] == runs[1]


async def test_promise_23_a_recording_gives_the_same_graph(sqlite_template: Path, tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.db"
        shutil.copyfile(sqlite_template, path)
        async with world_of(make_settings(database_url=f"sqlite:///{path}", public_url=ORIGIN), FixedClock(now=START)) as world:
            installation = await community(world.database, base_url=BASE_URL, host="discourse")
            done = [await deliveries.replay(world.parts.runtime, installation, recording(case).delivery(), at=START) for case in cases()]
            runs.append((done, await world.database.read(installation, state)))
    assert "handled" in runs[0][0]
    assert runs[0] == runs[1]
