"""Making forms: what a form must keep to, and questions as plain values for storing, exporting and importing."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from graphlib import CycleError

from plugin.domain.forms.answers import is_number
from plugin.domain.forms.checking import in_order
from plugin.domain.forms.conditions import Compare, Operator, comparisons, parse_condition, plain_condition
from plugin.domain.forms.questions import CHOICES, Form, Option, Question, QuestionKind
from plugin.domain.forms.reading import MAX_NUMBER, MAX_SKILLS, MOST_CHARACTERS, zones
from plugin.errors import Invalid

MAX_QUESTIONS = 60
MAX_RETIRED = 500
"""Questions that a form remembers as no longer asked; with more, a new form is clearer to everybody."""
MAX_OPTIONS = 50
MAX_LABEL, MAX_HELP, MAX_NAME = 300, 1_000, 120
MAX_POINTS = 11
"""Points of a scale: 0 to 10 is the longest in use."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")

_BOUNDS: dict[QuestionKind, tuple[float, float]] = {
    QuestionKind.SHORT_TEXT: (1, MOST_CHARACTERS[QuestionKind.SHORT_TEXT]),
    QuestionKind.LONG_TEXT: (1, MOST_CHARACTERS[QuestionKind.LONG_TEXT]),
    QuestionKind.NUMBER: (-MAX_NUMBER, MAX_NUMBER),
    QuestionKind.MULTIPLE_CHOICE: (1, MAX_OPTIONS),
    QuestionKind.RANKED_CHOICE: (1, MAX_OPTIONS),
    QuestionKind.SCALE: (0, 10),
    QuestionKind.AVAILABILITY: (0, 168),
    QuestionKind.SKILLS: (1, MAX_SKILLS),
}
"""Between what values ``least`` and ``most`` of a kind lie; other kinds have none."""

_COMPARABLE: dict[Operator, frozenset[QuestionKind]] = {
    Operator.ANSWERED: frozenset(QuestionKind),
    Operator.IS: frozenset(
        {QuestionKind.SINGLE_CHOICE, QuestionKind.YES_NO, QuestionKind.NUMBER, QuestionKind.SCALE, QuestionKind.DATE, QuestionKind.TIME_ZONE}
    ),
    Operator.CONTAINS: frozenset({QuestionKind.MULTIPLE_CHOICE, QuestionKind.RANKED_CHOICE, QuestionKind.SKILLS}),
    Operator.AT_LEAST: frozenset({QuestionKind.NUMBER, QuestionKind.SCALE, QuestionKind.DATE}),
    Operator.AT_MOST: frozenset({QuestionKind.NUMBER, QuestionKind.SCALE, QuestionKind.DATE}),
}
"""Which questions an operator can ask about."""


def verify(form: Form) -> None:
    """Raise :class:`Invalid`, with the question's key as the field, unless the form can be asked and answered."""
    if not 1 <= len(form.name) <= MAX_NAME:
        raise Invalid("a form's name has 1 to {most} characters", field="name", most=MAX_NAME)
    if not 1 <= len(form.questions) <= MAX_QUESTIONS:
        raise Invalid("a form has 1 to {most} questions", field="questions", most=MAX_QUESTIONS)
    if len(form.retired) > MAX_RETIRED:
        raise Invalid("this form was changed too often to remember what it asked: make a new one", field="questions")
    known: dict[str, Question] = {}
    for one in form.questions:
        verify_question(one)
        if one.key in known:
            raise Invalid("two questions have the key {key}: give each its own", field=one.key, key=one.key)
        known[one.key] = one
    for one in form.questions:
        _verify_condition(one, known, {gone.key for gone in form.retired})
    try:
        in_order(form.questions)
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise Invalid("these questions wait for each other's answers: {circle}", code="cycle", field=error.args[1][0], circle=circle) from None


def verify_change(old: Form, questions: Sequence[Question]) -> None:
    """Raise :class:`Invalid` if a key would come to mean another kind of question than it did when it was answered."""
    earlier = {one.key: one.kind for one in (*old.retired, *old.questions)}
    for one in questions:
        if earlier.get(one.key, one.kind) is not one.kind:
            raise Invalid(
                "{key} was a question of kind {earlier}: give the new question a new key",
                code="key_taken",
                field=one.key,
                key=one.key,
                earlier=earlier[one.key],
            )


def verify_question(one: Question) -> None:
    """Raise :class:`Invalid` unless a question by itself makes sense."""
    if not _KEY.match(one.key):
        raise Invalid("a question's key has 1 to 40 of a-z, 0-9 and _, a letter first", field=one.key[:40] or "key")
    _verify_words(one)
    _verify_options(one)
    _verify_bounds(one)
    if (one.factor or one.reversed) and one.kind is not QuestionKind.SCALE:
        raise Invalid("only a scale can be an item of a factor", field=one.key)
    if one.reversed and not one.factor:
        raise Invalid("a reversed item names its factor", field=one.key)
    if one.whole and one.kind is not QuestionKind.NUMBER:
        raise Invalid("only a number can be whole", field=one.key)


def _verify_words(one: Question) -> None:
    if not len(one.label.strip()) >= 1 or len(one.label) > MAX_LABEL:
        raise Invalid("a question has 1 to {most} characters", field=one.key, most=MAX_LABEL)
    if len(one.help) > MAX_HELP:
        raise Invalid("a help text has at most {most} characters", field=one.key, most=MAX_HELP)
    if max(len(one.low_label), len(one.high_label), len(one.factor), len(one.bank)) > 100:
        raise Invalid("the words at the ends of a scale, and names of factors, have at most 100 characters", field=one.key)


def _verify_options(one: Question) -> None:
    if one.kind not in CHOICES:
        if one.options:
            raise Invalid("a question of kind {kind} has no options", field=one.key, kind=one.kind)
        return
    if not 2 <= len(one.options) <= MAX_OPTIONS:
        raise Invalid("a choice has 2 to {most} options", field=one.key, most=MAX_OPTIONS)
    if len({option.key for option in one.options}) != len(one.options):
        raise Invalid("two options have the same key: give each its own", field=one.key)
    for option in one.options:
        if not _KEY.match(option.key) or not 1 <= len(option.label.strip()) <= len(option.label) <= MAX_LABEL or len(option.help) > MAX_HELP:
            raise Invalid("an option has a key of a-z, 0-9 and _, and 1 to {most} characters", field=one.key, most=MAX_LABEL)


def _verify_bounds(one: Question) -> None:
    given = [bound for bound in (one.least, one.most) if bound is not None]
    if given and one.kind not in _BOUNDS:
        raise Invalid("a question of kind {kind} has no least and most", field=one.key, kind=one.kind)
    if given:
        low, high = _BOUNDS[one.kind]
        if not all(low <= bound <= high for bound in given):
            raise Invalid("least and most of this kind lie from {low:g} to {high:g}", field=one.key, low=low, high=high)
        if one.kind not in {QuestionKind.NUMBER, QuestionKind.AVAILABILITY} and any(bound != int(bound) for bound in given):
            raise Invalid("least and most of this kind are whole numbers", field=one.key)
    if one.least is not None and one.most is not None and one.least > one.most:
        raise Invalid("least is above most", field=one.key)
    if one.kind in CHOICES and one.least is not None and one.least > len(one.options):
        raise Invalid("more options are to be chosen than there are", field=one.key)
    if one.kind is QuestionKind.SCALE and not 1 <= one.ends[1] - one.ends[0] < MAX_POINTS:
        raise Invalid("a scale has 2 to {most} points", field=one.key, most=MAX_POINTS)
    if (one.earliest is not None or one.latest is not None) and one.kind is not QuestionKind.DATE:
        raise Invalid("only a date has an earliest and a latest day", field=one.key)
    if one.earliest is not None and one.latest is not None and one.earliest > one.latest:
        raise Invalid("the earliest day is after the latest", field=one.key)


def _verify_condition(one: Question, known: Mapping[str, Question], retired: set[str]) -> None:
    if one.shown_if is None:
        return
    # As plain values and back: its depth and size are bounded however it was made.
    for comparison in comparisons(parse_condition(plain_condition(one.shown_if))):
        asked = known.get(comparison.question)
        if asked is None and comparison.question in retired:
            raise Invalid(
                "{key} is shown by the answer to {question}, which is no longer asked",
                code="deleted_question",
                field=one.key,
                key=one.key,
                question=comparison.question,
            )
        if asked is None:
            raise Invalid("{key} is shown by the answer to a question that is not in the form", code="unknown_question", field=one.key, key=one.key)
        if asked.kind not in _COMPARABLE[comparison.operator] or not _fits(comparison, asked):
            raise Invalid("the answer to {key} cannot be compared like this", code="condition", field=one.key, key=asked.key)


def _fits(comparison: Compare, asked: Question) -> bool:
    """Whether the value is one that the question can be answered with."""
    value, kind = comparison.value, asked.kind
    if comparison.operator is Operator.ANSWERED:
        return True
    if kind in CHOICES:
        return value in {option.key for option in asked.options}
    if kind is QuestionKind.YES_NO:
        return isinstance(value, bool)
    if kind in {QuestionKind.NUMBER, QuestionKind.SCALE}:
        return is_number(value)
    if kind is QuestionKind.TIME_ZONE:
        return value in zones()
    if kind is QuestionKind.DATE:
        return isinstance(value, str) and _day(value) is not None
    return isinstance(value, str) and bool(value.strip())


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


# ---------------------------------------------------------------------------------------------------------------------- as plain values


def plain_question(one: Question) -> dict[str, object]:
    """A question as plain values, without what it leaves at its usual value."""
    found: dict[str, object] = {"key": one.key, "kind": one.kind.value, "label": one.label}
    found |= {name: value for name in ("help", "required", "whole", "low_label", "high_label", "factor", "reversed", "bank") if (value := getattr(one, name))}
    found |= {name: value for name in ("least", "most") if (value := getattr(one, name)) is not None}
    found |= {name: value.isoformat() for name in ("earliest", "latest") if (value := getattr(one, name)) is not None}
    if one.options:
        found["options"] = [{"key": option.key, "label": option.label} | ({"help": option.help} if option.help else {}) for option in one.options]
    if one.shown_if is not None:
        found["shown_if"] = plain_condition(one.shown_if)
    return found


_TEXTS, _FLAGS = ("help", "low_label", "high_label", "factor", "bank"), ("required", "whole", "reversed")
_NAMES = {"key", "kind", "label", *_TEXTS, *_FLAGS, "least", "most", "earliest", "latest", "options", "shown_if"}


def parse_question(raw: object) -> Question:
    """The opposite of :func:`plain_question`. Raises :class:`Invalid` for anything that is no question; :func:`verify_question` looks at its sense."""
    if not isinstance(raw, Mapping):
        raise Invalid("a question is an object with key, kind and label", field="questions")
    key = raw.get("key")
    if not isinstance(key, str):
        raise Invalid("a question has a key", field="questions")
    where = key[:40] or "key"
    if unknown := sorted(str(name)[:40] for name in raw if name not in _NAMES):
        raise Invalid("a question has no {unknown}", field=where, unknown=unknown[0])
    kind, label = raw.get("kind"), raw.get("label")
    if not isinstance(kind, str) or kind not in set(QuestionKind):
        raise Invalid("the kind of a question is one of {choices}", field=where, choices=", ".join(QuestionKind))
    texts = {name: raw.get(name, "") for name in _TEXTS} | {"label": label}
    if not all(isinstance(value, str) and "\x00" not in value for value in texts.values()):
        raise Invalid("label, help, factor and the words of a question are texts without the character U+0000", field=where)
    flags = {name: raw.get(name, False) for name in _FLAGS}
    if not all(isinstance(value, bool) for value in flags.values()):
        raise Invalid("required, whole and reversed are true or false", field=where)
    return Question(
        key=key,
        kind=QuestionKind(kind),
        options=_options(raw.get("options", ()), where),
        shown_if=None if raw.get("shown_if") is None else parse_condition(raw["shown_if"]),
        least=_bound(raw.get("least"), where),
        most=_bound(raw.get("most"), where),
        earliest=_parse_day(raw.get("earliest"), where),
        latest=_parse_day(raw.get("latest"), where),
        **{name: str(value) for name, value in texts.items()},  # type: ignore[arg-type]  # the names are those of the texts
        **{name: bool(value) for name, value in flags.items()},  # type: ignore[arg-type]  # and of the flags
    )


def _options(raw: object, where: str) -> tuple[Option, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MAX_OPTIONS:
        raise Invalid("options are a list of at most {most}", field=where, most=MAX_OPTIONS)
    found = []
    for one in raw:
        if not isinstance(one, Mapping) or not set(one) <= {"key", "label", "help"}:
            raise Invalid("an option has key, label and, if wanted, help", field=where)
        values = [one.get("key"), one.get("label"), one.get("help", "")]
        if not all(isinstance(value, str) and "\x00" not in value for value in values):
            raise Invalid("key, label and help of an option are texts without the character U+0000", field=where)
        found.append(Option(key=str(values[0]), label=str(values[1]), help=str(values[2])))
    return tuple(found)


def _bound(raw: object, where: str) -> float | None:
    if raw is None:
        return None
    if not is_number(raw) or not -MAX_NUMBER <= raw <= MAX_NUMBER:
        raise Invalid("least and most are numbers from {least:g} to {most:g}", field=where, least=-MAX_NUMBER, most=MAX_NUMBER)
    return float(raw)


def _parse_day(raw: object, where: str) -> date | None:
    found = None if raw is None else _day(raw)
    if (found is None) != (raw is None):
        raise Invalid("earliest and latest are days as YYYY-MM-DD", field=where)
    return found
