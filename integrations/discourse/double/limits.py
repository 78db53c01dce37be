"""How many requests are let in (RequestTracker, RateLimiter)."""

import ipaddress
import math
from collections import deque

from integrations.discourse.double.errors import rate_limited
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import ApiKey


class Limits:
    """Sliding windows over the forum's clock."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self._windows: dict[str, deque[float]] = {}

    def reset(self) -> None:
        """Forget all requests so far."""
        self._windows.clear()

    def _take(self, name: str, most: int, seconds: float) -> int:
        """0 when there is room, which is then used; else the seconds to wait."""
        if most <= 0:
            return 0
        now, window = self.forum.now(), self._windows.setdefault(name, deque())
        while window and not 0 <= now - window[0] < seconds:
            window.popleft()
        if len(window) >= most:
            return max(1, math.ceil(window[0] + seconds - now))
        window.append(now)
        return 0

    def by_address(self, address: str) -> int:
        """Seconds that an address has to wait; private addresses are not counted unless the site says so."""
        rules = self.forum.settings
        if not rules.limit_private_ips and _private(address):
            return 0
        return self._take(f"ip10 {address}", rules.ip_per_10_seconds, 10) or self._take(f"ip60 {address}", rules.ip_per_minute, 60)

    def by_key(self, key: ApiKey) -> None:
        """Count a request with a key. All admin keys share one bucket. Raises 429."""
        rules = self.forum.settings
        if key.client_id is None:
            if wait := self._take("admin", rules.admin_api_per_minute, 60):
                raise rate_limited(wait, code="admin_api_key_rate_limit")
            return
        if wait := self._take(f"user {key.id}", rules.user_api_per_minute, 60):
            raise rate_limited(wait, code="user_api_key_limiter_60_secs")
        if wait := self._take(f"user day {key.id}", rules.user_api_per_day, 86_400):
            raise rate_limited(wait, code="user_api_key_limiter_1_day")

    def search(self, who: str) -> None:
        """Count a search. Raises 429."""
        if wait := self._take(f"search {who}", self.forum.settings.search_per_minute, 60):
            raise rate_limited(wait)


def refusal_of_address(wait: int) -> tuple[str, dict[str, str]]:
    """The answer of the address limiter: plain text, made before the application."""
    text = f"Slow down, you're making too many requests.\nPlease retry again in {wait} seconds.\nError code: ip_10_secs_limit.\n"
    return text, {"Retry-After": str(wait), "Discourse-Rate-Limit-Error-Code": "ip_10_secs_limit"}


def _private(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_global
    except ValueError:
        return True
