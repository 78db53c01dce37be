"""The ladder for who lets others wait: gentle, by the rules of adplist.org, with appeal, expiry and pardon.

The first time it is said, the second is a warning, after the fourth one takes a break. Nothing is held against anybody for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.errors import Conflict, Remark

EXPIRES_AFTER = timedelta(days=180)
"""How long something counts."""
BREAK_FOR = timedelta(days=30)
BREAK_AT = 4
"""From the how-manieth on one takes a break."""
APPEAL_WITHIN = timedelta(days=14)
PRIORITY_FOR = timedelta(days=90)
"""How long who was let down comes first."""
MAX_APPEAL = 1_000
MAX_WAITED = 200
"""Most members that are shown together as having waited in vain."""


class StrikeKind(StrEnum):
    """What happened."""

    NO_SHOW = "no_show"
    LATE_CANCEL = "late_cancel"


class StrikeState(StrEnum):
    """The life of a strike; :data:`NEXT` says which steps exist."""

    COUNTED = "counted"
    APPEALED = "appealed"
    """The member says that it was otherwise; it does not count until a manager decided."""
    UPHELD = "upheld"
    """A manager read the appeal and decided that it counts."""
    PARDONED = "pardoned"


NEXT: Mapping[StrikeState, frozenset[StrikeState]] = {
    StrikeState.COUNTED: frozenset({StrikeState.APPEALED, StrikeState.PARDONED}),
    StrikeState.APPEALED: frozenset({StrikeState.UPHELD, StrikeState.PARDONED}),
    StrikeState.UPHELD: frozenset({StrikeState.PARDONED}),
    StrikeState.PARDONED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """That a member let others wait. ``words`` is the sealed appeal."""

    id: int
    member_id: int
    program_id: int | None
    session_id: int
    kind: StrikeKind
    state: StrikeState = StrikeState.COUNTED
    at: datetime
    expires_at: datetime
    words: bytes | None = field(default=None, repr=False)
    decided_at: datetime | None = None

    def counts(self, now: datetime) -> bool:
        """Whether it counts now."""
        return self.state in {StrikeState.COUNTED, StrikeState.UPHELD} and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class LetDown:
    """Somebody who was there in vain lately: how often, and until when they come first for it."""

    member_id: int
    times: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """That a member's enrolment was paused because of the ladder."""

    enrolment_id: int
    member_id: int
    program_id: int
    since: datetime
    until: datetime


def step(strike: Strike, to: StrikeState) -> StrikeState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[strike.state]:
        said = {
            StrikeState.COUNTED: Remark("this counts already"),
            StrikeState.APPEALED: Remark("this was appealed and waits for a manager"),
            StrikeState.UPHELD: Remark("this was decided by a manager"),
            StrikeState.PARDONED: Remark("this was pardoned and counts no more"),
        }
        raise Conflict(said[strike.state], code="illegal_transition", field="strike")
    return to


def counted(strikes: Iterable[Strike], now: datetime) -> int:
    """How many count now."""
    return sum(one.counts(now) for one in strikes)


def rung(count: int) -> str:
    """What a member is told at so many: ``first``, ``second``, ``third`` or ``break``."""
    return {1: "first", 2: "second", 3: "third"}.get(count, "break" if count >= BREAK_AT else "first")
