"""Answers out of the fields of a page: whatever was typed is an answer or is left for the form to refuse."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.forms import Form, FormPurpose, Option, Question, QuestionKind, check
from plugin.domain.forms.reading import Unfit, read_answer
from plugin.web.answers import answers_of


@dataclass
class Sent:
    """Fields as a page sends them."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        return self.fields.get(name, [default])[-1]

    def all(self, name: str) -> list[str]:
        return self.fields.get(name, [])


QUESTIONS = (
    Question(key="line", kind=QuestionKind.SHORT_TEXT, label="Line"),
    Question(key="count", kind=QuestionKind.NUMBER, label="Count"),
    Question(key="sure", kind=QuestionKind.YES_NO, label="Sure"),
    Question(key="one", kind=QuestionKind.SINGLE_CHOICE, label="One", options=(Option(key="a", label="A"), Option(key="b", label="B"))),
    Question(key="some", kind=QuestionKind.MULTIPLE_CHOICE, label="Some", options=(Option(key="a", label="A"), Option(key="b", label="B"))),
    Question(key="order", kind=QuestionKind.RANKED_CHOICE, label="Order", options=(Option(key="a", label="A"), Option(key="b", label="B"))),
    Question(key="scale", kind=QuestionKind.SCALE, label="Scale"),
    Question(key="week", kind=QuestionKind.AVAILABILITY, label="Week"),
    Question(key="skills", kind=QuestionKind.SKILLS, label="Skills"),
)
FORM = Form(id=1, name="All", purpose=FormPurpose.OTHER, questions=QUESTIONS)


def test_every_kind_of_answer_comes_out_of_its_fields() -> None:
    sent = Sent(
        {
            "a_line": ["words"],
            "a_count": ["2,5"],
            "a_sure": ["no"],
            "a_one": ["b"],
            "a_some": ["b", "a"],
            "a_order_a": ["2"],
            "a_order_b": ["1"],
            "a_scale": ["4"],
            "a_week_day_0": ["1"],
            "a_week_start_0": ["18:00"],
            "a_week_end_0": ["20:00"],
            "a_skills_skill_0": ["Pricing"],
            "a_skills_level_0": ["3"],
        }
    )
    checked = check(FORM, answers_of(FORM, sent))
    assert checked.problems == ()
    assert set(checked.answers) == {one.key for one in QUESTIONS}
    assert checked.answers["order"] == ("b", "a")
    assert checked.answers["sure"] is False


@given(
    st.dictionaries(
        st.sampled_from([f"a_{one.key}{end}" for one in QUESTIONS for end in ("", "_a", "_day_0", "_start_0", "_end_0", "_skill_0", "_level_0")]),
        st.lists(st.text(max_size=20), max_size=3),
    )
)
def test_nothing_that_is_sent_breaks_a_form(fields: dict[str, list[str]]) -> None:
    check(FORM, answers_of(FORM, Sent({name: values or [""] for name, values in fields.items()})))


def sent_with(**fields: str) -> Sent:
    return Sent({name: [value] for name, value in fields.items()})


def asked(kind: QuestionKind) -> Form:
    options = (Option(key="a", label="A"), Option(key="b", label="B")) if kind is QuestionKind.RANKED_CHOICE else ()
    question = Question(key="q", kind=kind, label="How much?", options=options)
    return Form(id=1, name="Form", purpose=FormPurpose.MENTEE, questions=(question,))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("12", 12), ("12.0", 12), ("1,5", 1.5), ("-3", -3), ("much", "much"), ("inf", "inf"), ("-Infinity", "-Infinity"), ("nan", "nan"), ("1e999", "1e999")],
)
def test_a_number_is_one_and_anything_else_is_left_for_the_form_to_refuse(typed: str, answer: object) -> None:
    form = asked(QuestionKind.NUMBER)
    found = answers_of(form, sent_with(a_q=typed))
    assert found == {"q": answer}
    if isinstance(answer, str):
        with pytest.raises(Unfit):
            read_answer(form.questions[0], found["q"])


def test_digits_that_are_no_numbers_break_nothing() -> None:
    assert answers_of(asked(QuestionKind.RANKED_CHOICE), sent_with(a_q_a="²", a_q_b="1")) == {"q": ["b"]}
    assert answers_of(asked(QuestionKind.AVAILABILITY), sent_with(a_q_day_0="²", a_q_start_0="18:00", a_q_end_0="19:00")) == {}
    assert answers_of(asked(QuestionKind.SKILLS), sent_with(a_q_skill_0="Chess", a_q_level_0="²")) == {"q": [{"skill": "Chess", "level": 0}]}


def test_places_give_the_order_and_times_are_taken_whole() -> None:
    assert answers_of(asked(QuestionKind.RANKED_CHOICE), sent_with(a_q_a="2", a_q_b="1")) == {"q": ["b", "a"]}
    slots = sent_with(a_q_day_0="0", a_q_start_0="18:00", a_q_end_0="19:00", a_q_day_1="1", a_q_start_1="18:00")
    assert answers_of(asked(QuestionKind.AVAILABILITY), slots) == {"q": [{"day": 0, "start": "18:00", "end": "19:00"}]}
