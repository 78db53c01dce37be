"""Promise 13: whatever a host does to our calls, it is asked no sooner than it said, nobody is removed, other communities go on, and an admin sees why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from integrations.discourse.double.process import running_double
from plugin import http
from plugin.app import build, compose
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile
from plugin.services.operations import vitals
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.schema.world import served
from tests.security.test_hostile_host import Behaviour, away, busy_date, busy_seconds, calling, hang, hosting, well
from tests.test_reconciled import Pair

FAULTS: dict[str, dict[str, object]] = {
    "429 in seconds": {"kind": "status", "status": 429, "retry_after": 3000},
    "429 as a date": {"kind": "status", "status": 429, "retry_after": "date:3000"},
    "503": {"kind": "status", "status": 503, "retry_after": 3000},
    "hang": {"kind": "hang"},
    "drip": {"kind": "drip"},
    "reset": {"kind": "reset"},
    "truncate": {"kind": "truncate"},
    "HTML for JSON": {"kind": "html", "status": 200},
    "redirect elsewhere": {"kind": "redirect", "location": "http://169.254.169.254/latest/meta-data/"},
    "a hundred megabytes": {"kind": "huge", "size": 100_000_000},
    "a gzip bomb": {"kind": "gzip-bomb", "size": 100_000_000},
}


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [busy_seconds, busy_date, away])
async def test_promise_13_a_host_is_asked_no_sooner_than_it_said(behaviour: Behaviour) -> None:
    async with hosting(behaviour) as host, calling(host, total=8.0, tries=4) as call:
        found = await asyncio.gather(*(call() for _ in range(4)), return_exceptions=True)
        assert 200 in found, found
        assert host.early == 0


async def test_promise_13_a_host_that_hangs_holds_up_no_other() -> None:
    async with hosting(well) as good, calling(good) as call, hosting(hang) as bad, calling(bad, tries=1) as hopeless:
        waiting = [asyncio.ensure_future(hopeless()) for _ in range(20)]
        while not bad.hanging:  # noqa: ASYNC110 - it is the host that changes
            await asyncio.sleep(0.01)
        assert [await call() for _ in range(200)] == [200] * 200
        assert not any(one.done() for one in waiting), "the calls that hang were over: this shows nothing"
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@asynccontextmanager
async def two(settings: Settings) -> AsyncIterator[tuple[Pair, Pair]]:
    """Two forums in one service."""
    async with running_double() as first, running_double() as second:
        allowed = tuple(one.base_url.removeprefix("http://") for one in (first, second))
        parts = compose(settings.model_copy(update={"allow_private": allowed}), patience=Patience(total=20.0, tries=1))
        async with served(build(parts, embedded_worker=False)):
            pairs = (Pair(first, parts), Pair(second, parts))
            for number, one in enumerate(pairs):
                await one.forum.control.settings(admin_api_per_minute=0)
                for name in ("ada", "bea", "cleo"):
                    await one.forum.control.act("sign_up", username=f"{name}{number}")
                await one.forum.control.act(
                    "ask", by=f"ada{number}", title="How would you price a first product?", text="I have no idea where to begin with it."
                )
                await one.connect()
                await one.reconcile()
            yield pairs


def _names(unit: UnitOfWork) -> set[str]:
    return {one.username for one in unit.members.all()}


@pytest.mark.slow
async def test_promise_13_one_forum_on_a_bad_day_beside_another(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two(sqlite_settings) as (bad, good):
        parts = bad.parts
        runtime = parts.runtime
        worker = Worker(runtime, parts.graphs)
        await worker.run_until_idle()
        kept = await runtime.database.read(bad.installation_id, _names)
        assert kept >= {"ada0", "bea0", "cleo0"}
        for number, (name, fault) in enumerate(FAULTS.items()):
            monkeypatch.setattr(http, "TOTAL_SECONDS", 1.0 if fault["kind"] in {"hang", "drip"} else 20.0)
            runtime.forget(bad.installation_id)
            await bad.forum.control.faults({**fault, "path": ".*", "times": -1})
            await good.forum.control.act("sign_up", username=f"newcomer{number}")
            for one in (bad, good):
                await runtime.database.write(one.installation_id, lambda unit: unit.wake("reconcile"))
            await worker.run_until_idle(lanes=frozenset({"reconcile"}))
            assert await runtime.database.read(bad.installation_id, _names) == kept, name
            notes = (await vitals.of(runtime, bad.installation_id)).notes
            assert notes, f"{name}: an admin is told nothing"
            await reconcile.reconcile(runtime, good.installation_id, whole=True)
            assert f"newcomer{number}" in await runtime.database.read(good.installation_id, _names), name
            assert (await vitals.of(runtime, good.installation_id)).notes == (), name
            await bad.forum.control.faults()


@pytest.mark.slow
async def test_two_forums_are_kept_apart(sqlite_settings: Settings) -> None:
    async with two(sqlite_settings) as (first, second):
        runtime = first.parts.runtime
        names = [await runtime.database.read(one.installation_id, _names) for one in (first, second)]
        assert names == [{"ada0", "bea0", "cleo0"}, {"ada1", "bea1", "cleo1"}]
        await connecting.disconnect(runtime, first.installation_id, erase=True)
        assert await runtime.database.read(second.installation_id, _names) == names[1]
        async with httpx2.AsyncClient(trust_env=False) as client:
            headers = {"Api-Key": await first.forum.control.api_key(), "Api-Username": "system"}
            hooks = (await client.get(f"{first.forum.base_url}/admin/api/web_hooks.json", headers=headers)).json()
        assert hooks["web_hooks"] == [], "what is let go leaves nothing behind"
        await second.reconcile()
        assert await second.differences() == {}
