"""The health of a program: the facts it is judged by, and the figures that come of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

QUIET_AFTER = timedelta(days=21)
"""A pair that gave no sign for so long is stalled."""
REPLY_WITHIN = timedelta(hours=48)
"""Within what time a request should have its first reply."""
MIN_CELL = 5
"""The fewest people that a figure about answers may rest on."""


class Measure(StrEnum):
    """What a program's goal can be measured by."""

    MENTEES = "mentees"
    """Approved mentees."""
    MENTORS = "mentors"
    """Approved mentors."""
    MATCHED = "matched"
    """Mentees who have, or had, a mentor."""
    MATCH_RATE = "match_rate"
    """The share of mentees who have, or had, a mentor, from 0 to 1."""
    SESSIONS = "sessions"
    """Sessions that were held."""
    SESSIONS_PER_PAIR = "sessions_per_pair"
    """Sessions that were held, for each mentorship that began."""
    DAYS_TO_FIRST_SESSION = "days_to_first_session"
    """The median of the days from the beginning of a mentorship to its first session that was held; the fewer, the better."""
    ACTIVE_AFTER_90_DAYS = "active_after_90_days"
    """The share of mentorships that ran for at least ninety days, of those that began so long ago, from 0 to 1."""
    RETENTION_90_DAYS = "retention_90_days"
    """The share of mentees who were seen in the community ninety days after they enrolled or later, of those who enrolled so long ago, from 0 to 1."""
    COMPLETION_RATE = "completion_rate"
    """The share of mentorships that were brought to an end as planned, of those that ended, from 0 to 1."""
    QUALITY = "quality"
    """The mean of the pulse, from 1 to 5."""
    GOALS_REACHED = "goals_reached"
    """The share of closing surveys that say the goal was reached, from 0 to 1."""
    NPS = "nps"
    """The net promoter score, from -100 to 100."""


SHARES = frozenset({Measure.MATCH_RATE, Measure.ACTIVE_AFTER_90_DAYS, Measure.RETENTION_90_DAYS, Measure.COMPLETION_RATE, Measure.GOALS_REACHED})
"""Measures from 0 to 1, which people read as per cent."""
AT_MOST = frozenset({Measure.DAYS_TO_FIRST_SESSION})
"""Measures of which a goal names the most that there may be; of all others it names the least."""
AS_PLANNED = frozenset({"completed", "goal_reached", "program_ended"})
"""Reasons for which a mentorship ends that was brought to its end."""
LONG = timedelta(days=90)
"""After so long it is seen whether people stayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An enrolment. ``cohort`` is what the person is compared by, such as the month of enrolment; ``seen_at`` is when they were last in the community."""

    member_id: int
    role: str
    at: datetime
    left_at: datetime | None = None
    seen_at: datetime | None = None
    capacity: int = 1
    paused: bool = False
    cohort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A mentorship; of a group, ``mentees`` are all of them. A member who was erased is ``None``. ``signs`` are the times at which it was heard of."""

    id: int
    mentor_id: int | None
    mentees: tuple[int | None, ...]
    began_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    signs: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request to a mentor, and when it was first replied to."""

    id: int
    at: datetime
    replied_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A session. ``held`` is ``None`` as long as nobody said whether it took place."""

    id: int
    pair_id: int
    at: datetime
    held: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A measurable goal of the program."""

    name: str
    measure: Measure
    target: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What health takes from one survey that was answered. ``quality`` is the mean of the pulse's items, each turned so that more is better."""

    at: datetime
    kind: str
    quality: float | None = None
    recommend: int | None = None
    goal_reached: bool | None = None
    cohort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A survey that was asked, and when it was answered."""

    at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a program's health is made of. ``audiences`` are the members of each part of the community that the program is for."""

    people: tuple[Person, ...] = ()
    pairs: tuple[Pair, ...] = ()
    asks: tuple[Ask, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    voices: tuple[Voice, ...] = ()
    surveys: tuple[Asked, ...] = ()
    goals: tuple[Goal, ...] = ()
    audiences: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval. Without one, ``low`` and ``high`` are ``None``; ``n`` is how many it rests on."""

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Requests and their first replies."""

    asked: int
    replied: int
    median_hours: float | None
    in_time: Figure | None
    """The share of those old enough to judge that were replied to within :data:`REPLY_WITHIN`."""
    waiting: int
    """Requests that wait longer than that now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How mentees are spread over mentors."""

    gini: float
    """0 when every mentor has as many, towards 1 when one has them all."""
    most: int
    idle: int
    """Mentors with free places and nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far one audience takes part."""

    audience: str
    members: int
    enrolled: int
    share: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a goal is met; ``value`` is ``None`` where there is no figure, or too few answers for one."""

    goal: Goal
    value: float | None
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The figures of a program at one time."""

    at: datetime
    mentors: int
    mentees: int
    matched: int
    match_rate: Figure | None
    waiting: int
    """Mentees who are not paused and have no mentor now."""
    places: int
    """Mentees that mentors who are not paused could still take."""
    active: int
    stalled: tuple[int, ...]
    """The mentorships that gave no sign for :data:`QUIET_AFTER`, the longest first."""
    ended: Mapping[str, int]
    replies: Replies
    load: Load
    sessions_held: int
    sessions_missed: int
    missed_rate: Figure | None
    reach: tuple[Reach, ...]
    quality: Figure | None
    nps: Figure | None
    answered: int
    answer_rate: Figure | None
    goals: tuple[Progress, ...]

    @property
    def running(self) -> int:
        """Mentorships that have not ended."""
        return self.active + len(self.stalled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One cohort's figures, and how they differ from all other cohorts together."""

    name: str
    mentees: int
    match_rate: Figure | None
    match_difference: Figure | None
    quality: Figure | None
    quality_difference: Figure | None
