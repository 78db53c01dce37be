"""What a round can be asked, and which steps its life has."""

import re
from collections.abc import Mapping

from plugin.domain.designs import Criterion, CriterionKind, Design, GroupDesign, Rule, RuleAbout
from plugin.domain.rounds import LET_DOWN, Command, RoundState
from plugin.errors import Conflict, Invalid, Remark

MAX_CRITERIA, MAX_RULES, MAX_NAME = 40, 40, 80

MAX_CHOICES = 1_000
"""Decisions by hand in one request."""

PROTECTED = frozenset(
    {
        "age",
        "birth",
        "birthday",
        "caste",
        "citizenship",
        "colour",
        "color",
        "disability",
        "ethnic",
        "ethnicity",
        "faith",
        "gender",
        "health",
        "nationality",
        "orientation",
        "pregnancy",
        "pronouns",
        "race",
        "religion",
        "sex",
        "sexuality",
    }
)
"""Words in a question's key that speak of an attribute by which nobody is matched unless the admin says so in so many words."""


_OPEN = frozenset({RoundState.DRAFT, RoundState.COMPUTED, RoundState.ADJUSTED})
_FROM: Mapping[Command, frozenset[RoundState]] = {
    Command.EDIT: _OPEN,
    Command.COMPUTE: _OPEN,
    Command.ADJUST: frozenset({RoundState.COMPUTED, RoundState.ADJUSTED}),
    Command.FINISH: frozenset({RoundState.COMPUTING}),
    Command.GIVE_UP: frozenset({RoundState.COMPUTING}),
    Command.PUBLISH: frozenset({RoundState.COMPUTED, RoundState.ADJUSTED}),
    Command.CANCEL: _OPEN | {RoundState.COMPUTING},
}


def step(state: RoundState, command: Command, *, before: RoundState = RoundState.DRAFT, by_hand: bool = False) -> RoundState:
    """The state that a command leads to.

    ``before`` is what a computing round was, ``by_hand`` whether somebody pinned or forbade pairs. Raises :class:`Conflict` that says what is possible.
    """
    if state not in _FROM[command]:
        possible = sorted(_FROM[command])
        raise Conflict(
            "a round that is {state} cannot {said}: it must be {possible}",
            code="illegal_transition",
            field="state",
            state=state,
            said=_SAID[command],
            possible=possible,
        )
    if command in {Command.COMPUTE, Command.ADJUST}:
        return RoundState.COMPUTING
    if command is Command.FINISH:
        return RoundState.ADJUSTED if by_hand else RoundState.COMPUTED
    return {Command.EDIT: RoundState.DRAFT, Command.GIVE_UP: before, Command.PUBLISH: RoundState.PUBLISHED, Command.CANCEL: RoundState.CANCELLED}[command]


_SAID: Mapping[Command, Remark] = {
    Command.EDIT: Remark("be edited"),
    Command.COMPUTE: Remark("be computed"),
    Command.ADJUST: Remark("be adjusted"),
    Command.FINISH: Remark("finish"),
    Command.GIVE_UP: Remark("be stopped"),
    Command.PUBLISH: Remark("be published"),
    Command.CANCEL: Remark("be cancelled"),
}


def check_design(design: Design) -> None:
    """Raise :class:`Invalid` with the field for what no round can be made of."""
    if not design.criteria:
        raise Invalid("name at least one criterion: without one every pair is as good as any other", field="criteria", code="no_criteria")
    if len(design.criteria) > MAX_CRITERIA or len(design.rules) > MAX_RULES:
        raise Invalid("a round has at most {most} criteria and {rules} rules", field="criteria", most=MAX_CRITERIA, rules=MAX_RULES)
    keys = [one.key for one in design.criteria]
    if len(set(keys)) < len(keys):
        raise Invalid("two criteria have the same key: give each its own", field="criteria", code="duplicate")
    for one in design.criteria:
        _check_criterion(one)
    names = [one.name for one in design.all_rules]
    if len(set(names)) < len(names):
        raise Invalid("two rules have the same name: give each its own", field="rules", code="duplicate")
    for rule in design.rules:
        _check_rule(rule, set(keys))
    if not 0 <= design.loss <= 1:
        raise Invalid("loss is the share of the best total that may be given up: choose 0 to 1", field="loss")
    if not 0 <= design.seed < 2**31:
        raise Invalid("choose a seed from 0 to 2147483647", field="seed")
    if not 5 <= design.candidates <= 500:
        raise Invalid("choose 5 to 500 candidates for each mentee", field="candidates")


def _check_criterion(one: Criterion) -> None:
    if not 1 <= len(one.key) <= MAX_NAME or len(one.label) > MAX_NAME:
        raise Invalid("a criterion's key has 1 to {most} characters, its label at most as many", field="criteria", most=MAX_NAME)
    if one.key == LET_DOWN:
        raise Invalid("the key “{key}” has a meaning of its own: choose another", field="criteria", code="duplicate", key=one.key)
    if not 0 < one.weight <= 100:
        raise Invalid("the weight of “{key}” must be above 0 and at most 100", field="criteria", code="bad_weight", key=one.key)
    if not 0 < one.at_least <= 1:
        raise Invalid("“{key}” is met from a fit above 0 and up to 1: choose at_least accordingly", field="criteria", key=one.key)
    if one.kind in {CriterionKind.ANSWER, CriterionKind.BACKGROUND} and not one.question:
        raise Invalid("“{key}” compares answers: say to which question", field="criteria", code="no_question", key=one.key)
    words = {word for key in (one.question, one.other_question) for word in re.split(r"[^a-z]+", key.lower())}
    if words & PROTECTED and not one.protected:
        told = Remark("“{key}” compares a protected attribute ({names}): set protected to true if that is meant", key=one.key, names=sorted(words & PROTECTED))
        raise Invalid(told, field="criteria", code="protected")
    if not -100 <= one.low <= one.high <= 100:
        raise Invalid("“{key}” needs low and high from -100 to 100, low first", field="criteria", key=one.key)
    if not 0 < one.enough <= 168:
        raise Invalid("“{key}” needs above 0 and at most 168 hours a week", field="criteria", key=one.key)


def _check_rule(rule: Rule, criteria: set[str]) -> None:
    if not 1 <= len(rule.name) <= MAX_NAME:
        raise Invalid("a rule's name has 1 to {most} characters", field="rules", most=MAX_NAME)
    if rule.about is RuleAbout.SAME and not rule.question:
        raise Invalid("the rule “{name}” compares answers: say to which question", field="rules", code="no_question", name=rule.name)
    if rule.about is RuleAbout.CRITERION and rule.criterion not in criteria:
        raise Invalid("the rule “{name}” names a criterion that this round does not have", field="rules", code="unknown_criterion", name=rule.name)
    if not 0 < rule.at_least <= 1:
        raise Invalid("the rule “{name}” needs at_least above 0 and up to 1", field="rules", name=rule.name)


def check_group_design(design: GroupDesign) -> None:
    """Raise :class:`Invalid` with the field for what no groups can be made of."""
    if not 2 <= design.smallest <= design.largest <= 100:
        raise Invalid("groups have 2 to 100 members, the smallest size first", field="smallest", code="bad_size")
    if not 0 <= design.mentors <= 2:
        raise Invalid("a group has no mentor, one or two", field="mentors")
    if set(design.diversify) & set(design.cluster):
        raise Invalid("the same answers cannot both be mixed and gathered: choose one", field="diversify", code="contradiction")
    if len(design.diversify) + len(design.cluster) > MAX_CRITERIA:
        raise Invalid("name at most {most} questions", field="diversify", most=MAX_CRITERIA)
    if not 0 <= design.seed < 2**31:
        raise Invalid("choose a seed from 0 to 2147483647", field="seed")
