"""Reports: what somebody tells those who look after safety, and what they do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from plugin.errors import Conflict, Invalid

MAX_WORDS = 4_000


class ReportKind(StrEnum):
    """What it is about."""

    HARASSMENT = "harassment"
    PRESSURE = "pressure"
    """Money, favours or anything else that nobody should be urged to."""
    DISCRIMINATION = "discrimination"
    PRIVACY = "privacy"
    """Something was passed on that was told in confidence."""
    MINOR = "minor"
    """A minor may be in danger, or takes part where only adults may."""
    OTHER = "other"


class ReportState(StrEnum):
    """The life of a report; :data:`NEXT` says which steps exist."""

    OPEN = "open"
    LOOKING = "looking"
    """Somebody looks into it."""
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    """There was nothing to act on; that says nothing about who reported it."""
    WITHDRAWN = "withdrawn"


NEXT: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.OPEN: frozenset({ReportState.LOOKING, ReportState.UPHELD, ReportState.DISMISSED, ReportState.WITHDRAWN}),
    ReportState.LOOKING: frozenset({ReportState.UPHELD, ReportState.DISMISSED, ReportState.WITHDRAWN}),
    ReportState.UPHELD: frozenset(),
    ReportState.DISMISSED: frozenset(),
    ReportState.WITHDRAWN: frozenset(),
}
UNDECIDED = frozenset({ReportState.OPEN, ReportState.LOOKING})
"""As long as a report is in one of these, its pair is suspended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of one member about another. ``words`` are sealed."""

    id: int
    reporter_id: int
    about_id: int
    mentorship_id: int | None
    kind: ReportKind
    state: ReportState = ReportState.OPEN
    words: bytes = field(repr=False)
    at: datetime
    closed_at: datetime | None = None

    @property
    def undecided(self) -> bool:
        """Whether it is still looked into."""
        return self.state in UNDECIDED


def step(report: Report, to: ReportState) -> ReportState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[report.state]:
        raise Conflict("this report is {state} already", code="illegal_transition", field="report", state=report.state)
    return to


def checked_words(words: str) -> str:
    """What was written, as it is kept. Raises :class:`Invalid` for nothing or too much."""
    plain = words.strip()
    if not 3 <= len(plain) <= MAX_WORDS:
        raise Invalid("say in 3 to {most} characters what happened", field="words", most=MAX_WORDS)
    return plain
