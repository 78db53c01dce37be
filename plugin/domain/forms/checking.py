"""Answers held against a form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from plugin.domain.forms.answers import Answer
from plugin.domain.forms.conditions import comparisons, holds
from plugin.domain.forms.questions import Form, Question
from plugin.domain.forms.reading import Unfit, read_answer
from plugin.errors import Invalid, Remark

MAX_PROBLEMS = 20
"""Problems that are told at once; more help nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the answer to one question, in one line that says what to do."""

    question: str
    code: str
    remark: Remark

    @property
    def message(self) -> str:
        """The same in English."""
        return str(self.remark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Answers in their one form, those to questions that are not shown left out; ``shown`` are the keys of those that are, in the form's order."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    shown: tuple[str, ...] = ()


class AnswersRefused(Invalid):
    """Answers that do not fit their form; each problem names its question."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.remark, code=first.code, field=first.question)


def in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Questions so that each comes after those its condition asks about. Raises :class:`graphlib.CycleError`."""
    known = {one.key: one for one in questions}
    before = {key: [other.question for other in comparisons(one.shown_if)] if one.shown_if is not None else [] for key, one in known.items()}
    return tuple(known[key] for key in TopologicalSorter(before).static_order() if key in known)


def check(form: Form, answers: Mapping[str, object]) -> Checked:
    """Hold raw answers, as JSON gives them, against a form that :func:`~plugin.domain.forms.building.verify` let pass.

    An answer to a question that is not shown is dropped, and the question need not be answered even if it is required. Never raises, whatever the values
    are; checking the checked answers again changes nothing.
    """
    found: dict[str, Answer] = {}
    problems = [_unknown(form, key) for key in answers if form.question(key) is None]
    shown: set[str] = set()
    for question in in_order(form.questions):
        if question.shown_if is not None and not holds(question.shown_if, found):
            continue
        shown.add(question.key)
        try:
            answer = read_answer(question, answers.get(question.key))
        except Unfit as error:
            problems.append(
                Problem(question=question.key, code="invalid", remark=Remark("{question}: {problem}", question=question.label, problem=error.remark))
            )
            continue
        if answer is not None:
            found[question.key] = answer
        elif question.required:
            problems.append(Problem(question=question.key, code="required", remark=Remark("{question}: please answer this question", question=question.label)))
    order = {one.key: place for place, one in enumerate(form.questions)}
    problems.sort(key=lambda one: order.get(one.question, len(order)))
    return Checked(
        answers={key: found[key] for key in order if key in found},
        problems=tuple(problems[:MAX_PROBLEMS]),
        shown=tuple(key for key in order if key in shown),
    )


def _unknown(form: Form, key: str) -> Problem:
    if any(one.key == key for one in form.retired):
        return Problem(question=key, code="deleted_question", remark=Remark("this question is no longer asked: load the form again"))
    return Problem(question=key[:100], code="unknown_question", remark=Remark("this form has no such question: load the form again"))
