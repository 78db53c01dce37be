"""Answers held against forms."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.forms import AllOf, AnyOf, Compare, Condition, Form, FormPurpose, Not, Operator, Option, Question, QuestionKind, Slot, check, plain_answers
from plugin.domain.forms.answers import SkillLevel
from plugin.domain.forms.building import verify
from plugin.domain.forms.conditions import holds
from tests.plugin.domain.forms.make import JSON_VALUES, answered, forms


def form_of(*questions: Question) -> Form:
    made = Form(id=1, name="F", purpose=FormPurpose.OTHER, questions=questions)
    verify(made)
    return made


def one(kind: QuestionKind, **values: object) -> Question:
    return Question(key="q", kind=kind, label="Q", **values)  # type: ignore[arg-type]  # tests give what the question takes


AB = (Option(key="a", label="A"), Option(key="b", label="B"))


@pytest.mark.slow
@settings(max_examples=100)
@given(answered())
def test_whatever_is_answered_there_is_a_result(case: tuple[Form, dict[str, object]]) -> None:
    form, answers = case
    verify(form)
    checked = check(form, answers)
    assert set(checked.answers) <= set(checked.shown)
    assert all(problem.message and "\n" not in problem.message.removeprefix(label_of(form, problem.question)) for problem in checked.problems)


def label_of(form: Form, key: str) -> str:
    found = form.question(key)
    return "" if found is None else found.label


@pytest.mark.slow
@settings(max_examples=100)
@given(answered())
def test_what_was_checked_stays_as_it_is(case: tuple[Form, dict[str, object]]) -> None:
    form, answers = case
    checked = check(form, answers)
    stored = orjson.loads(orjson.dumps(plain_answers(checked.answers)))
    again = check(form, stored)
    assert again.answers == checked.answers
    if not checked.problems:
        assert again == checked


@pytest.mark.slow
@settings(max_examples=100)
@given(answered())
def test_hidden_questions_are_neither_required_nor_kept(case: tuple[Form, dict[str, object]]) -> None:
    form, answers = case
    checked = check(form, answers)
    for question in form.questions:
        visible = question.shown_if is None or holds(question.shown_if, checked.answers)
        assert visible == (question.key in checked.shown)
        if not visible:
            assert question.key not in checked.answers
            assert question.key not in {problem.question for problem in checked.problems}


@pytest.mark.slow
@given(forms())
def test_required_questions_that_are_shown_are_missed(form: Form) -> None:
    checked = check(form, {})
    missing = {problem.question for problem in checked.problems}
    assert missing == {question.key for question in form.questions if question.required and question.key in checked.shown}
    assert {problem.code for problem in checked.problems} <= {"required"}


@given(st.sampled_from(QuestionKind), JSON_VALUES)
def test_no_value_breaks_a_kind(kind: QuestionKind, value: object) -> None:
    options = AB if kind in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.RANKED_CHOICE} else ()
    check(form_of(one(kind, options=options)), {"q": value})


@pytest.mark.parametrize(
    ("question", "raw", "answer"),
    [
        (one(QuestionKind.SHORT_TEXT), "  two \n words\x07 ", "two words"),
        (one(QuestionKind.LONG_TEXT), " a\r\nb ", "a\nb"),
        (one(QuestionKind.SHORT_TEXT), "e\u0301", "\u00e9"),
        (one(QuestionKind.NUMBER), 3, 3.0),
        (one(QuestionKind.NUMBER, whole=True), 3.0, 3.0),
        (one(QuestionKind.YES_NO), False, False),
        (one(QuestionKind.SINGLE_CHOICE, options=AB), "a", "a"),
        (one(QuestionKind.MULTIPLE_CHOICE, options=AB), ["b", "a"], ("a", "b")),
        (one(QuestionKind.RANKED_CHOICE, options=AB), ["b", "a"], ("b", "a")),
        (one(QuestionKind.SCALE), 5, 5),
        (one(QuestionKind.SCALE, least=0, most=10), 0, 0),
        (one(QuestionKind.TIME_ZONE), "Europe/Berlin", "Europe/Berlin"),
        (
            one(QuestionKind.AVAILABILITY),
            [{"day": 1, "start": "10:00", "end": "11:00"}, {"day": 0, "start": "22:00", "end": "24:00"}, {"day": 1, "start": "10:30", "end": "12:15"}],
            (Slot(0, 1320, 1440), Slot(1, 600, 735)),
        ),
        (one(QuestionKind.SKILLS), [{"skill": " Rust ", "level": 4}], (SkillLevel("Rust", 4),)),
    ],
)
def test_an_answer_has_one_form(question: Question, raw: object, answer: object) -> None:
    checked = check(form_of(question), {"q": raw})
    assert not checked.problems
    assert checked.answers == {"q": answer}
    assert type(checked.answers["q"]) is type(answer)


@pytest.mark.parametrize(
    ("question", "raw", "words"),
    [
        (one(QuestionKind.SHORT_TEXT), "x" * 201, "at most 200 characters"),
        (one(QuestionKind.SHORT_TEXT), "x" * 5_000_000, "at most 200 characters"),
        (one(QuestionKind.LONG_TEXT, most=3), "abcd", "at most 3 characters"),
        (one(QuestionKind.SHORT_TEXT, least=3), "ab", "at least 3 characters"),
        (one(QuestionKind.SHORT_TEXT), 3, "write a text"),
        (one(QuestionKind.NUMBER), True, "give a number"),
        (one(QuestionKind.NUMBER), float("nan"), "give a number"),
        (one(QuestionKind.NUMBER), 10**400, "give a number"),
        (one(QuestionKind.NUMBER, whole=True), 1.5, "give a whole number"),
        (one(QuestionKind.NUMBER, most=2), 3, "at most 2"),
        (one(QuestionKind.YES_NO), "yes", "answer yes or no"),
        (one(QuestionKind.SINGLE_CHOICE, options=AB), "c", "choose one of the options"),
        (one(QuestionKind.SINGLE_CHOICE, options=AB), ["a"], "choose one of the options"),
        (one(QuestionKind.MULTIPLE_CHOICE, options=AB), ["a", "a"], "choose each option once"),
        (one(QuestionKind.MULTIPLE_CHOICE, options=AB), ["a", "b", "a"], "choose from the options"),
        (one(QuestionKind.RANKED_CHOICE, options=AB, least=2), ["a"], "at least 2 options"),
        (one(QuestionKind.SCALE), 6, "choose a point from 1 to 5"),
        (one(QuestionKind.SCALE), 2.5, "choose a point from 1 to 5"),
        (one(QuestionKind.DATE), "2026-02-30", "give a day that there is, as YYYY-MM-DD"),
        (one(QuestionKind.DATE), "2026-W01-1", "give a day as YYYY-MM-DD"),
        (one(QuestionKind.TIME_ZONE), "../../etc/passwd", "give a time zone such as Europe/Berlin"),
        (one(QuestionKind.AVAILABILITY), [{"day": 0, "start": "12:00", "end": "11:00"}], "a time of the week ends after it starts"),
        (one(QuestionKind.AVAILABILITY), [{"day": 0, "start": "12:00", "end": "24:30"}], "a time of the week ends after it starts"),
        (one(QuestionKind.AVAILABILITY, least=3), [{"day": 0, "start": "12:00", "end": "13:00"}], "at least 3 hours a week"),
        (one(QuestionKind.SKILLS), [{"skill": "Go", "level": 1}, {"skill": "go", "level": 2}], "name each skill once"),
        (one(QuestionKind.SKILLS), [{"skill": "Go", "level": 5}], "each with a level from 1 to 4"),
    ],
)
def test_a_problem_says_what_to_do(question: Question, raw: object, words: str) -> None:
    (problem,) = check(form_of(question), {"q": raw}).problems
    assert (problem.question, problem.code) == ("q", "invalid")
    assert words in problem.message


def test_all_twelve_kinds_are_there() -> None:
    assert len(QuestionKind) == 12


def test_a_question_that_is_no_longer_asked_is_told_apart_from_one_that_never_was() -> None:
    form = Form(id=1, name="F", purpose=FormPurpose.OTHER, questions=(one(QuestionKind.YES_NO),)).renewed(
        (Question(key="other", kind=QuestionKind.YES_NO, label="?"),)
    )
    codes = {problem.question: problem.code for problem in check(form, {"q": True, "never": 1}).problems}
    assert codes == {"q": "deleted_question", "never": "unknown_question"}


def at(key: str, operator: Operator, value: bool | float | str | None = None) -> Condition:
    return Compare(question=key, operator=operator, value=value)


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (at("yes", Operator.IS, True), True),
        (at("yes", Operator.IS, 1.0), False),
        (at("n", Operator.AT_LEAST, 4.0), True),
        (at("n", Operator.AT_LEAST, 4.5), False),
        (at("n", Operator.AT_MOST, 4.0), True),
        (at("day", Operator.AT_MOST, "2026-01-01"), False),
        (at("day", Operator.IS, "2026-01-02"), True),
        (at("many", Operator.CONTAINS, "b"), True),
        (at("many", Operator.CONTAINS, "a"), False),
        (at("skills", Operator.CONTAINS, " RUST"), True),
        (at("empty", Operator.ANSWERED), False),
        (Not(at("empty", Operator.ANSWERED)), True),
        (AllOf((at("yes", Operator.ANSWERED), at("empty", Operator.ANSWERED))), False),
        (AnyOf((at("yes", Operator.ANSWERED), at("empty", Operator.ANSWERED))), True),
    ],
)
def test_what_a_condition_means(condition: Condition, shown: bool) -> None:
    answers = {"yes": True, "n": 4, "day": "2026-01-02", "many": ["b"], "skills": [{"skill": "Rust", "level": 1}]}
    form = Form(
        id=1,
        name="F",
        purpose=FormPurpose.OTHER,
        questions=(
            Question(key="shown", kind=QuestionKind.YES_NO, label="?", required=True, shown_if=condition),
            Question(key="yes", kind=QuestionKind.YES_NO, label="?"),
            Question(key="n", kind=QuestionKind.SCALE, label="?"),
            Question(key="day", kind=QuestionKind.DATE, label="?"),
            Question(key="many", kind=QuestionKind.MULTIPLE_CHOICE, label="?", options=AB),
            Question(key="skills", kind=QuestionKind.SKILLS, label="?"),
            Question(key="empty", kind=QuestionKind.SHORT_TEXT, label="?"),
        ),
    )
    assert ("shown" in check(form, answers).shown) is shown
