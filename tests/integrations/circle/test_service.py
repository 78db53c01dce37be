"""The service with a Circle community: connected, read, told of news by a workflow, and within its quota."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from integrations.circle.double.model import State
from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.domain.content import Post
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.services.hosts.handlers import doubts
from plugin.services.operations import vitals
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from tests.integrations.circle.test_client import Place
from tests.schema.world import served

pytestmark = pytest.mark.slow


async def until(condition: Callable[[], Awaitable[object]], *, seconds: float = 40) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it does not come"
        await asyncio.sleep(0.05)


async def post_of(parts: Parts, installation_id: int, name: str) -> Post | None:
    """A post as the service knows it."""

    def work(unit: UnitOfWork) -> Post | None:
        return unit.posts.get(name)

    return await parts.runtime.database.read(installation_id, work)


async def test_a_community_is_connected_read_and_heard(settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubts, "NEWS_PAUSE", timedelta(seconds=1))
    state.now = lambda: datetime.now(UTC)
    place = Place(state)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    chosen = settings.model_copy(update={"public_url": url, "allow_private": (state.base_url.partition("://")[2],)})
    parts = compose(chosen, patience=Patience(total=20))
    made = await connecting.connect(
        parts.runtime,
        NewConnection(
            host="circle", url="https://growers.circle.so", api_key=state.token, host_settings={"api_url": state.base_url, "requests_per_minute": "6000"}
        ),
    )
    report = await reconciling.reconcile(parts.runtime, made.installation_id, whole=True)
    await reconciling.settle_all(parts.runtime, made.installation_id, report=report)
    members = await parts.runtime.database.read(made.installation_id, lambda unit: unit.members.count())
    assert members == 3  # who was invited and has not come does not count yet
    assert (await connecting.community_of(parts.runtime, made.installation_id)).accent == "#7a3b8f"
    assert await post_of(parts, made.installation_id, f"p{place.hidden.id}") is None
    assert await post_of(parts, made.installation_id, f"c{place.answer.id}") is not None

    before = state.calls
    await reconciling.reconcile(parts.runtime, made.installation_id, whole=False)
    # Everything was read whole just now: only what is new is asked for.
    assert state.calls - before <= 2

    address = made.to_do[0].splitlines()[-1]
    async with httpx2.AsyncClient(timeout=10) as workflow, served(build(parts, embedded_worker=True), port=port):
        assert "host_calls_left" in (await workflow.get(f"{url}/metrics")).text
        assert "Calls to the community left this month" in (await workflow.get(f"{url}/status/{made.installation_id}")).text
        fresh = state.publish(place.open, place.noor, "Who knows about ovens?", "<p>Mine is cold. Which one is good for bread?</p>")
        refused = await workflow.post(f"{address}x", json={"type": "post_published", "data": {}})
        assert refused.status_code == 401
        heard = await workflow.post(address, json={"type": "a_type_that_nobody_knows", "data": {"id": 1}})
        assert heard.status_code == 200
        await until(lambda: post_of(parts, made.installation_id, f"p{fresh.id}"))

        elsewhere = await workflow.post(address, json={"type": "access_groups_added", "data": {"community_id": 2, "community_member_id": 1}})
        assert elsewhere.status_code == 403, "it is about another community"

        newcomer = state.join("Nia New")
        await workflow.post(
            address, json={"type": "access_groups_added", "data": {"community_id": 1, "community_member_id": newcomer.id, "access_group_id": 77}}
        )

        async def known() -> bool:
            return await parts.runtime.database.read(made.installation_id, lambda unit: unit.members.by_host(str(newcomer.id)) is not None)

        await until(known)

    # Closing counts what was called until then, to the last call; what checked the key before there was an installation is not the installation's.
    again = compose(chosen)
    used = await again.runtime.database.read(made.installation_id, lambda unit: unit.host_calls.of(f"{again.runtime.clock():%Y-%m}"))
    assert (await vitals.of(again.runtime, made.installation_id)).calls_left == 5_000 - used, "which is what these show"
    await again.runtime.close()
    await again.runtime.database.close()
    assert state.calls - 3 <= used <= state.calls
