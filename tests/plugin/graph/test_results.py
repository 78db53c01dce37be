"""Figures of a form's answers."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.forms import Answer, Form, FormPurpose, Option, Question, QuestionKind, check
from plugin.domain.forms.templates import template
from plugin.domain.results import QuestionResult, Results
from plugin.graph.results import quality, results
from plugin.graph.scales import alpha
from tests.plugin.domain.forms.make import answered

OPTIONS = tuple(Option(key=key, label=key.upper()) for key in "abcd")


def form_of(*questions: Question) -> Form:
    return Form(id=1, name="F", purpose=FormPurpose.OTHER, questions=questions)


def asked(kind: QuestionKind, **values: object) -> Question:
    return Question(key="q", kind=kind, label="?", **values)  # type: ignore[arg-type]  # tests give what the question takes


def one(question: Question, values: Sequence[Answer]) -> QuestionResult:
    (found,) = results(form_of(question), [{"q": value} for value in values], seed=1).questions
    return found


def cells(question: Question, values: Sequence[Answer]) -> dict[str, int | None]:
    return {cell.key: cell.count for cell in one(question, values).cells}


SINGLE = asked(QuestionKind.SINGLE_CHOICE, options=OPTIONS)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ("aaaaabbbbb", {"a": 5, "b": 5, "c": 0, "d": 0}),
        ("aaaaaaabbb", {"a": None, "b": None, "c": 0, "d": 0}),
        ("aaaaaaaaabbbbbcccccd", {"a": 9, "b": None, "c": 5, "d": None}),
        ("aaaaaaaaaaaabbbbbbcd", {"a": 12, "b": None, "c": None, "d": None}),
        ("aaaaaaaabbbcccc", {"a": 8, "b": None, "c": None, "d": 0}),
        ("aaaa", {}),
        ("aaaaa" + "b" * 4, {"a": 5, "b": 0, "c": 0, "d": 0}),
    ],
)
def test_small_cells_are_blanked_with_the_next_smallest(values: str, counts: dict[str, int | None]) -> None:
    assert cells(SINGLE, list(values)) == counts


@pytest.mark.slow
@given(st.lists(st.sampled_from("abcd"), max_size=60))
def test_no_count_below_five_shows_or_can_be_worked_out(values: list[str]) -> None:
    found = one(SINGLE, list(values))
    shown = [cell.count for cell in found.cells if cell.count is not None]
    assert all(count == 0 or count >= 5 for count in shown)
    blank = found.answers - sum(shown)
    assert len(shown) == len(found.cells) or blank >= 5


@given(st.lists(st.lists(st.sampled_from("abcd"), unique=True), max_size=40))
def test_of_several_choices_neither_few_who_did_nor_few_who_did_not(values: list[list[str]]) -> None:
    found = one(asked(QuestionKind.MULTIPLE_CHOICE, options=OPTIONS), [tuple(sorted(value)) for value in values])
    for cell in found.cells:
        assert cell.count is None or cell.count in {0, found.answers} or 5 <= cell.count <= found.answers - 5


def test_figures_move_in_batches_of_five() -> None:
    scale = asked(QuestionKind.SCALE)
    seen = [one(scale, [3] * 5 + [1 + n % 5 for n in range(count)]).mean for count in range(11)]
    changes = [number for number, (before, after) in enumerate(pairwise(seen), start=1) if before != after]
    assert changes == [5, 10]
    few = results(form_of(scale), [{"q": 3}] * 13, seed=1)
    assert (few.answers, few.held_back) == (10, 3)


def test_an_optional_question_waits_for_five_answers_of_its_own() -> None:
    form = form_of(Question(key="all", kind=QuestionKind.SCALE, label="?"), Question(key="some", kind=QuestionKind.SCALE, label="?"))
    sheets: list[dict[str, Answer]] = [{"all": 3, "some": 4} if number < 9 else {"all": 3} for number in range(20)]
    everybody, some = results(form, sheets, seed=1).questions
    assert (everybody.answers, some.answers) == (20, 5)


def test_a_retired_question_keeps_its_figures() -> None:
    form = form_of(SINGLE).renewed((Question(key="new", kind=QuestionKind.YES_NO, label="?"),))
    found = results(form, [{"q": "a"}] * 5 + [{"new": True}] * 5, seed=1)
    assert [(each.question.key, each.retired, each.answers) for each in found.questions] == [("new", False, 5), ("q", True, 5)]


def test_a_ranking_is_counted_by_what_comes_first() -> None:
    ranked = asked(QuestionKind.RANKED_CHOICE, options=OPTIONS)
    assert cells(ranked, [("b", "a")] * 5 + [("a", "b")] * 5) == {"a": 5, "b": 5, "c": 0, "d": 0}


def test_words_days_and_times_are_in_no_figure() -> None:
    for kind in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT, QuestionKind.TIME_ZONE):
        found = one(asked(kind), ["secret"] * 10)
        assert (found.cells, found.mean) == ((), None)


def pulse(people: int, *, seed: int = 1) -> list[dict[str, Answer]]:
    """Answers to the pulse of people who differ, with reversed items answered the other way round."""
    random = np.random.default_rng(seed)
    found: list[dict[str, Answer]] = []
    for _ in range(people):
        feeling = random.normal(3.5, 0.8)
        sheet: dict[str, Answer] = {}
        for question in template(FormPurpose.PULSE)[1]:
            if question.factor:
                point = int(np.clip(round(feeling + random.normal(0, 0.4)), 1, 5))
                sheet[question.key] = 6 - point if question.reversed else point
        found.append(sheet)
    return found


def pulse_results(sheets: list[dict[str, Answer]]) -> tuple[Form, Results]:
    name, questions = template(FormPurpose.PULSE)
    form = Form(id=1, name=name, purpose=FormPurpose.PULSE, questions=questions)
    return form, results(form, sheets, seed=4)


def test_the_pulse_has_two_factors_whose_items_agree() -> None:
    sheets = pulse(60)
    form, found = pulse_results(sheets)
    assert [factor.factor for factor in found.factors] == ["quality", "progress"]
    for factor in found.factors:
        turned = np.array([[6 - int(str(sheet[key])) if reversed_in(form, key) else int(str(sheet[key])) for key in factor.items] for sheet in sheets])
        assert factor.alpha is not None
        assert factor.bootstrap is not None
        assert factor.mean is not None
        assert factor.alpha.value == pytest.approx(alpha(turned.astype(float)))
        assert factor.alpha.value > 0.7
        assert factor.mean.value == pytest.approx(float(turned.mean()))
        assert factor.bootstrap.value == factor.alpha.value
        assert (factor.bootstrap.low or 0) < factor.alpha.value < (factor.bootstrap.high or 0)


def reversed_in(form: Form, key: str) -> bool:
    question = form.question(key)
    assert question is not None
    return question.reversed


def test_quality_is_from_one_to_five_and_needs_half_of_the_items() -> None:
    form, _ = pulse_results([])
    best: dict[str, Answer] = {question.key: 1 if question.reversed else 5 for question in form.questions if question.factor}
    assert quality(form, best) == 5.0
    assert quality(form, {key: 6 - int(str(value)) for key, value in best.items()}) == 1.0
    assert quality(form, dict(list(best.items())[:3])) == 5.0
    assert quality(form, dict(list(best.items())[:2])) is None
    long = form_of(asked(QuestionKind.SCALE, least=0, most=10, factor="f"))
    assert [quality(long, {"q": point}) for point in (0, 5, 10)] == [1.0, 3.0, 5.0]
    assert quality(form_of(SINGLE), {"q": "a"}) is None


def test_the_net_promoter_score_is_that_of_its_question() -> None:
    name, questions = template(FormPurpose.NPS)
    form = Form(id=1, name=name, purpose=FormPurpose.NPS, questions=questions)
    found = results(form, [{"recommend": 10}] * 6 + [{"recommend": 2}] * 4, seed=1).nps
    assert found is not None
    assert found.value == pytest.approx(20.0)
    assert found.n == 10
    assert results(form, [{"recommend": 10}] * 4, seed=1).nps is None


@pytest.mark.slow
@given(st.data())
def test_any_form_and_any_answers_have_figures(data: st.DataObject) -> None:
    form, raw = data.draw(answered())
    sheet = check(form, raw).answers
    found = results(form, [sheet] * data.draw(st.integers(0, 12)), seed=1)
    assert len(found.questions) == len(form.questions)
    assert found.answers % 5 == 0
