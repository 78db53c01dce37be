"""What a round is computed from and what comes out: members with places, candidate pairs, rules, pins; pairs, who is left over and why, figures.

Nobody is named here but by number. Pairs are rows of arrays, so that a round of millions of candidates fits in memory; people and rules are objects.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from plugin.errors import Conflict
from plugin.graph.matching import checking

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Objective(StrEnum):
    """What a round is the best at; docs/matching.md defines each."""

    TOTAL = "total"
    FAIR = "fair"
    STABLE_MENTEE = "stable_mentee"
    STABLE_MENTOR = "stable_mentor"
    CHOICES_GREEDY = "choices_greedy"
    CHOICES_GENEROUS = "choices_generous"
    CHOICES_RANK_SUM = "choices_rank_sum"
    EVEN_LOAD = "even_load"

    @property
    def stable(self) -> bool:
        """Whether it is stable, for which the choices of mentors count too."""
        return self in {Objective.STABLE_MENTEE, Objective.STABLE_MENTOR}

    @property
    def profiled(self) -> bool:
        """Whether it goes by how many mentees get which of their choices."""
        return self in {Objective.CHOICES_GREEDY, Objective.CHOICES_GENEROUS, Objective.CHOICES_RANK_SUM}

    @property
    def by_choice(self) -> bool:
        """Whether the mentees' own choices count."""
        return self.stable or self.profiled


class Placing(StrEnum):
    """Whether the best total may leave somebody out whom it could place at a loss (``BEST``), or fills as many places as can be filled first (``MOST``)."""

    BEST = "best"
    MOST = "most"


class RuleKind(StrEnum):
    """How a rule came about: pairs must have something, must not have something, or are never to be made."""

    MUST = "must"
    MUST_NOT = "must_not"
    NEVER = "never"


class Reason(StrEnum):
    """Why a mentee has fewer mentors than wanted."""

    NO_CANDIDATES = "no_candidates"  # nobody was proposed
    RULES = "rules"  # rules and forbidden pairs removed everyone
    NOT_CHOSEN = "not_chosen"  # nobody who is allowed was chosen, or chooses this mentee
    FULL = "full"  # whoever is allowed has no place left
    OUTSCORED = "outscored"  # a place is left, but the round is better by its objective without taking it


class Contradiction(Conflict):
    """No round can meet everything that was asked. ``causes`` is a smallest set that cannot hold together: drop any one of them and the others can."""

    code = "contradiction"

    def __init__(self, message: str, *, causes: "tuple[Cause, ...]" = ()) -> None:
        super().__init__(message)
        self.causes = causes


class Cancelled(Conflict):
    """The computation was asked to stop; nothing came of it."""

    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that was asked for: ``kind`` is rule, pin, forbidden or minimum; a rule has a name, a pin two members, a minimum its mentor and how many."""

    kind: str
    name: str = ""
    mentee: int | None = None
    mentor: int | None = None
    minimum: int | None = None

    def __str__(self) -> str:
        if self.kind == "rule":
            return f"the rule “{self.name}”"
        if self.kind == "minimum":
            return f"at least {self.minimum} for mentor {self.mentor}"
        return f"{'the pin of' if self.kind == 'pin' else 'the ban on'} mentee {self.mentee} with mentor {self.mentor}"


@dataclass(frozen=True, slots=True)
class Seat:
    """A mentor: how many mentees there is room for, and how many there must be."""

    id: int
    capacity: int = 1
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """Something of a mentor's that has a number of places of its own, such as a project or a track; ``mentor`` is an index into the mentors."""

    mentor: int
    capacity: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Candidate pairs, one row each: indices of mentee and mentor, and the score, usually from 0 to 1.

    ``mentee_rank`` and ``mentor_rank`` are each side's choices: 1 is the first, equal ranks are ties, 0 is not a choice. Where a side gave none, its order is
    that of the score. ``offer`` is an index into the problem's offers, -1 for none; the same two people may stand together once for each offer.
    """

    mentee: Ints
    mentor: Ints
    score: Floats
    mentee_rank: Ints | None = None
    mentor_rank: Ints | None = None
    offer: Ints | None = None

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, slots=True, eq=False)
class RuleMask:
    """A hard rule: for each candidate pair, whether it lets it be."""

    name: str
    kind: RuleKind
    allowed: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """All that a round depends on. It is checked as it is made; :class:`~plugin.errors.Invalid` says what to change.

    ``mentees`` are member ids, ``demand`` how many mentors each wants (one each by default). ``forced`` are pins and ``forbidden`` bans, both as (mentee id,
    mentor id); a pin takes a place like any pair and must be among the candidates. ``first`` are mentees who are placed before others where not all can be, the
    first of them before the next.
    """

    mentors: tuple[Seat, ...]
    mentees: tuple[int, ...]
    edges: Edges
    rules: tuple[RuleMask, ...] = ()
    forced: tuple[tuple[int, int], ...] = ()
    forbidden: tuple[tuple[int, int], ...] = ()
    demand: tuple[int, ...] = ()
    offers: tuple[Offer, ...] = ()
    placing: Placing = Placing.BEST
    first: tuple[int, ...] = ()
    mentee_index: dict[int, int] = field(init=False, repr=False)
    mentor_index: dict[int, int] = field(init=False, repr=False)

    MOST_PLACES: ClassVar[int] = 10_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentee_index", {member: i for i, member in enumerate(self.mentees)})
        object.__setattr__(self, "mentor_index", {seat.id: i for i, seat in enumerate(self.mentors)})
        if not self.demand:
            object.__setattr__(self, "demand", (1,) * len(self.mentees))
        checking.check(self)

    @property
    def places_wanted(self) -> int:
        """How many pairs there would be if every mentee got as many mentors as wanted."""
        return sum(self.demand)


@dataclass(frozen=True, slots=True)
class Pair:
    """A match. ``rank`` is the mentee's choice that it is, where choices count; ``offer`` an index into the problem's offers."""

    mentee: int
    mentor: int
    score: float
    pinned: bool = False
    rank: int | None = None
    offer: int | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Whom else a mentee could get: how many places are left there, and the rules that would have to be waived."""

    mentor: int
    score: float
    remaining: int
    barriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A mentee with fewer mentors than wanted: how many are missing, why, how many candidates each rule took away, and whom to think of instead."""

    mentee: int
    missing: int
    reason: Reason
    removed_by: tuple[tuple[str, int], ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A computed round and its figures.

    ``worst`` and ``p10`` are over mentees, each counted with the sum of the scores they got, whoever got nobody with 0. ``load_gini`` is over all mentors.
    ``blocking_pairs``: allowed pairs where both would rather have each other. ``profile``: how many got their first, second, … choice, empty where nobody
    ranked. ``placed`` counts mentees, ``places`` pairs. ``proved`` is whether this is shown to be the best there is in its objective.
    """

    objective: Objective
    seed: int
    pairs: tuple[Pair, ...]
    unplaced: tuple[Unplaced, ...]
    total: float
    worst: float
    p10: float
    load_gini: float
    blocking_pairs: int
    profile: tuple[int, ...]
    placed: int
    places: int
    proved: bool = True


@dataclass(frozen=True, slots=True)
class Watch:
    """How a long computation asks whether to go on, and tells how far it is (0 to 1)."""

    cancelled: Callable[[], bool] | None = None
    progress: Callable[[float], None] | None = None

    def at(self, share: float) -> None:
        """Tell the progress; raises :class:`Cancelled` if it is to stop."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("the round was cancelled before it was done: nothing was changed")
        if self.progress is not None:
            self.progress(share)
