"""Promise 11: after any outage one reconciliation makes the store what the host is, even if no delivery came at all, within a budget of calls.

A third of the deliveries lost, others doubled, all in any order: ``tests/test_reconciled.py``.
"""

import pytest

from plugin.settings import Settings
from tests.test_reconciled import SEED, pair

pytestmark = pytest.mark.slow

CALLS = 1_500
"""Of the forum's API at most, for a community of 66 members and 150 topics; a first reading takes fewer than 900."""


async def test_promise_11_without_a_single_delivery(settings: Settings) -> None:
    async with pair(settings) as running:
        await running.forum.control.load(demo=True, webhooks=False)
        await running.connect()
        await running.reconcile()
        assert await running.differences() == {}
        await running.forum.control.deliveries(drop_percent=100, seed=SEED)
        assert (await running.live(120)).total() > 60
        await running.forum.control.flush(seconds=60)
        await running.handle()
        assert await running.differences() != {}, "nothing was lost: this test shows nothing"
        await running.forum.control.calls(reset=True)
        report = await running.reconcile()
        assert report.changed
        assert await running.differences() == {}
        total = (await running.forum.control.calls())["total"]
        assert isinstance(total, int)
        assert 0 < total <= CALLS
