"""How much each member, token and community may ask for over time: budgets that refill, charged before anything is executed.

A budget is a leaky bucket (shopify.dev/docs/api/usage/limits describes the same for its API). Buckets live in the process: with several processes each has its
own, so that a community can ask for as many times the figures below as there are processes. That keeps a query from waiting for a shared counter.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from plugin.domain.people import Principal

KEPT = 20_000
"""Buckets kept at most; the one that was used longest ago goes first, and by then it has mostly refilled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The most there can be in a bucket, and what comes back a second; in values, as :mod:`schema.cost` counts them."""

    maximum: int
    restored: int


PERSON = Rate(maximum=100_000, restored=2_000)
TOKEN = Rate(maximum=100_000, restored=2_000)
COMMUNITY = Rate(maximum=1_000_000, restored=20_000)
NOBODY = Rate(maximum=20_000, restored=2_000)
"""All requests without a token together: they can do nothing but ask for ``__typename``."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What became of a charge. ``retry_after`` is in seconds, 0 if it was granted; the rest is the tightest budget as it is now."""

    retry_after: float
    maximum: int
    available: int
    restored: int


class Budgets:
    """All buckets of a process. ``monotonic`` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[tuple[str, int], _Bucket] = OrderedDict()

    def charge(self, principal: Principal | None, cost: float, *, back: float = 0.0) -> Charge:
        """Take ``cost`` from every budget of who asks, or from none if one has too little; a negative cost gives back what was taken too much.

        ``back`` is given back at once: the budgets have to have the whole cost nevertheless.
        """
        now, wait = self._monotonic(), 0.0
        mine = [(self._bucket(key, rate, now), rate) for key, rate in _budgets(principal)]
        if cost > 0:
            for bucket, rate in mine:
                wait = max(wait, (cost - bucket.left) / rate.restored)
        bucket, rate = mine[0]
        for one, its in mine:
            if not wait:
                left = one.left - cost + back
                one.left = left if left < its.maximum else float(its.maximum)
            if one.left < bucket.left:
                bucket, rate = one, its
        return Charge(retry_after=wait, maximum=rate.maximum, available=max(0, int(bucket.left)), restored=rate.restored)

    def _bucket(self, key: tuple[str, int], rate: Rate, now: float) -> _Bucket:
        found = self._buckets.get(key)
        if found is None:
            if len(self._buckets) >= KEPT:
                self._buckets.popitem(last=False)
            found = self._buckets[key] = _Bucket(left=float(rate.maximum), at=now)
        else:
            self._buckets.move_to_end(key)
            left = found.left + (now - found.at) * rate.restored
            found.left = left if left < rate.maximum else float(rate.maximum)
            found.at = now
        return found


def _budgets(principal: Principal | None) -> list[tuple[tuple[str, int], Rate]]:
    if principal is None:
        return [(("nobody", 0), NOBODY)]
    found = [(("token", principal.token_id), TOKEN), (("community", principal.installation_id), COMMUNITY)]
    return found if principal.member_id is None else [*found, (("member", principal.member_id), PERSON)]
