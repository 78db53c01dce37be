"""Matching rounds: the life of one, and what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from plugin.domain.designs import Design, GroupDesign, Side, design_from_json, group_design_from_json


class RoundState(StrEnum):
    """The life of a round; :func:`plugin.services.matching.round_checks.step` says which steps exist."""

    DRAFT = "draft"
    COMPUTING = "computing"
    COMPUTED = "computed"
    ADJUSTED = "adjusted"
    """Computed around what somebody pinned or forbade by hand."""
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Command(StrEnum):
    """What can be done to a round."""

    EDIT = "edit"
    COMPUTE = "compute"
    ADJUST = "adjust"
    FINISH = "finish"
    """The computation is done."""
    GIVE_UP = "give_up"
    """The computation was stopped or failed: the round is as it was before."""
    PUBLISH = "publish"
    CANCEL = "cancel"


class RoundKind(StrEnum):
    """What a round makes."""

    PAIRS = "pairs"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of a program.

    ``run`` counts computations, so that an outcome of an earlier one is not taken for that of the present one. ``kept_from`` is the round whose pairs this one
    keeps where it can. ``figures`` has numbers only: nobody is named in them.
    """

    id: int
    program_id: int
    kind: RoundKind
    name: str
    state: RoundState
    design: Mapping[str, object]
    created_at: datetime
    before: RoundState = RoundState.DRAFT
    run: int = 0
    progress: float = 0.0
    kept_from: int | None = None
    figures: Mapping[str, object] = field(default_factory=dict)
    failure: str = ""
    """The code of what stopped the last computation; empty when nothing did."""
    computed_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def matching(self) -> Design:
        """The design of a round of pairs."""
        return design_from_json(self.design)

    @property
    def grouping(self) -> GroupDesign:
        """The design of a round of groups."""
        return group_design_from_json(self.design)


class ChoiceKind(StrEnum):
    """What somebody decided by hand about two members."""

    PIN = "pin"
    FORBID = "forbid"
    TOGETHER = "together"
    APART = "apart"
    JOIN = "join"
    """A member for whom alone the round is computed anew; both ids are theirs."""
    NONE = "none"
    """Nothing any more: an earlier decision was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision by hand. In rounds of pairs ``one`` is the mentor and ``other`` the mentee."""

    kind: ChoiceKind
    one: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who was in a round when it was computed, and how many places they had."""

    member_id: int
    mentor: bool
    capacity: int = 1
    minimum: int = 0


LET_DOWN = "let_down"
"""The criterion of the part that says that a mentee was let down lately and comes first. It adds nothing to the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a score: whose wish it serves, how well the pair meets it (0 to 1), and what it adds. The contributions of a pair sum to its score."""

    criterion: str
    side: Side
    fit: float
    contribution: float


class PairState(StrEnum):
    """What became of a pair."""

    PROPOSED = "proposed"
    BEGUN = "begun"
    REFUSED = "refused"
    """It could not begin when the round was published; ``note`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair of a round. ``rank`` is the mentee's choice that it is, where choices count."""

    round_id: int
    mentor_id: int
    mentee_id: int
    score: float
    parts: tuple[Part, ...]
    pinned: bool = False
    rank: int | None = None
    state: PairState = PairState.PROPOSED
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mentee who has fewer mentors than wanted: why, and how many candidates each rule took away."""

    mentee_id: int
    missing: int
    reason: str
    removed_by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A mentor whom a waiting mentee could get instead, with the places left there and the rules that would have to be waived."""

    mentee_id: int
    mentor_id: int
    rank: int
    score: float
    remaining: int
    barriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseOf:
    """One of the things that cannot hold together."""

    kind: str
    name: str = ""
    mentor_id: int | None = None
    mentee_id: int | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a computation of pairs came to."""

    people: tuple[Participant, ...]
    pairs: tuple[Pair, ...]
    waiting: tuple[Waiting, ...]
    others: tuple[Other, ...]
    figures: Mapping[str, object]
