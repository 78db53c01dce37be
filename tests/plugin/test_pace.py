"""A host that counts by the caller's address is never asked more often than it lets through, however many of its communities there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import HOSTS
from mentorgraph.host import HostBusy, RateLimit
from plugin.http import Patience
from plugin.pace import WINDOW_SECONDS, Gate, Gates
from tests.plugin.test_http import answer, client, peer


@given(st.lists(st.floats(0, 90), max_size=60), st.integers(1, 7))
def test_in_no_window_are_there_more_than_were_let_through(pauses: list[float], most: int) -> None:
    gate, now, passed = Gate(most), 0.0, []
    for pause in pauses:
        now += pause
        now += gate.wait(now)
        assert gate.wait(now) <= 1e-9
        gate.take(now)
        passed.append(now)
    for begin in passed:
        assert sum(begin <= one < begin + WINDOW_SECONDS - 1e-6 for one in passed) <= most


async def test_communities_of_one_host_share_what_it_lets_through() -> None:
    limit = RateLimit(per_minute=6_000_000, burst=10_000, per_address=4)
    async with peer(answer()) as found:
        gates = Gates()
        one, other = (client(found, limit=limit, gates=gates, patience=Patience(total=1000)) for _ in range(2))
        for number in range(5):
            await (one, other)[number % 2].request("GET", f"http://127.0.0.1:{found.port}/")
        assert found.at[:4] == [1000.0] * 4
        assert found.at[4] == 1000.0 + WINDOW_SECONDS
        hasty = client(found, limit=limit, gates=gates, patience=Patience(total=1))
        await hasty.request("GET", f"http://127.0.0.1:{found.port}/")
        await hasty.request("GET", f"http://127.0.0.1:{found.port}/")
        await hasty.request("GET", f"http://127.0.0.1:{found.port}/")
        with pytest.raises(HostBusy) as busy:
            await hasty.request("GET", f"http://127.0.0.1:{found.port}/")
        assert (busy.value.retry_after or 0) > 100
        apart = client(found, limit=RateLimit(per_minute=6_000_000, burst=10_000), gates=gates)
        await apart.request("GET", f"http://127.0.0.1:{found.port}/")
        for each in (one, other, hasty, apart):
            await each.close()


def test_circle_is_asked_less_often_than_it_allows() -> None:
    limit = HOSTS["circle"].rate_limit
    assert limit.per_address <= 2_000
    assert limit.per_minute * 5 + limit.burst <= 2_000
    assert limit.per_month == 5_000
