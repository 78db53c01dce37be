"""Matching rounds as GraphQL shows them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

import strawberry

from plugin.domain.designs import Criterion as DomainCriterion
from plugin.domain.designs import Design
from plugin.domain.people import Scope
from plugin.domain.rounds import Choice, RoundKind
from plugin.domain.rounds import Other as DomainOther
from plugin.domain.rounds import Pair as DomainPair
from plugin.domain.rounds import Part as DomainPart
from plugin.domain.rounds import Round as DomainRound
from plugin.domain.rounds import Waiting as DomainWaiting
from plugin.graph.matching import Objective as DomainObjective
from plugin.graph.matching import Pair as SolvedPair
from plugin.graph.matching import Placing as DomainPlacing
from plugin.graph.matching import Why as DomainWhy
from plugin.graph.matching import WhyNot as DomainWhyNot
from plugin.services import group_reading, round_reading
from plugin.services.round_words import GROUP_WAITING, OBSTACLES, WAITING, sentence
from schema.context import Info
from schema.ids import GlobalId
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.groups import MentoringGroup
from schema.types.groups import group as group_type
from schema.types.member import Member
from schema.types.member import member as member_type
from schema.types.node import Node
from schema.types.round_design import (
    MatchChoiceKind,
    MatchCriterion,
    MatchObjective,
    MatchPairState,
    MatchPlacing,
    MatchRoundKind,
    MatchRoundState,
    MatchRule,
    MatchSide,
    criteria_of,
    criterion,
    rules,
)

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


async def load_member(info: Info, number: int) -> Member | None:
    """A member; ``None`` for who left or no longer takes part."""
    person = await info.context.loaders.members.load(number)
    return None if person is None else member_type(person, installation_id=info.context.loaders.principal.installation_id)


@strawberry.type(description="A corner of the trade-off: no round has both a more even load and a higher total.")
class LoadTradeOff:
    """A point of the curve."""

    load_gini: float
    total: float


@strawberry.type(description="What a computed round came to.")
class MatchFigures:
    """Figures over all pairs."""

    total: float
    worst: float = strawberry.field(description="What the mentee who got least got.")
    p10: float
    median: float
    best_share: float = strawberry.field(description="The share of mentees who got the best candidate that the rules leave them.")
    envious: int = strawberry.field(description="Mentees who would rather have somebody whom another mentee has, and whom the rules would let them have.")
    envy: float = strawberry.field(description="The most that one of them misses by it, in points of the score.")
    idle_share: float = strawberry.field(description="The share of mentors with nobody.")
    load_gini: float
    blocking_pairs: int
    profile: list[int] = strawberry.field(description="How many got their first, second, … choice.")
    placed: int
    mentees: int
    mentors: int
    candidates: int
    proved: bool
    let_down: int = strawberry.field(description="Mentees who were let down lately by somebody who did not come: they are placed before others.")
    let_down_placed: int = strawberry.field(description="How many of them got somebody.")
    how: str = strawberry.field(description="How it was computed: whole, as a rematch, or for who joined along paths, by a chain, or all anew.")
    made: int | None = strawberry.field(description="Pairs that came as somebody joined.")
    broken: int | None = strawberry.field(description="Pairs that went for it.")
    kept: int | None = strawberry.field(description="Pairs that a rematch kept.")
    lost: int | None = strawberry.field(description="Pairs that a rematch could not keep.")
    curve: list[LoadTradeOff]


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
        return await load_member(info, self.mentor_number)

    @strawberry.field(description="The mentee; null once they left.")
    async def mentee(self, info: Info) -> Member | None:
        """The mentee."""
        return await load_member(info, self.mentee_number)


@strawberry.type(description="Somebody whom a waiting mentee could get instead.")
class MatchAlternative:
    """How many places are left there, and the rules that would have to be waived."""

    score: float
    remaining: int
    barriers: list[str]
    number: strawberry.Private[int]

    @strawberry.field
    async def mentor(self, info: Info) -> Member | None:
        """The mentor."""
        return await load_member(info, self.number)


@strawberry.type(description="How many of somebody's candidates a rule took away.")
class RemovedBy:
    """A rule and a count."""

    rule: str
    pairs: int


@strawberry.type(description="Somebody who could not be placed, and why.")
class MatchWaiting:
    """A row of the waitlist."""

    missing: int
    reason: str
    text: str
    removed_by: list[RemovedBy]
    alternatives: list[MatchAlternative]
    number: strawberry.Private[int]

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        """Who waits."""
        return await load_member(info, self.number)


@strawberry.type(description="What somebody decided by hand about two members.")
class MatchChoice:
    """A pin or a ban."""

    kind: MatchChoiceKind
    mentor_number: strawberry.Private[int]
    mentee_number: strawberry.Private[int]

    @strawberry.field
    async def mentor(self, info: Info) -> Member | None:
        """The mentor, or one of the two."""
        return await load_member(info, self.mentor_number)

    @strawberry.field
    async def mentee(self, info: Info) -> Member | None:
        """The mentee, or the other one."""
        return await load_member(info, self.mentee_number)


@strawberry.type(description="One of the things that cannot hold together; drop any one of them.")
class MatchCause:
    """A rule by its name, a pin or a ban by its members, a minimum by its mentor; in rounds of groups two members who are to be together or apart."""

    kind: str
    rule: str | None
    minimum: int | None
    mentor_number: strawberry.Private[int | None]
    mentee_number: strawberry.Private[int | None]

    @strawberry.field
    async def mentor(self, info: Info) -> Member | None:
        """The mentor."""
        return None if self.mentor_number is None else await load_member(info, self.mentor_number)

    @strawberry.field
    async def mentee(self, info: Info) -> Member | None:
        """The mentee."""
        return None if self.mentee_number is None else await load_member(info, self.mentee_number)


@strawberry.type(description="A matching round of a program; managers only.")
class MatchRound(Node):
    """A round."""

    name: str
    kind: MatchRoundKind
    state: MatchRoundState
    progress: float = strawberry.field(description="How far a computation is, 0 to 1.")
    failure: str | None = strawberry.field(description="What stopped the last computation, as a stable word; the round is as it was before it.")
    objective: MatchObjective | None
    placing: MatchPlacing | None
    seed: int
    created_at: datetime
    computed_at: datetime | None
    published_at: datetime | None
    criteria: list[MatchCriterion]
    rules: list[MatchRule]
    figures: MatchFigures | None
    number: strawberry.Private[int]
    design: strawberry.Private[Design | None]

    @strawberry.field(description="The pairs, by mentee.")
    async def pairs(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[MatchPair]:
        """A page of pairs."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "pair", 2)
        start = None if place is None else (place[0], place[1])
        rows = await round_reading.pair_page(info.context.runtime, principal, self.number, after=start, limit=size + 1)
        named = criteria_of(self.design)
        return connection(
            Page(rows, size, after is not None), node=lambda row: pair(row, named), cursor=lambda row: encode_cursor("pair", row.mentee_id, row.mentor_id)
        )

    @strawberry.field(description="Who could not be placed, why, and whom they could get instead.")
    async def waitlist(self, info: Info) -> list[MatchWaiting]:
        """The waitlist."""
        found = await round_reading.overview(info.context.runtime, info.context.require(Scope.READ), self.number)
        others: dict[int, list[DomainOther]] = {}
        for one in found.others:
            others.setdefault(one.mentee_id, []).append(one)
        words = WAITING if self.kind is RoundKind.PAIRS else WAITING | GROUP_WAITING
        return [_waiting(one, others.get(one.mentee_id, []), words) for one in found.waiting]

    @strawberry.field(description="What was decided by hand.")
    async def choices(self, info: Info) -> list[MatchChoice]:
        """Pins and bans."""
        found = await round_reading.overview(info.context.runtime, info.context.require(Scope.READ), self.number)
        return [_choice(one) for one in found.choices]

    @strawberry.field(description="Where the last computation failed: a smallest set of what cannot hold together.")
    async def causes(self, info: Info) -> list[MatchCause]:
        """What stood against it."""
        found = await round_reading.overview(info.context.runtime, info.context.require(Scope.READ), self.number)
        return [
            MatchCause(kind=one.kind, rule=one.name or None, minimum=one.minimum, mentor_number=one.mentor_id, mentee_number=one.mentee_id)
            for one in found.causes
        ]

    @strawberry.field(description="The groups of a round of groups, in order.")
    async def groups(self, info: Info) -> list[MentoringGroup]:
        """Drafts, or what became of them."""
        principal = info.context.require(Scope.READ)
        found = await group_reading.of_round(info.context.runtime, principal, self.number)
        return [group_type(one, installation_id=principal.installation_id) for one in found]


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


def _waiting(one: DomainWaiting, others: list[DomainOther], words: Mapping[str, str]) -> MatchWaiting:
    return MatchWaiting(
        missing=one.missing,
        reason=one.reason,
        text=words.get(one.reason, one.reason),
        removed_by=[RemovedBy(rule=rule, pairs=count) for rule, count in one.removed_by.items() if count],
        alternatives=[MatchAlternative(score=each.score, remaining=each.remaining, barriers=list(each.barriers), number=each.mentor_id) for each in others],
        number=one.mentee_id,
    )


def _choice(one: Choice) -> MatchChoice:
    return MatchChoice(kind=one.kind, mentor_number=one.one, mentee_number=one.other)


def match_round(found: DomainRound, *, installation_id: int) -> MatchRound:
    """A round as GraphQL shows it."""
    design = found.matching if found.kind is RoundKind.PAIRS else None
    return MatchRound(
        id=strawberry.ID(str(GlobalId("MatchRound", installation_id, str(found.id)))),
        name=found.name,
        kind=found.kind,
        state=found.state,
        progress=found.progress,
        failure=found.failure or None,
        objective=None if design is None else DomainObjective(design.objective),
        placing=None if design is None else DomainPlacing(design.placing),
        seed=design.seed if design is not None else found.grouping.seed,
        created_at=found.created_at,
        computed_at=found.computed_at,
        published_at=found.published_at,
        criteria=[] if design is None else [criterion(one) for one in design.criteria],
        rules=[] if design is None else rules(design.all_rules, found.figures),
        figures=_figures(found.figures) if design is not None and found.figures else None,
        number=found.id,
        design=design,
    )


def _figures(found: Mapping[str, object]) -> MatchFigures:
    # Our own JSON: the names and types are those that the computation wrote.
    sometimes = {"let_down": 0, "let_down_placed": 0, "made": None, "broken": None, "kept": None, "lost": None}
    names = [one.name for one in fields(MatchFigures) if one.name not in {"curve", *sometimes}]
    curve = found.get("curve")
    points = [LoadTradeOff(load_gini=gini, total=total) for gini, total in curve] if isinstance(curve, list) else []
    values = {name: found[name] for name in names} | {name: found.get(name, usual) for name, usual in sometimes.items()}
    return MatchFigures(**values, curve=points)  # type: ignore[arg-type]  # as said above


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
