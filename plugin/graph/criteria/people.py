"""From what people said and what is known of them to measures: which columns each kind of criterion compares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from plugin.domain.designs import Criterion, CriterionKind, Rule, RuleAbout, Side
from plugin.graph.criteria.measures import Bools, Lead, Measure, Near, coverage, given, likeness, numbers, overlap, shared
from plugin.graph.criteria.scoring import Check, Wish

Terms = Mapping[int, int]
Value = float | frozenset[str] | Terms
"""An answer: a number, the options chosen, or a text as counts of terms."""

HOURS = 12.0
"""Two places on the earth are at most so many hours apart."""

SLACK = 3.0
"""Steps by which a lead may miss its bounds before it counts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What criteria can look at. What nobody said is ``None`` or missing."""

    id: int
    wants: Mapping[str, float] | None = None
    """Skills wanted, with the level wanted."""
    offers: Mapping[str, float] | None = None
    goals: Terms | None = None
    languages: frozenset[str] | None = None
    utc_offset: float | None = None
    free: Bools | None = None
    """Half hours of the week in UTC."""
    seniority: float | None = None
    track: str | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about pairs, as member ids (mentor, mentee)."""

    blocked: frozenset[frozenset[int]] = frozenset()
    already: frozenset[tuple[int, int]] = frozenset()
    past: Mapping[tuple[int, int], float] = field(default_factory=dict)
    """How much a mentee had to do with a mentor, 0 to 1."""
    expertise: Mapping[tuple[int, int], float] = field(default_factory=dict)
    """How well a mentor's demonstrated knowledge answers a mentee's need, 0 to 1."""
    needy: frozenset[int] = frozenset()
    """Mentees whose need is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both sides of a round, in the order of their rows."""

    mentees: Sequence[Person]
    mentors: Sequence[Person]
    known: Known = field(default_factory=Known)

    def rows(self, pairs: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
        """Values by (mentor, mentee) as values by (row of mentee, row of mentor); pairs of others are left out."""
        mentee_row = {person.id: row for row, person in enumerate(self.mentees)}
        mentor_row = {person.id: row for row, person in enumerate(self.mentors)}
        return {(mentee_row[mentee], mentor_row[mentor]): value for (mentor, mentee), value in pairs.items() if mentee in mentee_row and mentor in mentor_row}


def wishes(criteria: Sequence[Criterion], sides: Sides, *, factors: Mapping[str, float] | None = None) -> list[Wish]:
    """The criteria over these people. ``factors`` multiply weights: what a community's own answers have taught."""
    found = []
    for one in criteria:
        mentee, mentor = _MEASURES[one.kind](one, sides)
        weight = one.weight * (factors or {}).get(one.key, 1.0)
        found.append(Wish(one.key, weight, None if one.side is Side.MENTOR else mentee, None if one.side is Side.MENTEE else mentor))
    return found


def checks(rules: Sequence[Rule], criteria: Sequence[Criterion], sides: Sides) -> list[Check]:
    """The hard rules over these people."""
    by_key = {one.key: one for one in criteria}
    found = []
    for rule in rules:
        if rule.about is RuleAbout.CRITERION:
            criterion = by_key[rule.criterion]
            found.append(Check(rule.name, rule.way, _MEASURES[criterion.kind](criterion, sides)[0], rule.at_least))
        else:
            found.append(Check(rule.name, rule.way, _pairwise(rule, sides), rule.at_least))
    return found


def _pairwise(rule: Rule, sides: Sides) -> Measure:
    if rule.about is RuleAbout.BLOCKED:
        return _pairs({(one, other): 1.0 for pair in sides.known.blocked for one in pair for other in pair if one != other}, sides)
    if rule.about is RuleAbout.ALREADY:
        return _pairs(dict.fromkeys(sides.known.already, 1.0), sides)
    if rule.about is RuleAbout.TRACK:
        return shared([_one(p.track) for p in sides.mentees], [_one(p.track) for p in sides.mentors], how="any")
    return _compared(rule.question, rule.question, sides, how="any", different=False)


def _pairs(values: Mapping[tuple[int, int], float], sides: Sides, *, said: Bools | None = None, different: bool = False) -> Measure:
    """What is known of pairs of (mentor, mentee), as a measure."""
    return given(sides.rows(values), mentees=len(sides.mentees), mentors=len(sides.mentors), said=said, different=different)


def _one(word: str | None) -> frozenset[str] | None:
    return frozenset({word}) if word else None


def _both(measure: Measure) -> tuple[Measure, Measure]:
    return measure, measure


def _skill(_: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    wanted, offered = [p.wants for p in sides.mentees], [p.offers for p in sides.mentors]
    # A mentor is glad of whoever wants something of what they offer; to offer more than one mentee wants is no fault.
    useful = shared([None if row is None else frozenset(row) for row in wanted], [None if row is None else frozenset(row) for row in offered], how="part")
    return coverage(wanted, offered), useful


def _need(_: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    said = np.array([p.id in sides.known.needy for p in sides.mentees], bool)
    return _both(_pairs(sides.known.expertise, sides, said=said))


def _goals(one: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    return _both(likeness([p.goals for p in sides.mentees], [p.goals for p in sides.mentors], different=one.different))


def _language(one: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    return _both(shared([p.languages for p in sides.mentees], [p.languages for p in sides.mentors], how="any", different=one.different))


def _timezone(_: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    mentees, mentors = numbers([p.utc_offset for p in sides.mentees]), numbers([p.utc_offset for p in sides.mentors])
    return _both(Near(mentees, mentors, span=HOURS, around=2 * HOURS))


def _availability(one: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    return _both(overlap([p.free for p in sides.mentees], [p.free for p in sides.mentors], enough=one.enough))


def _seniority(one: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    if one.question:
        mentees, mentors = _figures(one.question, sides.mentees), _figures(one.other_question or one.question, sides.mentors)
    else:
        mentees, mentors = [p.seniority for p in sides.mentees], [p.seniority for p in sides.mentors]
    return _both(Lead(numbers(mentees), numbers(mentors), one.low, one.high, SLACK))


def _past(one: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    return _both(_pairs(sides.known.past, sides, different=one.different))


def _answer(one: Criterion, sides: Sides) -> tuple[Measure, Measure]:
    return _both(_compared(one.question, one.other_question or one.question, sides, how="whole", different=one.different))


def _compared(question: str, other: str, sides: Sides, *, how: str, different: bool) -> Measure:
    """Answers compared as options if any is one, else as numbers if any is one, else as texts; an answer of another kind counts as none."""
    a, b = [p.answers.get(question) for p in sides.mentees], [p.answers.get(other) for p in sides.mentors]
    types = [type(value) for value in (*a, *b) if value is not None]
    if any(kind is frozenset for kind in types):
        return shared([_options(v) for v in a], [_options(v) for v in b], how=how, different=different)
    if any(kind in {float, int} for kind in types):
        one, two = numbers([_number(v) for v in a]), numbers([_number(v) for v in b])
        both = np.concatenate([one, two])
        span = float(np.nanmax(both) - np.nanmin(both)) or 1.0
        return Near(one, two, span=span, different=different)
    return likeness([_text(v) for v in a], [_text(v) for v in b], different=different)


def _figures(question: str, people: Sequence[Person]) -> list[float | None]:
    return [_number(p.answers.get(question)) for p in people]


def _options(value: Value | None) -> frozenset[str] | None:
    return value if isinstance(value, frozenset) else None


def _number(value: Value | None) -> float | None:
    return float(value) if isinstance(value, float | int) else None


def _text(value: Value | None) -> Terms | None:
    return value if isinstance(value, Mapping) else None


_MEASURES: Mapping[CriterionKind, Callable[[Criterion, Sides], tuple[Measure, Measure]]] = {
    CriterionKind.SKILL: _skill,
    CriterionKind.NEED: _need,
    CriterionKind.GOALS: _goals,
    CriterionKind.LANGUAGE: _language,
    CriterionKind.TIMEZONE: _timezone,
    CriterionKind.AVAILABILITY: _availability,
    CriterionKind.SENIORITY: _seniority,
    CriterionKind.BACKGROUND: _answer,
    CriterionKind.PAST: _past,
    CriterionKind.ANSWER: _answer,
}
