"""Surveys: what is asked of one member about a session, a mentorship or the program, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SurveyKind(StrEnum):
    """What a survey is about. Each kind is asked by the form of that purpose."""

    SESSION = "session"
    """After a session that was held."""
    PULSE = "pulse"
    """How the mentorship is going."""
    CLOSING = "closing"
    """When the mentorship has ended."""
    NPS = "nps"
    """Whether one would recommend the program."""


FIRST_PULSE = timedelta(days=30)
NEXT_PULSE = timedelta(days=60)
REMIND_AFTER = timedelta(days=4)
"""When somebody who did not answer is asked again, once."""
OPEN_FOR = timedelta(days=21)
"""How long a survey can be answered after it was due; later, nobody remembers how it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A survey asked of one member. ``about`` names what it asks about, as ``session:7``, ``mentorship:7`` or ``program:7``."""

    id: int
    key: str
    kind: SurveyKind
    member_id: int
    program_id: int | None = None
    about: str
    due_at: datetime
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def waiting(self) -> bool:
        """Whether it was asked and neither answered nor closed."""
        return self.asked_at is not None and self.answered_at is None and self.closed_at is None

    @property
    def closes_at(self) -> datetime:
        """Until when it can be answered."""
        return self.due_at + OPEN_FOR


def pulse_at(began_at: datetime, number: int) -> datetime:
    """When the pulse with this number is due, from 1: 30 days after the beginning, then every 60."""
    return began_at + FIRST_PULSE + (number - 1) * NEXT_PULSE


def about(kind: str, number: int) -> str:
    """The name of what something is about."""
    return f"{kind}:{number}"


def parse_about(text: str) -> tuple[str, int] | None:
    """The opposite of :func:`about`; ``None`` for what is about nothing."""
    kind, _, number = text.partition(":")
    return (kind, int(number)) if kind and number.isascii() and number.isdigit() else None
