"""Programs: the frame within which mentors and mentees meet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from math import isfinite

from plugin.domain.health import Measure
from plugin.errors import Invalid

MAX_NAME, MAX_TEXT, MAX_GOALS = 120, 4_000, 12


class Role(StrEnum):
    """What a member takes part as."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class Format(StrEnum):
    """How people meet."""

    ONE_TO_ONE = "one_to_one"
    GROUP = "group"
    """A mentor with several mentees."""
    CIRCLE = "circle"
    """A group of peers with one or two mentors."""
    PEER = "peer"
    """Two members of equal standing; each is mentor and mentee."""
    REVERSE = "reverse"
    """The less senior one mentors."""
    FLASH = "flash"
    """A single session."""


class ProgramState(StrEnum):
    """The life cycle of a program; :data:`NEXT` says which steps exist."""

    DRAFT = "draft"
    ENROLLING = "enrolling"
    MATCHING = "matching"
    ACTIVE = "active"
    COMPLETED = "completed"
    ARCHIVED = "archived"


NEXT: dict[ProgramState, frozenset[ProgramState]] = {
    ProgramState.DRAFT: frozenset({ProgramState.ENROLLING, ProgramState.ARCHIVED}),
    ProgramState.ENROLLING: frozenset({ProgramState.MATCHING, ProgramState.DRAFT, ProgramState.ARCHIVED}),
    ProgramState.MATCHING: frozenset({ProgramState.ACTIVE, ProgramState.ENROLLING, ProgramState.ARCHIVED}),
    ProgramState.ACTIVE: frozenset({ProgramState.COMPLETED, ProgramState.MATCHING}),
    ProgramState.COMPLETED: frozenset({ProgramState.ARCHIVED}),
    ProgramState.ARCHIVED: frozenset(),
}

TAKING_IN = frozenset({ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.ACTIVE})
"""States in which members can enrol."""
PAIRING = frozenset({ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.ACTIVE})
"""States in which mentorships can begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Something that a program wants to reach, so that it can be seen whether it did. ``measure`` names a figure of the program's health."""

    text: str
    measure: str = ""
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A mentorship program of a community.

    ``open`` lets any member enrol; else a manager invites. ``approve_mentors`` and ``approve_mentees`` have a manager look at each application first. With
    ``both_roles`` one member may be mentor and mentee in it. ``needs`` says what the audience is in want of, in its own words.
    """

    id: int
    name: str
    purpose: str
    state: ProgramState
    created_at: datetime
    audience: str = ""
    needs: str = ""
    goals: tuple[Goal, ...] = ()
    format: Format = Format.ONE_TO_ONE
    starts_on: date | None = None
    ends_on: date | None = None
    open: bool = True
    approve_mentors: bool = True
    approve_mentees: bool = False
    both_roles: bool = False
    mentor_benefits: str = ""
    mentee_benefits: str = ""
    code_of_conduct: str = ""
    template: str = ""

    def needs_approval(self, role: Role) -> bool:
        """Whether a manager looks at applications for this role."""
        return self.approve_mentors if role is Role.MENTOR else self.approve_mentees


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an admin says of a program; checked by :func:`check`."""

    name: str
    purpose: str = ""
    audience: str = ""
    needs: str = ""
    goals: Sequence[Goal] = field(default_factory=tuple)
    format: Format = Format.ONE_TO_ONE
    starts_on: date | None = None
    ends_on: date | None = None
    open: bool = True
    approve_mentors: bool = True
    approve_mentees: bool = False
    both_roles: bool = False
    mentor_benefits: str = ""
    mentee_benefits: str = ""
    code_of_conduct: str = ""
    template: str = ""


_TEXTS = ("purpose", "audience", "needs", "mentor_benefits", "mentee_benefits", "code_of_conduct")


def check(plan: Plan) -> None:
    """Raise :class:`Invalid` that names what has to be otherwise."""
    if not 3 <= len(" ".join(plan.name.split())) <= MAX_NAME:
        raise Invalid("a program's name has 3 to {most} characters", field="name", most=MAX_NAME)
    for name in _TEXTS:
        if len(getattr(plan, name)) > MAX_TEXT:
            raise Invalid("a text about a program has at most {most} characters", field=name, most=MAX_TEXT)
    if plan.starts_on is not None and plan.ends_on is not None and plan.ends_on <= plan.starts_on:
        raise Invalid("the program would end before it begins: give a later end", field="ends_on")
    if len(plan.goals) > MAX_GOALS:
        raise Invalid("a program has at most {most} goals: the fewer, the better they are kept", field="goals", most=MAX_GOALS)
    for goal in plan.goals:
        _check_goal(goal)
    if plan.format is Format.PEER and not plan.both_roles:
        raise Invalid("among peers everybody is mentor and mentee: allow both roles", field="both_roles")


def _check_goal(goal: Goal) -> None:
    if not 3 <= len(goal.text.strip()) <= 300:
        raise Invalid("a goal is said in 3 to 300 characters", field="goals")
    if goal.target is not None and not goal.measure:
        raise Invalid("a goal with a figure says what is measured", field="goals")
    if goal.measure and goal.measure not in set(Measure):
        raise Invalid("a goal is measured by one of: {choices}", field="goals", choices=", ".join(Measure))
    if goal.measure and goal.target is None:
        raise Invalid("a goal that is measured says which figure is to be reached", field="goals")
    if goal.target is not None and not isfinite(goal.target):
        raise Invalid("a goal's figure is a number", field="goals")
