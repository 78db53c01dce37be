"""What is asked of a round, as GraphQL shows it."""

from collections.abc import Mapping

import strawberry

from plugin.domain.designs import Criterion as DomainCriterion
from plugin.domain.designs import CriterionKind, Design, Importance, RuleAbout, RuleWay, Side
from plugin.domain.designs import Rule as DomainRule
from plugin.domain.rounds import ChoiceKind as DomainChoiceKind
from plugin.domain.rounds import PairState as DomainPairState
from plugin.domain.rounds import RoundKind, RoundState
from plugin.graph.matching import Objective as DomainObjective
from plugin.graph.matching import Placing as DomainPlacing

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.

MatchRoundState = strawberry.enum(RoundState, name="MatchRoundState", description="The life of a round.")
MatchRoundKind = strawberry.enum(RoundKind, name="MatchRoundKind", description="What a round makes.")
MatchCriterionKind = strawberry.enum(CriterionKind, name="MatchCriterionKind", description="What a criterion looks at.")
MatchImportance = strawberry.enum(Importance, name="MatchImportance", description="How much a criterion counts; NUMBER takes the criterion's own number.")
MatchSide = strawberry.enum(Side, name="MatchSide", description="Whose wish a criterion is.")
MatchRuleWay = strawberry.enum(RuleWay, name="MatchRuleWay", description="How a hard rule decides.")
MatchRuleAbout = strawberry.enum(RuleAbout, name="MatchRuleAbout", description="What a hard rule looks at.")
MatchObjective = strawberry.enum(DomainObjective, name="MatchObjective", description="What a round is the best at.")
MatchPlacing = strawberry.enum(DomainPlacing, name="MatchPlacing", description="Whether as many as can be are placed first, or the total alone decides.")
MatchChoiceKind = strawberry.enum(DomainChoiceKind, name="MatchChoiceKind", description="What somebody decided by hand.")
MatchPairState = strawberry.enum(DomainPairState, name="MatchPairState", description="What became of a pair.")


@strawberry.type(description="A criterion of a round.")
class MatchCriterion:
    """See the input."""

    key: str
    kind: MatchCriterionKind
    importance: MatchImportance
    weight: float
    side: MatchSide
    label: str
    question: str


@strawberry.type(description="A hard rule of a round, and what it costs.")
class MatchRule:
    """``removed`` counts candidate pairs; the rest is null where the round was too large to be computed once more for each rule."""

    name: str
    way: MatchRuleWay
    removed: int | None
    removed_alone: int | None = strawberry.field(description="Pairs that no other rule removes.")
    total_without: float | None = strawberry.field(description="The round's total if this rule were lifted.")
    placed_without: int | None


def criteria_of(design: Design | None) -> dict[str, DomainCriterion]:
    """Criteria by key."""
    return {} if design is None else {one.key: one for one in design.criteria}


def criterion(one: DomainCriterion) -> MatchCriterion:
    """A criterion as GraphQL shows it."""
    return MatchCriterion(
        key=one.key, kind=one.kind, importance=one.importance, weight=one.weight, side=one.side, label=one.label or one.key, question=one.question
    )


def rules(given: tuple[DomainRule, ...], figures: Mapping[str, object]) -> list[MatchRule]:
    """Rules with their prices, where they were worked out."""
    listed = figures.get("rules")
    prices = {one["name"]: one for one in listed if isinstance(one, dict)} if isinstance(listed, list) else {}
    return [
        MatchRule(
            name=rule.name,
            way=rule.way,
            removed=prices.get(rule.name, {}).get("removed"),
            removed_alone=prices.get(rule.name, {}).get("removed_alone"),
            total_without=prices.get(rule.name, {}).get("total_without"),
            placed_without=prices.get(rule.name, {}).get("placed_without"),
        )
        for rule in given
    ]
