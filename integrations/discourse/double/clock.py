"""The forum's time, which a test can freeze, set and move."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache


@dataclass(slots=True)
class Clock:
    """Seconds since 1970. Runs with the machine's clock until it is frozen or moved."""

    frozen_at: float | None = None
    offset: float = 0.0

    def now(self) -> float:
        """The present moment, to the millisecond as the forum stores it."""
        moment = self.frozen_at if self.frozen_at is not None else time.time() + self.offset
        return round(moment, 3)

    def freeze(self, at: float | None = None) -> None:
        """Stand still at ``at``, or now."""
        self.frozen_at = self.now() if at is None else at

    def run(self) -> None:
        """Go on from where it stands."""
        if self.frozen_at is not None:
            self.offset = self.frozen_at - time.time()
            self.frozen_at = None

    def advance(self, seconds: float) -> None:
        """Jump by ``seconds``; stays frozen if it was."""
        if self.frozen_at is not None:
            self.frozen_at += seconds
        else:
            self.offset += seconds

    def set(self, at: float) -> None:
        """Jump to ``at``; stays frozen if it was."""
        self.advance(at - self.now())


@lru_cache(maxsize=131_072)
def iso(moment: float | None) -> str | None:
    """A moment as the forum writes it: ``2026-01-03T04:17:24.550Z``."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{round(moment % 1 * 1000) % 1000:03d}Z"


def parse_time(text: str) -> float:
    """Seconds since 1970 from an ISO time; without a zone it is read as UTC. Raises :class:`ValueError`."""
    moment = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
