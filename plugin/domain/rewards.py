"""What a program gives back: badges and points by rules, levels, public thanks, certificates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from plugin.domain.programs import Role
from plugin.errors import Conflict, Invalid

MAX_RULES, MAX_LEVELS, MAX_NAME, MAX_THANKS = 30, 12, 60, 500
THANKED_AGAIN = timedelta(days=30)
"""How soon the same person is thanked again by the same one: thanks that come every day say nothing."""


class Figure(StrEnum):
    """What a rule counts, of one member in one program."""

    MENTORSHIPS = "mentorships"
    """Mentorships that began."""
    COMPLETED = "completed"
    """Mentorships that were completed, reached their goal or ran to the end of the program."""
    SESSIONS = "sessions"
    """Sessions that were held."""
    HOURS = "hours"
    """Whole hours of sessions that were held."""
    PARTNERS = "partners"
    """Different members one was in a mentorship with."""
    REFERRALS = "referrals"
    """Members who took part by one's links."""


class AwardState(StrEnum):
    """The life of an award; :data:`NEXT` says which steps exist."""

    GRANTED = "granted"
    REVOKED = "revoked"


NEXT: dict[AwardState, frozenset[AwardState]] = {
    AwardState.GRANTED: frozenset({AwardState.REVOKED}),
    # What was taken back by hand does not come back by a rule.
    AwardState.REVOKED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a member is given something: a ``badge``, ``points``, a ``certificate``, or several of them, once ``figure`` is at ``least``.

    With ``repeats``, again for every further ``least``. ``role`` counts only what was done in it. ``in_host`` says that the host has badges of its own; else
    the badge is listed here and said in words.
    """

    id: int
    program_id: int
    figure: Figure
    least: int
    role: Role | None = None
    badge: str = ""
    points: int = 0
    certificate: bool = False
    repeats: bool = False
    in_host: bool = False
    created_at: datetime
    ended_at: datetime | None = None
    """Until when it was in force; what it gave stays."""

    def times(self, count: int) -> int:
        """How often a member has earned it by a figure."""
        return count // self.least if self.repeats else int(count >= self.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a member was given by a rule, for the ``number``-th time."""

    id: int
    rule_id: int
    program_id: int
    member_id: int
    number: int
    badge: str
    points: int
    state: AwardState
    at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What a member is called from so many points on."""

    name: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a member did in a program, for them to show. ``facts`` and ``code`` are sealed; what is looked up is the code's hash."""

    id: int
    program_id: int
    member_id: int
    role: Role
    digest: bytes = field(repr=False)
    code: bytes = field(repr=False)
    facts: bytes = field(repr=False)
    issued_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a certificate says."""

    name: str
    program: str
    community: str
    role: Role
    hours: float
    sessions: int
    mentorships: int
    began_on: date
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """A word of thanks to a member. ``public`` says that it is in the community; ``words`` are sealed."""

    id: int
    program_id: int
    from_id: int | None
    to_id: int
    words: bytes = field(repr=False)
    public: bool
    at: datetime


def check_rule(rule: Rule) -> None:
    """Raise :class:`Invalid` that names what has to be otherwise."""
    if not 1 <= rule.least <= 1_000:
        raise Invalid("say from how many on: 1 to 1000", field="least")
    if len(rule.badge) > MAX_NAME:
        raise Invalid("a badge's name has at most {most} characters", field="badge", most=MAX_NAME)
    if not 0 <= rule.points <= 10_000:
        raise Invalid("points are 0 to 10000", field="points")
    if not (rule.badge or rule.points or rule.certificate):
        raise Invalid("say what is given: a badge, points or a certificate", field="badge")
    if rule.repeats and (rule.badge or rule.certificate):
        raise Invalid("a badge or a certificate is given once; only points come again", field="repeats")


def check_levels(levels: Sequence[Level]) -> tuple[Level, ...]:
    """Levels in order. Raises :class:`Invalid` for names that are none, and for two at one number of points."""
    if len(levels) > MAX_LEVELS:
        raise Invalid("a program has at most {most} levels", field="levels", most=MAX_LEVELS)
    for one in levels:
        if not 1 <= len(one.name.strip()) <= MAX_NAME or not 0 <= one.points <= 1_000_000:
            raise Invalid("a level has a name of 1 to {most} characters and 0 to 1000000 points", field="levels", most=MAX_NAME)
    if len({one.points for one in levels}) < len(levels):
        raise Invalid("two levels begin at the same number of points", field="levels")
    return tuple(sorted(levels, key=lambda one: one.points))


def level_of(points: int, levels: Sequence[Level]) -> tuple[str, int | None]:
    """The level that so many points make, empty below the first, and how many points are missing to the next."""
    reached = [one for one in levels if one.points <= points]
    ahead = [one.points - points for one in levels if one.points > points]
    return (max(reached, key=lambda one: one.points).name if reached else ""), (min(ahead) if ahead else None)


def move(award: Award, to: AwardState) -> AwardState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[award.state]:
        raise Conflict("this award was {state} already", code="illegal_transition", field="award", state=award.state)
    return to
