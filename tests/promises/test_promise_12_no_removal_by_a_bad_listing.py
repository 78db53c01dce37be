"""Promise 12: reconciliation never removes anybody or anything because a listing failed, was cut short or came empty."""

import pytest

from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostError, HostUnreachable
from plugin.http import Patience
from plugin.services.hosts import reconcile
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.compared import differences
from tests.conftest import FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.hosts.test_reconcile import populate, read
from tests.plugin.services.stories import known, settle
from tests.plugin.support import World
from tests.test_reconciled import pair

PAGES = {"members": r"^/admin/users/list", "groups": r"^/groups", "topics": r"^/latest.*page=1", "posts": r"^/posts.*before=", "spaces": r"^/categories"}
KINDS = ("truncate", "garbage-json", "html", "empty", "status", "reset", "redirect", "huge", "gzip-bomb")


@pytest.fixture
async def small_world(sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock) -> World:
    return await make_world(sqlite_settings, sqlite_database, vault, clock)


@pytest.mark.slow
@pytest.mark.parametrize("failure", [HostBroken("html"), HostUnreachable("reset"), HostBusy("429", retry_after=9), HostDenied("403")])
async def test_promise_12_a_listing_that_breaks_off_at_any_page(small_world: World, failure: HostError) -> None:
    populate(small_world)
    await read(small_world)
    await settle(small_world)
    before = await known(small_world)
    broken_off = 0
    for page in range(9):
        # A reading that broke off is gone on with, so that the later ones may be over before that page.
        small_world.client.failures = [*[None] * page, failure]
        try:
            await read(small_world)
        except HostError as error:
            assert error is failure  # noqa: PT017 - some end before
            broken_off += 1
        assert await known(small_world) == before, page
    assert broken_off >= 5


async def test_promise_12_a_listing_that_comes_empty(small_world: World) -> None:
    populate(small_world)
    await read(small_world)
    await settle(small_world)
    before = await known(small_world)
    small_world.client.empty_listings = True
    await read(small_world)
    assert await known(small_world) == before, "what a listing does not name is doubted, not removed"
    await settle(small_world)
    assert await known(small_world) == before, "and the host, asked of each, says that they are there"


@pytest.mark.slow
async def test_promise_12_a_forum_on_a_bad_day(sqlite_settings: Settings) -> None:
    async with pair(sqlite_settings, patience=Patience(total=20.0, tries=1)) as running:
        await running.forum.control.load(demo=True, webhooks=False)
        await running.connect()
        await running.reconcile()
        before, _ = await running.both()
        client = await running.parts.runtime.client(running.installation_id)
        for name, path in PAGES.items():
            for kind in KINDS if name in {"members", "posts"} else ("truncate", "html"):
                await running.forum.control.faults({"kind": kind, "path": path, "times": -1, "size": 20_000_000, "status": 500})
                with pytest.raises(HostError) as raised:
                    await reconcile.reconcile(running.parts.runtime, running.installation_id, whole=True)
                assert raised.value.reason != "circuit_open", "the fault was not met: this shows nothing"
                await running.forum.control.faults()
                # A good answer between two bad ones, or the forum would be left alone for a while.
                await client.describe()
                after, _ = await running.both()
                assert differences(after, before) == {}, (name, kind)
        await running.reconcile()
        assert await running.differences() == {}
