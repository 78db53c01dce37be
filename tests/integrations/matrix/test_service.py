"""The service on a real homeserver: what members say is heard at once, outages and restarts of either side lose nothing and double nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.domain.content import Post
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from tests.integrations.matrix.conftest import Community
from tests.schema.world import served
from tests.synapse import SERVER_NAME

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("synapse")]

QUESTION = "How do I price a first subscription product for small customers?"


async def until(condition: Callable[[], Awaitable[object]], *, seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it does not come"
        await asyncio.sleep(0.1)


async def post_of(parts: Parts, installation_id: int, name: str) -> Post | None:
    """A message as the service knows it."""

    def work(unit: UnitOfWork) -> Post | None:
        return unit.posts.get(name)

    found = await parts.runtime.database.read(installation_id, work)
    return found if found is not None and found.live else None


async def test_what_members_say_is_heard_and_nothing_is_lost_while_either_side_is_down(settings: Settings, community: Community, tmp_path: Path) -> None:
    server, room = community.server, community.rooms["garden"]
    before = community.say("noor", "garden", "Annual plans with a discount work well for small customers and pricing")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    chosen = settings.model_copy(update={"public_url": url, "allow_private": (urlsplit(server.url).netloc,)})
    parts = compose(chosen, patience=Patience(total=60))
    connection = await connecting.connect(
        parts.runtime, NewConnection(host="matrix", url=server.url, api_key=community.tokens["mentors"], host_settings={"space": f"#community:{SERVER_NAME}"})
    )
    installation_id = connection.installation_id
    report = await reconciling.reconcile(parts.runtime, installation_id, whole=True)
    await reconciling.settle_all(parts.runtime, installation_id, report=report)
    assert await post_of(parts, installation_id, f"{room}/{before}") is not None

    registration = tmp_path / "mentorgraph.yaml"
    registration.write_text(connection.to_do[0].partition("\n\n")[2])
    server.registrations.append(registration)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)

    async with httpx2.AsyncClient(timeout=10):
        async with served(build(parts, embedded_worker=True), port=port):
            asked = await asyncio.to_thread(community.say, "maya", "garden", QUESTION)
            await until(lambda: post_of(parts, installation_id, f"{room}/{asked}"))
            hidden = await asyncio.to_thread(community.say, "maya", "private", "Nobody else may read this")

        # The service is down: the homeserver keeps what it has to say.
        while_down = await asyncio.to_thread(community.say, "noor", "garden", "Said while you were away")
        again = compose(chosen, patience=Patience(total=60))
        async with served(build(again, embedded_worker=True), port=port):
            await until(lambda: post_of(again, installation_id, f"{room}/{while_down}"), seconds=40)

            # The homeserver restarts, and counts its transactions from 1 again.
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            after = await asyncio.to_thread(community.say, "maya", "garden", "And now after a restart")
            await until(lambda: post_of(again, installation_id, f"{room}/{after}"), seconds=40)
            assert await post_of(again, installation_id, f"{community.rooms['private']}/{hidden}") is None

            await asyncio.to_thread(community.redact, "maya", "garden", after)

            async def gone() -> bool:
                return await post_of(again, installation_id, f"{room}/{after}") is None

            await until(gone)
    server.registrations.clear()
