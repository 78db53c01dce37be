"""Parts of the pages that are arithmetic: plots, the trade-off, a form's keys, the language that a browser asks for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.advice import RULES, advise
from plugin.domain.health import Goal, Measure, Voice
from plugin.errors import NotFound, Remark
from plugin.graph.health import health
from plugin.web.console.forms import _key_for, _options
from plugin.web.console.plots import HEIGHT, WIDTH, Plot
from plugin.web.console.round_pictures import trade_off
from plugin.web.pages import Speaker, wanted_locale
from plugin.web.visits import id_of
from tests.conftest import NOW
from tests.plugin.graph.test_health import ago, asks, crowd

ENGLISH, GERMAN = Speaker("en"), Speaker("de")


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_a_plot_stays_in_its_frame_and_tells_every_number(values: list[float]) -> None:
    plot = Plot.of("x", [(str(i), value) for i, value in enumerate(values)], say=ENGLISH.number)
    for point in plot.line.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert len(plot.rows) == len(values)
    assert plot.latest == ENGLISH.number(values[-1])


def test_a_trade_off_needs_two_rounds() -> None:
    assert trade_off([], 0.1, 3.0, ENGLISH) is None
    assert trade_off([[0.1, 3.0]], 0.1, 3.0, ENGLISH) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e4)), min_size=2, max_size=30))
def test_the_curve_is_drawn_inside_with_the_more_even_round_to_the_left(points: list[tuple[float, float]]) -> None:
    curve = trade_off([list(one) for one in points], points[0][0], points[0][1], ENGLISH)
    assert curve is not None
    xs = [point.x for point in curve.points]
    assert xs == sorted(xs)
    assert all(curve.left <= x <= curve.right for x in xs)
    assert all(0 <= point.y <= curve.bottom for point in curve.points)
    assert curve.here is not None


def test_options_keep_their_keys_when_others_are_put_between() -> None:
    before = {"options": [{"key": "calls", "label": "Calls"}, {"key": "mail", "label": "Mail"}]}
    made = _options("Calls\nIn person\n\nMail\nCalls", before)
    assert [(one["key"], one["label"]) for one in made] == [("calls", "Calls"), ("in_person", "In person"), ("mail", "Mail")]


@given(st.text(max_size=80), st.sets(st.sampled_from(["question", "question_2", "a"])))
def test_a_key_is_one_that_a_form_takes_and_nobody_has(label: str, taken: set[str]) -> None:
    key = _key_for(label, taken)
    assert key not in taken
    assert key[0].isalpha()
    assert len(key) <= 40
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr,en;q=0.3", "en"), ("ar", ""), ("de;q=0", ""), (";;;q=x,,", ""), ("en;q=0.2,de;q=0.9", "de")],
)
def test_the_language_that_a_browser_asks_for(header: str, language: str) -> None:
    assert wanted_locale(header) == language


@pytest.mark.parametrize("word", ["", "x", "-1", "1" * 19, "1.0", "٣"])
def test_what_is_no_id_names_nothing(word: str) -> None:
    with pytest.raises(NotFound):
        id_of(word)


def test_advice_and_its_rule_are_said_in_the_readers_language() -> None:
    (first, *_) = advise(health(crowd(20, 10, paired=8), now=NOW))
    assert Speaker("en").error(first.text) == "Pause recruiting mentees: 12 mentees wait and 2 places are free."
    assert Speaker("de").error(first.text) == "Werbt vorerst keine Mentees mehr: 12 Mentees warten, und 2 Plätze sind frei."
    slow = next(one for one in advise(health(asks(5, 15), now=NOW)) if one.rule.name == "replies.slow")
    assert "25% had a reply" in Speaker("en").error(slow.text)
    assert "25\xa0% " in Speaker("de").error(slow.text)
    for rule in RULES:
        assert Speaker("de").error(rule.because) != Speaker("en").error(rule.because), rule.name


def test_figures_in_a_remark_are_written_as_their_reader_writes_them() -> None:
    goals = (Goal(name="Matched", measure=Measure.MATCH_RATE, target=0.7), Goal(name="Sessions", measure=Measure.SESSIONS, target=1200))
    voices = tuple(Voice(at=ago(2), kind="pulse", quality=2.0 + one % 2) for one in range(10))
    facts = replace(crowd(20, 10, paired=8), goals=goals, voices=voices)
    said = {speaker.language: " ".join(speaker.error(one.text) for one in advise(health(facts, now=NOW), completed=True)) for speaker in (ENGLISH, GERMAN)}
    assert "Matched, 70%; it is at 40%." in said["en"]
    assert "Sessions, 1,200; it is at 0." in said["en"]
    assert "the pulse is at 2.5 of 5" in said["en"]
    for words in ("Matched, 70\xa0%", "40\xa0%", "Sessions, 1.200", "2,5 von 5"):
        assert words in said["de"]
    assert GERMAN.error(Remark("at least {least:g} {unit}", least=1.5, unit="x")).startswith("Mindestens 1,5")
    assert [one.measured(Measure.MATCH_RATE, 0.7) for one in (ENGLISH, GERMAN)] == ["70%", "70\xa0%"]
    assert [one.measured(Measure.SESSIONS_PER_PAIR, 2.5) for one in (ENGLISH, GERMAN)] == ["2.5", "2,5"]
    assert ENGLISH.measured(Measure.NPS, None) == "–"
