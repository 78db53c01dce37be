"""What a round is computed from and what comes out: members with places, candidate pairs, rules, pins; pairs, who is left over and why, figures.

Nobody is named here but by number. Pairs are rows of arrays, so that a round of millions of candidates fits in memory; people and rules are objects.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from plugin.errors import Conflict, Invalid

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LARGEST = 1e6
"""Scores beyond this, either way, are refused: sums of whole numbers made of them would no longer be exact."""


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
    mentor id); a pin takes a place like any pair and must be among the candidates.
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
    mentee_index: dict[int, int] = field(init=False, repr=False)
    mentor_index: dict[int, int] = field(init=False, repr=False)

    MOST_PLACES: ClassVar[int] = 10_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentee_index", {member: i for i, member in enumerate(self.mentees)})
        object.__setattr__(self, "mentor_index", {seat.id: i for i, seat in enumerate(self.mentors)})
        if not self.demand:
            object.__setattr__(self, "demand", (1,) * len(self.mentees))
        _check_people(self)
        _check_edges(self)
        _check_offers(self)
        for kind, pairs in (("forced", self.forced), ("forbidden", self.forbidden)):
            _check_pairs(self, kind, pairs)

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


def _check_people(p: Problem) -> None:
    if not p.mentors:
        raise Invalid("there are no mentors: a round needs at least one on each side", code="empty_side", field="mentors")
    if not p.mentees:
        raise Invalid("there are no mentees: a round needs at least one on each side", code="empty_side", field="mentees")
    if len(p.mentor_index) < len(p.mentors):
        raise Invalid("mentor {name} is listed twice: list everyone once", code="duplicate", field="mentors", name=_repeated([seat.id for seat in p.mentors]))
    if len(p.mentee_index) < len(p.mentees):
        raise Invalid("mentee {name} is listed twice: list everyone once", code="duplicate", field="mentees", name=_repeated(list(p.mentees)))
    both = p.mentor_index.keys() & p.mentee_index.keys()
    if both:
        raise Invalid("member {member} is both mentor and mentee in this round: choose one role", code="two_roles", field="mentees", member=min(both))
    most = Problem.MOST_PLACES
    for seat in p.mentors:
        if not 1 <= seat.capacity <= most:
            raise Invalid(
                "mentor {id} has capacity {capacity}: give them 1 to {most} places or leave them out",
                code="bad_capacity",
                field="mentors",
                id=seat.id,
                capacity=seat.capacity,
                most=most,
            )
        if not 0 <= seat.minimum <= seat.capacity:
            raise Invalid(
                "mentor {id} has a minimum of {minimum}: choose 0 to {capacity}, their places",
                code="bad_minimum",
                field="mentors",
                id=seat.id,
                minimum=seat.minimum,
                capacity=seat.capacity,
            )
    if len(p.demand) != len(p.mentees):
        raise Invalid("{count} demands for {mentees} mentees: give one each", code="bad_demand", field="demand", count=len(p.demand), mentees=len(p.mentees))
    for mentee, wanted in zip(p.mentees, p.demand, strict=True):
        if not 1 <= wanted <= most:
            raise Invalid(
                "mentee {mentee} wants {wanted} mentors: choose 1 to {most} or leave them out",
                code="bad_demand",
                field="demand",
                mentee=mentee,
                wanted=wanted,
                most=most,
            )


def _check_edges(p: Problem) -> None:
    e = p.edges
    _check_columns(p)
    for rule in p.rules:
        if rule.allowed.shape != (len(e),) or rule.allowed.dtype != np.bool_:
            raise Invalid(
                "the rule “{name}” must say yes or no to each of the {count} candidate pairs", code="bad_rule", field="rules", name=rule.name, count=len(e)
            )
    names = [rule.name for rule in p.rules]
    if len(set(names)) < len(names):
        raise Invalid("two rules are called “{name}”: give each a name of its own", code="duplicate", field="rules", name=_repeated(names))
    key = np.multiply(e.mentee, len(p.mentors) * (len(p.offers) + 1), dtype=np.int64)
    key += e.mentor * (len(p.offers) + 1) if p.offers else e.mentor
    if e.offer is not None and p.offers:
        key += e.offer + 1
    if not bool((key[1:] > key[:-1]).all()):
        key = np.sort(key)
        twice = key[1:][key[1:] == key[:-1]]
        if len(twice):
            mentee, mentor = divmod(int(twice[0]) // (len(p.offers) + 1), len(p.mentors))
            raise Invalid(
                "mentee {mentee} and mentor {mentor} are a candidate pair twice: list them once",
                code="duplicate",
                field="edges",
                mentee=p.mentees[mentee],
                mentor=p.mentors[mentor].id,
            )


def _check_columns(p: Problem) -> None:
    e = p.edges
    columns = {"mentee": e.mentee, "mentor": e.mentor, "mentee_rank": e.mentee_rank, "mentor_rank": e.mentor_rank, "offer": e.offer}
    for name, column in columns.items():
        if column is not None and (len(column) != len(e) or column.dtype.kind not in "iu"):
            raise Invalid(
                "the candidates' {name} must be {count} whole numbers, one for each score", code="bad_candidates", field=name, name=name, count=len(e)
            )
    for name, column, size in (("mentee", e.mentee, len(p.mentees)), ("mentor", e.mentor, len(p.mentors))):
        if len(e) and not 0 <= int(column.min()) <= int(column.max()) < size:
            raise Invalid("a candidate pair has a {name} index outside 0 to {size}", code="unknown_member", field=name, name=name, size=size - 1)
    for name, column in (("mentee_rank", e.mentee_rank), ("mentor_rank", e.mentor_rank)):
        if column is not None and len(e) and int(column.min()) < 0:
            raise Invalid("{name} counts from 1; 0 means not chosen, less means nothing", code="bad_candidates", field=name, name=name)
    if len(e) and not (np.isfinite(e.score).all() and -LARGEST <= float(e.score.min()) <= float(e.score.max()) <= LARGEST):
        raise Invalid(
            "scores must be numbers from {least:.0f} to {most:.0f}, usually from 0 to 1", code="bad_candidates", field="score", least=-LARGEST, most=LARGEST
        )


def _check_offers(p: Problem) -> None:
    e = p.edges
    for number, offer in enumerate(p.offers):
        if not 0 <= offer.mentor < len(p.mentors) or offer.capacity < 1:
            raise Invalid(
                "offer {number} needs a mentor index from 0 to {last} and at least 1 place",
                code="bad_offer",
                field="offers",
                number=number,
                last=len(p.mentors) - 1,
            )
    if e.offer is None or not len(e):
        return
    if not -1 <= int(e.offer.min()) <= int(e.offer.max()) < len(p.offers):
        raise Invalid("a candidate pair names an offer outside -1 to {last}", code="bad_offer", field="offers", last=len(p.offers) - 1)
    owners = np.array([offer.mentor for offer in p.offers] or [0], np.int64)
    if not bool(((e.offer < 0) | (owners[e.offer] == e.mentor)).all()):
        raise Invalid("a candidate pair names an offer of another mentor", code="bad_offer", field="offers")
    if p.offers and max(p.demand) > 1:
        raise Invalid("offers with places of their own go with one mentor for each mentee: set every demand to 1", code="bad_offer", field="demand")


def _check_pairs(p: Problem, kind: str, pairs: tuple[tuple[int, int], ...]) -> None:
    for mentee, mentor in pairs:
        if mentee not in p.mentee_index:
            raise Invalid("{kind}: {mentee} is not a mentee of this round", code="unknown_member", field=kind, kind=kind, mentee=mentee)
        if mentor not in p.mentor_index:
            raise Invalid("{kind}: {mentor} is not a mentor of this round", code="unknown_member", field=kind, kind=kind, mentor=mentor)
    if len(set(pairs)) < len(pairs):
        raise Invalid("{kind}: a pair is listed twice: list it once", code="duplicate", field=kind, kind=kind)


def _repeated(values: Sequence[int | str]) -> int | str:
    """The first value that was there before."""
    seen: set[int | str] = set()
    return next(value for value in values if value in seen or seen.add(value))  # type: ignore[func-returns-value]  # set.add in a condition
