"""A monthly quota is spread over the month, and nothing that was called is forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorgraph.host import HostBusy, Response
from plugin.services.quota import COUNT_EVERY, FOR_WRITING, Budget, QuotaHttp, elapsed, seconds_left
from tests.conftest import FixedClock

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Inner:
    """Answers everything."""

    calls: list[str] = field(default_factory=list)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] = (),
        json: object | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        repeatable: bool | None = None,
    ) -> Response:
        assert (headers, list(params), json, form, repeatable) == (None, [], None, None, None)
        self.calls.append(f"{method} {url}")
        return Response(status=200, headers={}, body=b"")


@dataclass
class Counts:
    """Counts as the store does."""

    months: dict[str, int] = field(default_factory=dict)

    async def __call__(self, month: str, calls: int) -> int:
        self.months[month] = self.months.get(month, 0) + calls
        return self.months[month]


def metered(inner: Inner, counts: Counts, clock: FixedClock, quota: int = 1000) -> QuotaHttp:
    """A way out with a quota."""
    return QuotaHttp(inner, quota=quota, clock=clock, count=counts)


async def used_up(http: QuotaHttp, method: str = "GET") -> float:
    """Call until it has to wait; gives the seconds."""
    for _ in range(100_000):
        try:
            await http.request(method, "u")
        except HostBusy as busy:
            return busy.retry_after or 0.0 if busy.reason == "quota" else 0.0
    raise AssertionError("there is no end")


async def test_reading_stops_ahead_of_the_month_and_goes_on_with_it() -> None:
    inner, counts, clock = Inner(), Counts(), FixedClock(BEGIN)
    http = metered(inner, counts, clock)
    wait = await used_up(http)
    assert len(inner.calls) == 285
    clock.move(seconds=wait)
    await used_up(http)
    assert 293 <= len(inner.calls) <= 297
    clock.now = BEGIN + timedelta(days=29, hours=23, minutes=59)
    await used_up(http)
    assert len(inner.calls) == 950


async def test_writing_goes_on_until_nothing_is_left() -> None:
    inner, counts, clock = Inner(), Counts(), FixedClock(BEGIN)
    http = metered(inner, counts, clock)
    await used_up(http)
    assert await used_up(http, "POST") == 86_400
    assert len(inner.calls) == 1000
    clock.now = BEGIN + timedelta(days=30)
    await http.request("GET", "u")
    assert len(inner.calls) == 1001


async def test_what_was_called_is_remembered_across_restarts_and_processes() -> None:
    inner, counts, clock = Inner(), Counts(), FixedClock(BEGIN)
    first, second = metered(inner, counts, clock), metered(inner, counts, clock)
    for _ in range(100):
        await first.request("GET", "u")
        await second.request("GET", "u")
    await first.settle()
    await second.settle()
    assert counts.months == {"2026-11": 200}
    await used_up(metered(inner, counts, clock))
    assert len(inner.calls) <= 285 + 2 * COUNT_EVERY


async def test_a_new_month_begins_anew_and_the_old_one_is_counted_to_its_end() -> None:
    inner, counts, clock = Inner(), Counts(), FixedClock(BEGIN)
    http = metered(inner, counts, clock)
    for _ in range(7):
        await http.request("GET", "u")
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    await http.request("GET", "u")
    await http.settle()
    assert counts.months == {"2026-11": 7, "2026-12": 1}


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside it


@given(MOMENTS, st.integers(1, 300_000), st.integers(0, 400_000))
def test_a_wait_is_long_enough_and_never_beyond_the_month(now: datetime, quota: int, used: int) -> None:
    budget = Budget(quota=quota)
    wait = budget.wait(now, used)
    assert 0 <= wait <= min(seconds_left(now), 86_400)
    if wait == 0:
        assert used < budget.for_reading(now)
    elif wait < min(seconds_left(now), 86_400):
        assert used < budget.for_reading(now + timedelta(seconds=wait)) + 1e-6


@given(MOMENTS)
def test_the_allowance_grows_to_what_reading_may_have(now: datetime) -> None:
    assert 0 <= elapsed(now) < 1
    assert Budget(quota=100).for_reading(now) <= 100 * (1 - FOR_WRITING)
    assert Budget(quota=100).for_reading(now) >= 28


@pytest.mark.parametrize("method", ["get", "HEAD", "OPTIONS"])
async def test_reading_is_known_by_its_method(method: str) -> None:
    inner, clock = Inner(), FixedClock(BEGIN)
    http = metered(inner, Counts(), clock, quota=10)
    await used_up(http, method)
    assert len(inner.calls) < 10
