"""What groups are formed from and what comes out: people with attributes and hours, a design, groups with the reasons for each.

Nobody is named here but by number. Attributes are whatever a community knows of its members: a word, several words, or a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plugin.errors import Conflict, Invalid

Trait = str | float | frozenset[str]
"""A value of an attribute: one word, a number, or several words that are all true."""


class Kind(StrEnum):
    """What is wanted of an attribute: each group made up like the whole, or each group alike."""

    DIVERSIFY = "diversify"
    CLUSTER = "cluster"


class Slot(StrEnum):
    """Whether a group needs an hour at which all can meet: never asked, placed with who cannot come named, or not placed without."""

    IGNORE = "ignore"
    WANTED = "wanted"
    MUST = "must"


class Why(StrEnum):
    """Why somebody is in no group."""

    NO_HOURS = "no_hours"  # they named no hour
    NO_SHARED_HOUR = "no_shared_hour"  # too few others can meet when they can
    APART = "apart"  # every group with room has somebody they are to be kept apart from
    TOGETHER = "together"  # those they stay together with could not be placed beside them
    FULL = "full"  # no group has room
    ENOUGH_MENTORS = "enough_mentors"  # every group has as many mentors as it may
    NOT_PLACED = "not_placed"  # a group could take them; the groups were formed without them


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be put into a group: a member or a mentor, their attributes, and the hours at which they can meet (any numbering, such as of the week)."""

    id: int
    traits: Mapping[str, Trait] = field(default_factory=dict)
    hours: frozenset[int] = frozenset()
    mentor: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """One attribute and what is wanted of it. ``mentors`` says whether a group's mentors count too."""

    attribute: str
    kind: Kind
    weight: float = 1.0
    mentors: bool = False


@dataclass(frozen=True, slots=True)
class Design:
    """What every group is to be like.

    A group has ``smallest`` to ``largest`` members and, apart from them, ``mentors`` to ``most_mentors`` mentors (as few where ``most_mentors`` is not given).
    ``size`` is the preferred number of members; without it, the middle. ``together`` are sets of people who stay together, ``apart`` sets of whom no two do.
    """

    smallest: int
    largest: int
    aims: tuple[Aim, ...] = ()
    together: tuple[frozenset[int], ...] = ()
    apart: tuple[frozenset[int], ...] = ()
    mentors: int = 0
    most_mentors: int | None = None
    slot: Slot = Slot.IGNORE
    size: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.smallest <= self.largest <= MOST:
            raise Invalid(
                "groups of {smallest} to {largest} cannot be: choose 1 to {most}, the least first",
                field="smallest",
                smallest=self.smallest,
                largest=self.largest,
                most=MOST,
            )
        if self.size is not None and not self.smallest <= self.size <= self.largest:
            raise Invalid(
                "the preferred size {size} is not from {smallest} to {largest}: choose one that is",
                field="size",
                size=self.size,
                smallest=self.smallest,
                largest=self.largest,
            )
        if not 0 <= self.mentors <= self.mentors_at_most <= MOST:
            raise Invalid(
                "{mentors} to {most_mentors} mentors in a group cannot be: choose 0 to {most}, the least first",
                field="mentors",
                mentors=self.mentors,
                most_mentors=self.most_mentors,
                most=MOST,
            )
        names = [aim.attribute for aim in self.aims]
        if len(set(names)) < len(names):
            raise Invalid("an attribute has two aims: give each one, with a weight", code="duplicate", field="aims")
        for aim in self.aims:
            if not 0 < aim.weight <= MOST_WEIGHT:
                raise Invalid(
                    "the weight of “{attribute}” is {weight}: choose above 0, at most {most:.0f}",
                    field="aims",
                    attribute=aim.attribute,
                    weight=aim.weight,
                    most=MOST_WEIGHT,
                )

    @property
    def mentors_at_most(self) -> int:
        """How many mentors a group may have."""
        return self.mentors if self.most_mentors is None else self.most_mentors

    @property
    def preferred(self) -> float:
        """The number of members that a group had best have."""
        return (self.smallest + self.largest) / 2 if self.size is None else self.size


MOST = 1_000
MOST_WEIGHT = 1_000.0


@dataclass(frozen=True, slots=True)
class Because:
    """How far a group meets one aim: ``met`` from 0 to 1, ``contribution`` its part of the group's score, ``misses`` how many places fall short.

    ``values`` are (value, how many have it, how many would be its share); for clusters the share is everybody for the commonest value and 0 for the others. The
    values of a number that is spread are ranges of it; those of a number that is clustered are its least and largest.
    """

    attribute: str
    kind: Kind
    met: float
    contribution: float
    misses: int
    values: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """One group. ``hour`` is one at which most can meet, ``hours`` all at which everybody can; ``absent`` are those who cannot at ``hour``.

    ``score`` is the sum of what ``because`` contributes, 0 to 1. ``key`` numbers the group; groups that run already keep theirs.
    """

    key: int
    members: tuple[int, ...]
    mentors: tuple[int, ...] = ()
    hour: int | None = None
    hours: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    score: float = 1.0
    because: tuple[Because, ...] = ()

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody in it."""
        return (*self.members, *self.mentors)


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody in no group, why, and the groups that come nearest: (key, score with them in it, what stands in the way)."""

    person: int
    why: Why
    nearest: tuple[tuple[int, float, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that was asked for: two people ``together`` or ``apart``."""

    kind: str
    people: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.people[0]} {'together with' if self.kind == 'together' else 'apart from'} {self.people[1]}"


class Impossible(Conflict):
    """No groups can meet everything that was asked. ``demands`` is a smallest set that cannot hold together."""

    code = "contradiction"

    def __init__(self, message: str, *, demands: tuple[Demand, ...] = ()) -> None:
        super().__init__(message)
        self.demands = demands


def check(people: Iterable[Person], design: Design) -> tuple[Person, ...]:
    """The people, once they are known to be different and whoever a rule names is among them.

    Raises :class:`~plugin.errors.Invalid` with what to change.
    """
    listed = tuple(people)
    if not any(not person.mentor for person in listed):
        raise Invalid("there are no members: a group needs some", code="empty_side", field="people")
    ids = {person.id: person for person in listed}
    if len(ids) < len(listed):
        twice = next(person.id for i, person in enumerate(listed) if any(person.id == other.id for other in listed[:i]))
        both = len({person.mentor for person in listed if person.id == twice}) > 1
        if both:
            raise Invalid("member {member} is both mentor and member: choose one role", code="two_roles", field="people", member=twice)
        raise Invalid("member {member} is listed twice: list everyone once", code="duplicate", field="people", member=twice)
    for name, sets in (("together", design.together), ("apart", design.apart)):
        for member in sorted(frozenset().union(*sets)):
            if member not in ids:
                raise Invalid(
                    "{name}: {member} is not among the people: add them or drop the rule", code="unknown_member", field=name, name=name, member=member
                )
    return listed
