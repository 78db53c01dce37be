"""What is asked of a matching round, as it is given over GraphQL."""

from dataclasses import replace

import strawberry

from plugin.domain.designs import Criterion, Design, Importance, Rule, Side
from plugin.graph.matching import Objective, Placing
from schema.inputs import plain
from schema.types.round_design import MatchCriterionKind, MatchImportance, MatchObjective, MatchPlacing, MatchRuleAbout, MatchRuleWay, MatchSide

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.input
class MatchCriterionInput:
    """One thing that makes a pair good."""

    key: str
    kind: MatchCriterionKind
    importance: MatchImportance = Importance.MEDIUM
    number: float = strawberry.field(default=0.0, description="The weight, where importance is NUMBER.")
    side: MatchSide = Side.BOTH
    label: str = ""
    question: str = strawberry.field(default="", description="The key of the question whose answers are compared.")
    other_question: str = strawberry.field(default="", description="The mentor's question, where it has another key.")
    different: bool = strawberry.field(default=False, description="Whether difference is wanted instead of likeness.")
    at_least: float = strawberry.field(default=0.5, description="The fit from which a mandatory criterion is met, 0 to 1.")
    low: float = strawberry.field(default=0.0, description="The least lead of a mentor, for SENIORITY.")
    high: float = strawberry.field(default=10.0, description="The largest lead of a mentor, for SENIORITY.")
    enough: float = strawberry.field(default=2.0, description="Common hours a week that are as good as more, for AVAILABILITY.")
    protected: bool = strawberry.field(default=False, description="Say true to compare a protected attribute, such as gender or age, knowingly.")


@strawberry.input
class MatchRuleInput:
    """A hard rule."""

    name: str
    way: MatchRuleWay
    about: MatchRuleAbout
    question: str = strawberry.field(default="", description="For SAME: the question whose answers are compared, such as who the manager is.")
    criterion: str = strawberry.field(default="", description="For CRITERION: its key.")
    at_least: float = 0.5


@strawberry.input
class MatchDesignInput:
    """What is asked of a round."""

    criteria: list[MatchCriterionInput]
    rules: list[MatchRuleInput] | None = strawberry.field(default=None, description="Without any, pairs that have been before are not made again.")
    objective: MatchObjective = Objective.TOTAL
    placing: MatchPlacing = Placing.MOST
    loss: float = strawberry.field(default=0.02, description="The share of the best total that an even load may cost.")
    seed: int = strawberry.field(default=0, description="Draws lots between equals: the same seed gives the same round.")
    candidates: int = strawberry.field(default=50, description="Mentors looked at for each mentee where not all pairs can be.")


def design_of(given: MatchDesignInput) -> Design:
    """A design from its input."""
    criteria = tuple(
        Criterion(
            key=plain(one.key, "criteria"),
            kind=one.kind,
            importance=one.importance,
            number=one.number,
            side=one.side,
            label=plain(one.label, "criteria"),
            question=plain(one.question, "criteria"),
            other_question=plain(one.other_question, "criteria"),
            different=one.different,
            at_least=one.at_least,
            low=one.low,
            high=one.high,
            enough=one.enough,
            protected=one.protected,
        )
        for one in given.criteria
    )
    rules = None
    if given.rules is not None:
        rules = tuple(
            Rule(
                name=plain(one.name, "rules"),
                way=one.way,
                about=one.about,
                question=plain(one.question, "rules"),
                criterion=plain(one.criterion, "rules"),
                at_least=one.at_least,
            )
            for one in given.rules
        )
    made = Design(
        criteria=criteria,
        objective=Objective(given.objective).value,
        placing=Placing(given.placing).value,
        loss=given.loss,
        seed=given.seed,
        candidates=given.candidates,
    )
    return made if rules is None else replace(made, rules=rules)
