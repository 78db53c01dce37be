"""When a question is shown: a small expression over the answers given to other questions.

An expression is data that is walked, never text that is run. A comparison with a question that has no answer, or is not shown itself, does not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite

from plugin.domain.forms.answers import Answer, SkillLevel, is_number, skill_key
from plugin.errors import Invalid

MAX_DEPTH = 5
"""Levels of ``all``, ``any`` and ``not`` within each other."""
MAX_COMPARISONS = 20
"""Comparisons of one expression."""
MAX_VALUE = 200
"""Characters of a value to compare with."""


class Operator(StrEnum):
    """How an answer is compared."""

    ANSWERED = "answered"
    """There is an answer; takes no value."""
    IS = "is"
    """Equal to the value: the key of an option, yes or no, a number, a time zone."""
    CONTAINS = "contains"
    """One of several chosen options, or of the skills named."""
    AT_LEAST = "at_least"
    """A number, a point of a scale or a date that is not below the value."""
    AT_MOST = "at_most"
    """A number, a point of a scale or a date that is not above the value."""


Value = bool | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """One answer compared with a value."""

    question: str
    operator: Operator
    value: Value = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of them holds."""

    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: "Condition"


Condition = Compare | AllOf | AnyOf | Not


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Every comparison of an expression, in the order of writing."""
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.of)
    else:
        for one in condition.of:
            yield from comparisons(one)


def holds(condition: Condition, answers: Mapping[str, Answer]) -> bool:
    """Whether an expression holds for the answers to the questions that are shown."""
    if isinstance(condition, Compare):
        return _compare(condition, answers.get(condition.question))
    if isinstance(condition, Not):
        return not holds(condition.of, answers)
    found = (holds(one, answers) for one in condition.of)
    return all(found) if isinstance(condition, AllOf) else any(found)


def _compare(one: Compare, answer: Answer | None) -> bool:
    if answer is None:
        return False
    if one.operator is Operator.ANSWERED:
        return True
    if one.operator is Operator.CONTAINS:
        return isinstance(answer, tuple) and isinstance(one.value, str) and any(_names(part, one.value) for part in answer)
    if one.operator is Operator.IS:
        return type(one.value) is type(answer) and answer == one.value if isinstance(answer, bool | str) else _ordered(answer, one.value, 0)
    return _ordered(answer, one.value, 1 if one.operator is Operator.AT_LEAST else -1)


def _names(part: object, value: str) -> bool:
    return skill_key(part.skill) == skill_key(value) if isinstance(part, SkillLevel) else part == value


def _ordered(answer: Answer, value: Value, sign: int) -> bool:
    """Whether the answer equals the value (``sign`` 0), or lies at or beyond it in the direction of ``sign``."""
    if isinstance(answer, date) and isinstance(value, str):
        left, right = float(answer.toordinal()), float(date.fromisoformat(value).toordinal())
    elif is_number(answer) and is_number(value):
        left, right = float(answer), float(value)
    else:
        return False
    return left == right or (sign != 0 and (left - right) * sign > 0)


# ---------------------------------------------------------------------------------------------------------------------- as plain values

_GROUPS: dict[str, type[AllOf] | type[AnyOf]] = {"all": AllOf, "any": AnyOf}


def plain_condition(condition: Condition) -> dict[str, object]:
    """An expression as plain values: ``{"question", "is"|…, "value"}``, ``{"all": […]}``, ``{"any": […]}``, ``{"not": {…}}``."""
    if isinstance(condition, Compare):
        return {"question": condition.question, "operator": condition.operator.value, "value": condition.value}
    if isinstance(condition, Not):
        return {"not": plain_condition(condition.of)}
    return {"all" if isinstance(condition, AllOf) else "any": [plain_condition(one) for one in condition.of]}


def parse_condition(raw: object) -> Condition:
    """The opposite of :func:`plain_condition`. Raises :class:`Invalid` for what is no expression, too deep or too long."""
    found = _parse(raw, depth=1)
    if sum(1 for _ in comparisons(found)) > MAX_COMPARISONS:
        raise Invalid("a condition has at most {most} comparisons", field="shownIf", most=MAX_COMPARISONS)
    return found


def _parse(raw: object, *, depth: int) -> Condition:
    if depth > MAX_DEPTH:
        raise Invalid("a condition has at most {most} levels", field="shownIf", most=MAX_DEPTH)
    if not isinstance(raw, Mapping):
        raise Invalid("a condition is a comparison, or one of all, any and not", field="shownIf")
    if set(raw) == {"not"}:
        return Not(_parse(raw["not"], depth=depth + 1))
    for name, group in _GROUPS.items():
        if set(raw) == {name}:
            parts = raw[name]
            if not isinstance(parts, Sequence) or isinstance(parts, str) or not 1 <= len(parts) <= MAX_COMPARISONS:
                raise Invalid("{name} takes 1 to {most} conditions", field="shownIf", name=name, most=MAX_COMPARISONS)
            return group(tuple(_parse(one, depth=depth + 1) for one in parts))
    return _comparison(raw)


def _comparison(raw: Mapping[object, object]) -> Compare:
    question, operator, value = raw.get("question"), raw.get("operator"), raw.get("value")
    if not set(raw) <= {"question", "operator", "value"} or not isinstance(question, str) or not isinstance(operator, str):
        raise Invalid("a comparison has question, operator and, but for answered, value", field="shownIf")
    if operator not in set(Operator):
        raise Invalid("an operator is one of {choices}", field="shownIf", choices=", ".join(Operator))
    known = Operator(operator)
    if (value is None) != (known is Operator.ANSWERED):
        raise Invalid("answered takes no value, every other operator one", field="shownIf")
    return Compare(question=question, operator=known, value=_value(value))


def _value(value: object) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= MAX_VALUE:
        return value
    if is_number(value) and abs(value) < 1e15 and isfinite(value):
        return float(value)
    raise Invalid("a value to compare with is yes or no, a number, or a text of at most {most} characters", field="shownIf", most=MAX_VALUE)
