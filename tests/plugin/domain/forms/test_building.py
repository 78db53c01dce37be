"""Making forms."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.forms import AllOf, Compare, Condition, Form, FormPurpose, Not, Operator, Option, Question, QuestionKind, parse_condition, plain_condition
from plugin.domain.forms.building import parse_question, plain_question, verify, verify_change
from plugin.domain.forms.checking import in_order
from plugin.domain.forms.conditions import MAX_DEPTH
from plugin.domain.forms.templates import TEMPLATES, template
from plugin.errors import Invalid
from tests.plugin.domain.forms.make import JSON_VALUES, forms

AB = (Option(key="a", label="A"), Option(key="b", label="B"))


def ask(key: str, kind: QuestionKind = QuestionKind.YES_NO, **values: object) -> Question:
    return Question(key=key, kind=kind, label="?", **values)  # type: ignore[arg-type]  # tests give what the question takes


def of(*questions: Question, retired: tuple[Question, ...] = ()) -> Form:
    return Form(id=1, name="F", purpose=FormPurpose.OTHER, questions=questions, retired=retired)


def when(key: str, operator: Operator = Operator.IS, value: bool | float | str | None = True) -> Condition:
    return Compare(question=key, operator=operator, value=value)


def refusal(work: Callable[[], object]) -> Invalid | None:
    """The refusal, if there is one; any other exception goes on."""
    try:
        work()
    except Invalid as error:
        return error
    return None


@pytest.mark.slow
@given(forms())
def test_a_form_goes_out_and_comes_in_unchanged(form: Form) -> None:
    verify(form)
    written = orjson.dumps([plain_question(one) for one in form.questions])
    assert tuple(parse_question(one) for one in orjson.loads(written)) == form.questions


@given(
    JSON_VALUES | st.fixed_dictionaries({"key": JSON_VALUES, "kind": st.sampled_from(QuestionKind) | JSON_VALUES, "label": JSON_VALUES, "options": JSON_VALUES})
)
def test_what_is_no_question_is_refused_in_one_line(raw: object) -> None:
    error = refusal(lambda: verify(of(parse_question(raw))))
    assert error is None or (error.field is not None and "\n" not in error.message.replace(error.field, ""))


@given(
    JSON_VALUES | st.recursive(JSON_VALUES, lambda inner: st.fixed_dictionaries({"not": inner}) | st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}))
)
def test_what_is_no_condition_is_refused(raw: object) -> None:
    error = refusal(lambda: parse_condition(raw))
    if error is None:
        found = parse_condition(raw)
        assert parse_condition(plain_condition(found)) == found
    else:
        assert error.field == "shownIf"


def deep(levels: int) -> object:
    found: object = {"question": "q", "operator": "answered"}
    for _ in range(levels):
        found = {"not": found}
    return found


def test_a_condition_is_bounded() -> None:
    parse_condition(deep(MAX_DEPTH - 1))
    for raw in (deep(MAX_DEPTH), deep(400), {"all": [deep(0)] * 21}, {"all": [{"any": [deep(0)] * 11}, {"any": [deep(0)] * 11}]}, {"all": []}):
        with pytest.raises(Invalid):
            parse_condition(raw)


def test_a_condition_is_never_run_as_code() -> None:
    for raw in ("__import__('os')", {"question": "q", "operator": "eval", "value": "1"}, {"question": "q", "operator": "is", "value": {"a": 1}}):
        with pytest.raises(Invalid):
            parse_condition(raw)


@pytest.mark.parametrize(
    ("questions", "code", "field"),
    [
        ((ask("a", shown_if=when("b")), ask("b", shown_if=when("a"))), "cycle", None),
        ((ask("a", shown_if=when("a")),), "cycle", "a"),
        ((ask("a", shown_if=when("b")), ask("b", shown_if=Not(when("c"))), ask("c", shown_if=AllOf((when("a"), when("b"))))), "cycle", None),
        ((ask("a", shown_if=when("gone")),), "deleted_question", "a"),
        ((ask("a", shown_if=when("never")),), "unknown_question", "a"),
        ((ask("a", QuestionKind.SHORT_TEXT), ask("b", shown_if=when("a", Operator.IS, "x"))), "condition", "b"),
        ((ask("a", QuestionKind.SINGLE_CHOICE, options=AB), ask("b", shown_if=when("a", Operator.IS, "c"))), "condition", "b"),
        ((ask("a"), ask("b", shown_if=when("a", Operator.IS, "yes"))), "condition", "b"),
        ((ask("a", QuestionKind.DATE), ask("b", shown_if=when("a", Operator.AT_LEAST, "soon"))), "condition", "b"),
        ((ask("a"), ask("a")), "invalid", "a"),
        ((ask("A"),), "invalid", "A"),
        ((ask("a", options=AB),), "invalid", "a"),
        ((ask("a", QuestionKind.SINGLE_CHOICE, options=AB[:1]),), "invalid", "a"),
        ((ask("a", QuestionKind.SINGLE_CHOICE, options=(AB[0], AB[0])),), "invalid", "a"),
        ((ask("a", QuestionKind.MULTIPLE_CHOICE, options=AB, least=3),), "invalid", "a"),
        ((ask("a", QuestionKind.SCALE, least=1, most=1),), "invalid", "a"),
        ((ask("a", QuestionKind.SCALE, least=0, most=11),), "invalid", "a"),
        ((ask("a", QuestionKind.SCALE, least=0.5),), "invalid", "a"),
        ((ask("a", QuestionKind.NUMBER, least=2, most=1),), "invalid", "a"),
        ((ask("a", factor="f"),), "invalid", "a"),
        ((ask("a", QuestionKind.SCALE, reversed=True),), "invalid", "a"),
        ((ask("a", QuestionKind.LONG_TEXT, most=10_001),), "invalid", "a"),
        ((ask("a", QuestionKind.DATE, earliest=date(2026, 2, 1), latest=date(2026, 1, 1)),), "invalid", "a"),
        ((ask("a", earliest=date(2026, 2, 1)),), "invalid", "a"),
        ((replace(ask("a"), label=" "),), "invalid", "a"),
        ((), "invalid", "questions"),
        (tuple(ask(f"q{one}") for one in range(61)), "invalid", "questions"),
    ],
)
def test_a_form_that_cannot_be_asked_is_refused(questions: tuple[Question, ...], code: str, field: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        verify(of(*questions, retired=(ask("gone"),)))
    assert caught.value.code == code
    assert field is None or caught.value.field == field


def test_a_key_keeps_its_meaning() -> None:
    old = of(ask("a"), retired=(ask("gone", QuestionKind.DATE),))
    verify_change(old, [ask("a"), ask("gone", QuestionKind.DATE)])
    for changed in (ask("a", QuestionKind.DATE), ask("gone")):
        with pytest.raises(Invalid) as caught:
            verify_change(old, [changed])
        assert caught.value.code == "key_taken"


def test_a_renewed_form_remembers_what_it_asked() -> None:
    form = of(ask("a"), ask("b")).renewed((ask("b"),)).renewed((ask("c"),))
    assert (form.version, [one.key for one in form.retired]) == (3, ["a", "b"])
    assert [one.key for one in form.renewed((ask("a"), ask("c"))).retired] == ["b"]


@pytest.mark.parametrize("purpose", TEMPLATES)
def test_templates_can_be_asked(purpose: FormPurpose) -> None:
    name, questions = template(purpose)
    verify(Form(id=1, name=name, purpose=purpose, questions=questions))


@pytest.mark.slow
@given(forms())
def test_questions_come_after_those_they_ask_about(form: Form) -> None:
    place = {one.key: number for number, one in enumerate(in_order(form.questions))}
    assert set(place) == {one.key for one in form.questions}
    for one in form.questions:
        if isinstance(one.shown_if, Compare):
            assert place[one.shown_if.question] < place[one.key]
