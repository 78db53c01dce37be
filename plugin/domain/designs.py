"""What an admin asks of a matching round: criteria that count, and rules that must hold."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class Importance(StrEnum):
    """How much a criterion counts, in words; ``NUMBER`` takes the criterion's own number."""

    MANDATORY = "mandatory"
    """A pair that does not meet it is not made; among those that do it counts like ``HIGH``."""
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NUMBER = "number"


POINTS: Mapping[Importance, float] = {Importance.MANDATORY: 4.0, Importance.HIGH: 4.0, Importance.MEDIUM: 2.0, Importance.LOW: 1.0}


class CriterionKind(StrEnum):
    """What a criterion looks at."""

    SKILL = "skill"
    """Skills wanted by one and offered by the other, with proficiency."""
    NEED = "need"
    """A need in plain words against what the other has shown to know."""
    GOALS = "goals"
    LANGUAGE = "language"
    TIMEZONE = "timezone"
    AVAILABILITY = "availability"
    """Hours of the week that both have free."""
    SENIORITY = "seniority"
    """By how much the mentor is ahead."""
    BACKGROUND = "background"
    """The same background, or a different one."""
    PAST = "past"
    """What the two had to do with each other before."""
    ANSWER = "answer"
    """Answers to a question, of whatever type."""


class Side(StrEnum):
    """Whose wish a criterion is."""

    BOTH = "both"
    MENTEE = "mentee"
    MENTOR = "mentor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that makes a pair good.

    ``question`` is the key of a question whose answers are compared, ``other_question`` that of the mentor where it has another name. ``different`` asks for
    difference instead of likeness. ``at_least`` is the fit (0 to 1) from which a mandatory criterion is met; ``low`` and ``high`` bound the lead of a mentor in
    years or steps; ``enough`` is how many common hours a week are as good as more; ``protected`` says that the admin knowingly compares a protected attribute.
    """

    key: str
    kind: CriterionKind
    importance: Importance = Importance.MEDIUM
    number: float = 0.0
    side: Side = Side.BOTH
    label: str = ""
    question: str = ""
    other_question: str = ""
    different: bool = False
    at_least: float = 0.5
    low: float = 0.0
    high: float = 10.0
    enough: float = 2.0
    protected: bool = False

    @property
    def weight(self) -> float:
        """How much it counts, as a number."""
        return POINTS.get(self.importance, self.number)


class RuleWay(StrEnum):
    """How a hard rule decides."""

    MUST = "must"
    MUST_NOT = "must_not"
    NEVER = "never"


class RuleAbout(StrEnum):
    """What a hard rule looks at."""

    BLOCKED = "blocked"
    """Either has blocked the other, or reported a conflict of interest."""
    ALREADY = "already"
    """The two have been mentor and mentee before."""
    SAME = "same"
    """Both gave the same answer to a question, such as who their manager is."""
    TRACK = "track"
    """Both are enrolled in the same track."""
    CRITERION = "criterion"
    """A criterion is met from its ``at_least`` on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A hard rule. ``question`` and ``criterion`` say of what, where :attr:`about` needs it."""

    name: str
    way: RuleWay
    about: RuleAbout
    question: str = ""
    criterion: str = ""
    at_least: float = 0.5


BLOCKS = Rule(name="blocked", way=RuleWay.NEVER, about=RuleAbout.BLOCKED)
"""Part of every round, whatever its design says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What an admin asks of a round. ``objective`` and ``placing`` are words of :mod:`plugin.graph.matching`."""

    criteria: tuple[Criterion, ...] = ()
    rules: tuple[Rule, ...] = (Rule(name="already matched before", way=RuleWay.NEVER, about=RuleAbout.ALREADY),)
    objective: str = "total"
    placing: str = "most"
    loss: float = 0.02
    seed: int = 0
    candidates: int = 50
    """How many mentors of each mentee are looked at where not all pairs can be."""

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The rules, with the one that nobody can lift and those of mandatory criteria."""
        mandatory = (
            Rule(name=f"mandatory: {one.label or one.key}", way=RuleWay.MUST, about=RuleAbout.CRITERION, criterion=one.key, at_least=one.at_least)
            for one in self.criteria
            if one.importance is Importance.MANDATORY
        )
        return (BLOCKS, *self.rules, *mandatory)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDesign:
    """What an admin asks of groups: sizes, answers by which to mix and by which to gather, mentors for each, and whether all of a group must share a slot."""

    smallest: int = 3
    largest: int = 6
    mentors: int = 0
    diversify: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    shared_slot: bool = False
    seed: int = 0


def design_to_json(design: Design | GroupDesign) -> dict[str, object]:
    """A design as plain data."""
    return asdict(design)


def design_from_json(found: Mapping[str, object]) -> Design:
    """The opposite of :func:`design_to_json`."""
    values: dict[str, object] = dict(found)
    values["criteria"] = tuple(_criterion(one) for one in _listed(found.get("criteria")))
    values["rules"] = tuple(_rule(one) for one in _listed(found.get("rules")))
    return Design(**values)  # type: ignore[arg-type]  # our own JSON


def group_design_from_json(found: Mapping[str, object]) -> GroupDesign:
    """The opposite of :func:`design_to_json` for groups."""
    values: dict[str, object] = dict(found)
    for name in ("diversify", "cluster"):
        values[name] = tuple(str(one) for one in _plain(found.get(name)))
    return GroupDesign(**values)  # type: ignore[arg-type]  # our own JSON


def _plain(found: object) -> Sequence[object]:
    return found if isinstance(found, Sequence) and not isinstance(found, str) else ()


def _listed(found: object) -> list[Mapping[str, object]]:
    return [one for one in _plain(found) if isinstance(one, Mapping)]


def _criterion(found: Mapping[str, object]) -> Criterion:
    kinds = {"kind": CriterionKind(str(found["kind"])), "importance": Importance(str(found["importance"])), "side": Side(str(found["side"]))}
    return Criterion(**{**found, **kinds})  # type: ignore[arg-type]  # our own JSON


def _rule(found: Mapping[str, object]) -> Rule:
    return Rule(**{**found, "way": RuleWay(str(found["way"])), "about": RuleAbout(str(found["about"]))})  # type: ignore[arg-type]  # our own JSON
