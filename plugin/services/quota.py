"""A host's monthly quota: spread over the month, with a part for the beginning and a part for what members wait for.

Reading stops when it is ahead of the month; writing (a message to a member, a group) goes on until nothing is left. What was called is counted in the store, so
that a restart does not forget it. Several processes count together; between two counts each may go over by :data:`COUNT_EVERY` calls.
"""

import calendar
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mentorgraph.host import HostBusy, Http, Response

AT_ONCE = 0.30
"""Share of the quota that may be used at the beginning of a month; an import needs it."""
FOR_WRITING = 0.05
"""Share that reading leaves to writing."""
COUNT_EVERY = 20
STEP = 0.01
"""Share of the quota that should be free again before reading goes on."""
LONGEST_WAIT = 86_400.0
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Counter = Callable[[str, int], Awaitable[int]]
"""Adds calls to a month's count and gives the count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much of a quota may be used when."""

    quota: int

    def for_reading(self, now: datetime) -> float:
        """Calls that all readings of the month may have made by ``now``."""
        return self.quota * (1 - FOR_WRITING) * min(1.0, AT_ONCE + (1 - AT_ONCE) * elapsed(now))

    def wait(self, now: datetime, used: int) -> float:
        """Seconds until reading may go on; 0 if it may now."""
        if used < self.for_reading(now):
            return 0.0
        missing = used - self.for_reading(now) + self.quota * STEP
        per_second = self.quota * (1 - FOR_WRITING) * (1 - AT_ONCE) / seconds_of(now)
        return min(max(missing / per_second, 1.0), seconds_left(now), LONGEST_WAIT)


def seconds_of(now: datetime) -> float:
    """Seconds of the month."""
    return calendar.monthrange(now.year, now.month)[1] * 86_400.0


def elapsed(now: datetime) -> float:
    """Share of the month that is over."""
    utc = now.astimezone(UTC)
    return (utc - utc.replace(day=1, hour=0, minute=0, second=0, microsecond=0)).total_seconds() / seconds_of(utc)


def seconds_left(now: datetime) -> float:
    """Seconds until the next month."""
    return max(seconds_of(now) * (1 - elapsed(now)), 1.0)


class QuotaHttp:
    """A way out that keeps to a monthly quota; satisfies :class:`mentorgraph.host.Http`."""

    def __init__(self, inner: Http, *, quota: int, clock: Callable[[], datetime], count: Counter) -> None:
        self._inner = inner
        self._budget = Budget(quota=quota)
        self._clock = clock
        self._count = count
        self._month = ""
        self._known = self._uncounted = 0

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
        """See :meth:`mentorgraph.host.Http.request`. Raises :class:`HostBusy` (``quota``) when the call has to wait for its turn in the month."""
        now = self._clock()
        await self._know(now)
        used = self._known + self._uncounted
        wait = self._budget.wait(now, used) if method.upper() in _SAFE else 0.0
        if used >= self._budget.quota:
            wait = min(seconds_left(now), LONGEST_WAIT)
        if wait:
            raise HostBusy("This month's calls to the host are used up for now; more come with time.", retry_after=wait, reason="quota")
        # Counted before it is made: a call whose answer is lost was one too.
        self._uncounted += 1
        return await self._inner.request(method, url, headers=headers, params=params, json=json, form=form, repeatable=repeatable)

    async def _know(self, now: datetime) -> None:
        month = f"{now.astimezone(UTC):%Y-%m}"
        if month == self._month and self._uncounted < COUNT_EVERY:
            return
        counted, self._uncounted = self._uncounted, 0
        if counted and self._month != month and self._month:
            await self._count(self._month, counted)
            counted = 0
        self._known = await self._count(month, counted)
        self._month = month

    async def settle(self) -> None:
        """Count what was not counted yet."""
        counted, self._uncounted = self._uncounted, 0
        if counted:
            self._known = await self._count(self._month, counted)
