"""What a host lets through from one address, whichever of its communities is asked about.

Each community has a pace of its own besides (:class:`mentorgraph.host.RateLimit`); where a platform serves many communities from one place and counts by the
caller's address, those of one process are counted together here.
"""

from collections import deque

WINDOW_SECONDS = 300.0


class Gate:
    """One host's limit. Every call that was let through in the window is remembered, so it is kept to the call."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._passed: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until the next call may go; 0 if it may now."""
        while self._passed and self._passed[0] + WINDOW_SECONDS <= now:
            self._passed.popleft()
        return 0.0 if len(self._passed) < self._most else self._passed[0] + WINDOW_SECONDS - now

    def take(self, now: float) -> None:
        """A call goes."""
        self._passed.append(now)


class Gates:
    """The gates of a process, by the name of the host that is called."""

    def __init__(self) -> None:
        self._gates: dict[tuple[str, int], Gate] = {}

    def of(self, name: str, most: int) -> Gate | None:
        """The gate before a host; ``None`` where addresses are not counted."""
        return self._gates.setdefault((name, most), Gate(most)) if most else None
