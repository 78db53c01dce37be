"""Safeguarding of members who are under age: who may be brought together with them, and what has to be on record before."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from plugin.errors import Invalid

ADULT, YOUNGEST = 18, 13
"""From which age one is an adult, and the lowest age that a community can admit."""
MAX_GUARDIAN, MAX_DAYS = 300, 3 * 366
"""Characters about a guardian; days for which a screening holds at most."""
REMIND_BEFORE = 30
"""Days before a screening runs out at which admins are told."""


class Check(StrEnum):
    """What is done before an adult is brought together with somebody under age (MENTOR, Elements of Effective Practice, screening)."""

    APPLICATION = "application"
    """A written application, read by somebody in charge."""
    INTERVIEW = "interview"
    REFERENCES = "references"
    RECORDS = "records"
    """A check of criminal history, as the law of the place has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """That an adult was screened: which checks were made, and until when it holds. It says nothing of what they found: who is not suitable has none."""

    member_id: int
    checks: frozenset[Check]
    cleared_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether they may be brought together with somebody under age."""
        return self.revoked_at is None and now < self.expires_at and self.checks == frozenset(Check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minor:
    """That a member said that they are under age. ``guardian`` is who that is and how to reach them, sealed."""

    member_id: int
    age: int
    stated_at: datetime
    guardian: bytes = field(repr=False)
    consented_at: datetime | None = None
    """When the guardian's consent was written down; ``None`` without one."""

    def under_age(self, now: datetime) -> bool:
        """Whether they may be under age still. They gave an age and no birthday, so that it ends a year later than it may."""
        return now < _years_after(self.stated_at, ADULT - self.age)


def _years_after(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        # Born on the 29th of February: a year is over when the month is.
        return moment.replace(year=moment.year + years, month=3, day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguards:
    """Who is under age, whose guardian agreed, and who was screened, at one moment."""

    minors: frozenset[int] = frozenset()
    consented: frozenset[int] = frozenset()
    cleared: frozenset[int] = frozenset()

    def apart(self, one: int, other: int) -> bool:
        """Whether two are not brought together: one is under age, and the other's screening or the guardian's consent is missing."""
        if (one in self.minors) is (other in self.minors):
            return False
        minor, adult = (one, other) if one in self.minors else (other, one)
        return minor not in self.consented or adult not in self.cleared


def check_checks(checks: frozenset[Check]) -> None:
    """Raise :class:`Invalid` unless all checks were made."""
    if checks != frozenset(Check):
        raise Invalid("all checks are needed: an application, an interview, references, and a check of criminal history", field="checks")


def check_until(until: date, *, today: date) -> None:
    """Raise :class:`Invalid` for a day until which no screening holds."""
    if not 1 <= (until - today).days <= MAX_DAYS:
        raise Invalid("say until when it holds: a day to come, at most three years ahead", field="until")


def check_guardian(words: str) -> str:
    """What is said of a guardian, as it is kept. Raises :class:`Invalid`."""
    plain = " ".join(words.split())
    if not 5 <= len(plain) <= MAX_GUARDIAN:
        raise Invalid("say who your parent or guardian is and how to reach them, in 5 to {most} characters", field="guardian", most=MAX_GUARDIAN)
    return plain
