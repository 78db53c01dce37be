"""Matching rounds as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain.designs import Design
from plugin.domain.people import Scope
from plugin.domain.rounds import Choice, RoundKind
from plugin.domain.rounds import Other as DomainOther
from plugin.domain.rounds import Round as DomainRound
from plugin.graph.matching import Objective as DomainObjective
from plugin.graph.matching import Placing as DomainPlacing
from plugin.services.matching import group_reading, round_reading
from plugin.services.matching.round_words import GROUP_WAITING, WAITING
from schema.context import Info
from schema.ids import GlobalId
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.groups import MentoringGroup
from schema.types.groups import group as group_type
from schema.types.member import Member, member_by_number
from schema.types.node import Node
from schema.types.round_design import (
    MatchChoiceKind,
    MatchCriterion,
    MatchObjective,
    MatchPlacing,
    MatchRoundKind,
    MatchRoundState,
    MatchRule,
    criteria_of,
    criterion,
    rules,
)
from schema.types.round_pairs import MatchPair, pair
from schema.types.round_results import MatchCause, MatchFigures, MatchWaiting, cause, figures, waiting

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.type(description="What somebody decided by hand about two members.")
class MatchChoice:
    """A pin or a ban."""

    kind: MatchChoiceKind
    mentor_number: strawberry.Private[int]
    mentee_number: strawberry.Private[int]

    @strawberry.field
    async def mentor(self, info: Info) -> Member | None:
        """The mentor, or one of the two."""
        return await member_by_number(info, self.mentor_number)

    @strawberry.field
    async def mentee(self, info: Info) -> Member | None:
        """The mentee, or the other one."""
        return await member_by_number(info, self.mentee_number)


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
        return [waiting(one, others.get(one.mentee_id, []), words) for one in found.waiting]

    @strawberry.field(description="What was decided by hand.")
    async def choices(self, info: Info) -> list[MatchChoice]:
        """Pins and bans."""
        found = await round_reading.overview(info.context.runtime, info.context.require(Scope.READ), self.number)
        return [_choice(one) for one in found.choices]

    @strawberry.field(description="Where the last computation failed: a smallest set of what cannot hold together.")
    async def causes(self, info: Info) -> list[MatchCause]:
        """What stood against it."""
        found = await round_reading.overview(info.context.runtime, info.context.require(Scope.READ), self.number)
        return [cause(one) for one in found.causes]

    @strawberry.field(description="The groups of a round of groups, in order.")
    async def groups(self, info: Info) -> list[MentoringGroup]:
        """Drafts, or what became of them."""
        principal = info.context.require(Scope.READ)
        found = await group_reading.of_round(info.context.runtime, principal, self.number)
        return [group_type(one, installation_id=principal.installation_id) for one in found]


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
        figures=figures(found.figures) if design is not None and found.figures else None,
        number=found.id,
        design=design,
    )
