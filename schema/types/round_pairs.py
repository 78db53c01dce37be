"""The pairs of a round as GraphQL shows them, and why two are together or are not."""

import strawberry

from plugin.domain.designs import Criterion as DomainCriterion
from plugin.domain.rounds import Pair as DomainPair
from plugin.domain.rounds import Part as DomainPart
from plugin.graph.matching import Pair as SolvedPair
from plugin.graph.matching import Why as DomainWhy
from plugin.graph.matching import WhyNot as DomainWhyNot
from plugin.services.matching.round_words import OBSTACLES, sentence
from schema.context import Info
from schema.types.member import Member, member_by_number
from schema.types.round_design import (
    MatchPairState,
    MatchSide,
)

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.type(description="A part of a pair's score. The contributions sum to the score.")
class MatchReason:
    """Whose wish it serves, how far it is met (0 to 1), and what it adds."""

    criterion: str
    side: MatchSide
    fit: float
    contribution: float
    text: str


@strawberry.type(description="Two members of a round, and why.")
class MatchPair:
    """A pair."""

    score: float
    pinned: bool
    rank: int | None
    state: MatchPairState
    note: str
    reasons: list[MatchReason]
    mentor_number: strawberry.Private[int]
    mentee_number: strawberry.Private[int]

    @strawberry.field(description="The mentor; null once they left.")
    async def mentor(self, info: Info) -> Member | None:
        """The mentor."""
        return await member_by_number(info, self.mentor_number)

    @strawberry.field(description="The mentee; null once they left.")
    async def mentee(self, info: Info) -> Member | None:
        """The mentee."""
        return await member_by_number(info, self.mentee_number)


@strawberry.type(description="What a pair is to both and to the round.")
class MatchWhy:
    """``worth`` is by how much the total would fall if the two were kept apart; null where no round is possible without them, or they are pinned."""

    pair: MatchPair
    mentee_place: int = strawberry.field(description="The mentor's place among the candidates that the rules leave the mentee; 1 is the best.")
    mentee_candidates: int
    mentor_place: int
    mentor_candidates: int
    worth: float | None
    instead: list[MatchPair] = strawberry.field(description="Pairs that would come in their place.")


@strawberry.type(description="Why two members are not together in a round, and what it would cost to pin them.")
class MatchWhyNot:
    """``loss`` is by how much the total would fall; null where the pair cannot be at all."""

    together: bool
    score: float | None
    obstacles: list[str]
    texts: list[str]
    rules: list[str]
    loss: float | None
    made: list[MatchPair] = strawberry.field(description="Pairs that would come if the two were pinned.")
    broken: list[MatchPair] = strawberry.field(description="Pairs that would go.")


def pair(found: DomainPair, named: dict[str, DomainCriterion]) -> MatchPair:
    """A pair as GraphQL shows it."""
    return MatchPair(
        score=found.score,
        pinned=found.pinned,
        rank=found.rank,
        state=found.state,
        note=found.note,
        reasons=[_reason(one, named) for one in found.parts],
        mentor_number=found.mentor_id,
        mentee_number=found.mentee_id,
    )


def _reason(one: DomainPart, named: dict[str, DomainCriterion]) -> MatchReason:
    return MatchReason(criterion=one.criterion, side=one.side, fit=one.fit, contribution=one.contribution, text=sentence(one, named))


def why(found: DomainWhy, stored: DomainPair, named: dict[str, DomainCriterion]) -> MatchWhy:
    """Why two are together, as GraphQL shows it."""
    return MatchWhy(
        pair=pair(stored, named),
        mentee_place=found.mentee_place,
        mentee_candidates=found.mentee_candidates,
        mentor_place=found.mentor_place,
        mentor_candidates=found.mentor_candidates,
        worth=found.worth,
        instead=_solved(found.instead, named),
    )


def _solved(pairs: tuple[SolvedPair, ...], named: dict[str, DomainCriterion]) -> list[MatchPair]:
    return [pair(DomainPair(round_id=0, mentor_id=one.mentor, mentee_id=one.mentee, score=one.score, parts=(), pinned=one.pinned), named) for one in pairs]


def why_not(found: DomainWhyNot, named: dict[str, DomainCriterion]) -> MatchWhyNot:
    """Why two are not together, as GraphQL shows it."""
    return MatchWhyNot(
        together=found.together,
        score=found.score,
        obstacles=[one.value for one in found.obstacles],
        texts=[OBSTACLES[one.value] for one in found.obstacles],
        rules=list(found.rules),
        loss=found.loss,
        made=_solved(found.made, named),
        broken=_solved(found.broken, named),
    )
