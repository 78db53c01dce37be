"""What computing a round came to as GraphQL shows it: figures, the waitlist, and what stood against it."""

from collections.abc import Mapping
from dataclasses import fields

import strawberry

from plugin.domain.rounds import CauseOf
from plugin.domain.rounds import Other as DomainOther
from plugin.domain.rounds import Waiting as DomainWaiting
from schema.context import Info
from schema.types.member import Member, member_by_number


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
        return await member_by_number(info, self.number)


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
        return await member_by_number(info, self.number)


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
        return await member_by_number(info, self.mentor_number)

    @strawberry.field
    async def mentee(self, info: Info) -> Member | None:
        """The mentee."""
        return await member_by_number(info, self.mentee_number)


def figures(found: Mapping[str, object]) -> MatchFigures:
    """The figures of a round as GraphQL shows them."""
    # Our own JSON: the names and types are those that the computation wrote.
    sometimes = {"let_down": 0, "let_down_placed": 0, "made": None, "broken": None, "kept": None, "lost": None}
    names = [one.name for one in fields(MatchFigures) if one.name not in {"curve", *sometimes}]
    curve = found.get("curve")
    points = [LoadTradeOff(load_gini=gini, total=total) for gini, total in curve] if isinstance(curve, list) else []
    values = {name: found[name] for name in names} | {name: found.get(name, usual) for name, usual in sometimes.items()}
    return MatchFigures(**values, curve=points)  # type: ignore[arg-type]  # as said above


def waiting(one: DomainWaiting, others: list[DomainOther], words: Mapping[str, str]) -> MatchWaiting:
    """Who waits as GraphQL shows it; ``words`` are the sentences for reasons."""
    return MatchWaiting(
        missing=one.missing,
        reason=one.reason,
        text=words.get(one.reason, one.reason),
        removed_by=[RemovedBy(rule=rule, pairs=count) for rule, count in one.removed_by.items() if count],
        alternatives=[MatchAlternative(score=each.score, remaining=each.remaining, barriers=list(each.barriers), number=each.mentor_id) for each in others],
        number=one.mentee_id,
    )


def cause(one: CauseOf) -> MatchCause:
    """What cannot hold together, as GraphQL shows it."""
    return MatchCause(kind=one.kind, rule=one.name or None, minimum=one.minimum, mentor_number=one.mentor_id, mentee_number=one.mentee_id)
