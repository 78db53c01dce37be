"""Answers to trusted documents, remembered as bytes for as long as nothing happened that could change them.

An entry is good for the epoch of the installation that was read *before* the answer was worked out (:mod:`plugin.store.epochs`): whatever is committed
after that, a withdrawal of consent above all, makes another epoch, and the entry is never given out again. It is given to the same token only, since what a
reader may see depends on who they are. Only documents all of whose fields read nothing but rows are remembered: the graph in memory follows a commit a
moment later.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from schema.plans.compiler import Plan

FROM_ROWS = frozenset(
    {
        ("Need", "suggestions"),
        ("Query", "community"),
        ("Query", "members"),
        ("Query", "program"),
        ("Query", "programs"),
        ("Query", "viewer"),
        ("Reason", "evidence"),
        ("Suggestion", "program"),
        ("Viewer", "consents"),
        ("Viewer", "member"),
        ("Viewer", "needs"),
        ("Viewer", "suggestions"),
    }
)
"""Fields with code that is a function of rows, the reader and the arguments alone, by type and name."""
MOST_BYTES = 32_000_000
LONGEST = 60.0
"""Seconds after which an answer is worked out again in any case."""

Key = tuple[int, int, str, str | None, bytes]
"""Installation, token, text, operation and variables."""


def may_be_kept(plan: Plan) -> bool:
    """Whether answers of a plan depend on nothing but rows."""
    return plan.fields <= FROM_ROWS


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of ``data`` as JSON, and how many values it has."""

    data: bytes
    values: int


class Answers:
    """Remembered answers of one process. ``monotonic`` gives seconds."""

    def __init__(self, monotonic: Callable[[], float], *, most_bytes: int = MOST_BYTES) -> None:
        self._monotonic = monotonic
        self._most_bytes = most_bytes
        self._known: OrderedDict[Key, tuple[int, float, Answer]] = OrderedDict()
        self._epochs: dict[int, int] = {}
        self._of: dict[int, set[Key]] = {}
        self._tidy_at = 0.0
        self._bytes = 0

    def find(self, key: Key, *, epoch: int) -> Answer | None:
        """The answer, if it is still good."""
        self.follow(key[0], epoch)
        known = self._known.get(key)
        if known is None:
            return None
        if known[0] != epoch or known[1] <= self._monotonic():
            self._drop(key)
            return None
        self._known.move_to_end(key)
        return known[2]

    def keep(self, key: Key, answer: Answer, *, epoch: int) -> None:
        """Remember an answer; ``epoch`` was read before it was worked out."""
        self.follow(key[0], epoch)
        self._drop(key)
        size = len(answer.data) + len(key[2]) + len(key[4])
        if size > self._most_bytes // 8:
            return
        self._known[key] = epoch, self._monotonic() + LONGEST, answer
        self._of.setdefault(key[0], set()).add(key)
        self._bytes += size
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._known)))

    def follow(self, installation_id: int, epoch: int) -> None:
        """Let go of what can never be given out again: after a commit every answer of the community, now and then those that are too old."""
        now = self._monotonic()
        if self._epochs.get(installation_id, -1) < epoch:
            self._epochs[installation_id] = epoch
            for key in self._of.pop(installation_id, ()):
                self._drop(key)
        if now >= self._tidy_at:
            self._tidy_at = now + LONGEST
            for key in [key for key, found in self._known.items() if found[1] <= now]:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        known = self._known.pop(key, None)
        if known is not None:
            self._bytes -= len(known[2].data) + len(key[2]) + len(key[4])
            if (mine := self._of.get(key[0])) is not None:
                mine.discard(key)
