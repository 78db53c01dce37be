"""Weights from history."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.graph import bulk
from plugin.graph.affinity import Need, consider
from plugin.graph.learning import ENOUGH, Example, adapt, fit, of_signals
from plugin.graph.signals import SIGNALS
from plugin.graph.weights import SHIPPED, Weights
from tests.plugin.graph.make import NOW, community, counts


def made(signal: str, *, questions: int, seed: int = 0, chance: float = 1.0) -> list[Example]:
    """Questions that whoever has most of one signal answers."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(questions):
        matrix = rng.random((12, len(SIGNALS)))
        answered = np.zeros(12, bool)
        best = int(np.argmax(matrix[:, SIGNALS.index(signal)])) if rng.random() < chance else int(rng.integers(12))
        answered[best] = True
        found.append(Example(matrix, answered))
    return found


def test_nothing_learned_is_the_prior() -> None:
    assert fit([], prior=SHIPPED) is SHIPPED


def test_fitting_finds_the_signal_that_tells() -> None:
    learned = fit(made("hours", questions=300), prior=SHIPPED)
    assert learned.value("hours") > SHIPPED.value("hours") + 1
    others = [name for name in SIGNALS if name not in ("hours", "load")]
    assert all(learned.value(name) < SHIPPED.value(name) for name in others if SHIPPED.value(name) > 1)
    assert learned.by_signal["hours"].questions == 300
    assert learned.by_signal["hours"].prior == SHIPPED.value("hours")
    assert learned.value("load") == SHIPPED.value("load")


def test_a_stronger_prior_moves_less() -> None:
    history = made("hours", questions=20)
    moved = [abs(fit(history, prior=SHIPPED, strength=strength).value("hours") - SHIPPED.value("hours")) for strength in (1.0, 20.0, 500.0)]
    assert moved[0] > moved[1] > moved[2] > 0


def test_weights_are_taken_when_they_do_better_on_questions_they_have_not_seen() -> None:
    trial = adapt(made("hours", questions=200), prior=SHIPPED)
    assert trial.taken
    assert trial.questions == 200
    assert trial.held_out == 40
    assert trial.loss_after < trial.loss_before
    assert trial.weights.value("hours") > SHIPPED.value("hours") + 1
    assert trial.weights.reset() == SHIPPED.reset()


def test_weights_stay_when_history_says_nothing_that_holds() -> None:
    history = [*made("hours", questions=160), *made("seen", questions=40, seed=1)]
    trial = adapt(history, prior=SHIPPED)
    assert not trial.taken
    assert trial.weights is SHIPPED
    assert trial.loss_after >= trial.loss_before


def test_a_short_history_changes_nothing() -> None:
    trial = adapt(made("hours", questions=ENOUGH - 1), prior=SHIPPED)
    assert (trial.weights, trial.taken, trial.questions) == (SHIPPED, False, ENOUGH - 1)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SIGNALS), st.integers(0, 1000))
def test_no_weight_goes_below_zero_but_load(signal: str, seed: int) -> None:
    history = made(signal, questions=15, seed=seed, chance=0.5)
    fitted = fit(history, prior=SHIPPED)
    assert all(fitted.value(name) >= 0 for name in SIGNALS if name != "load")


def test_a_signal_that_is_always_the_same_keeps_its_weight() -> None:
    history = [Example(np.where(np.arange(len(SIGNALS)) == SIGNALS.index("offers"), 0.0, one.matrix), one.answered) for one in made("hours", questions=50)]
    assert fit(history, prior=SHIPPED).by_signal["offers"] == SHIPPED.by_signal["offers"]


def test_an_example_is_what_the_ranking_saw() -> None:
    members, posts = community()
    knowledge = bulk.build(members=members, posts=posts)
    need = Need(counts("shader water"), asker=1)
    _, signals = consider(knowledge, need, now=NOW)
    found = of_signals(knowledge, signals, {10}, weights=SHIPPED)
    assert found is not None
    assert found.answered.sum() == 1
    assert int(np.argmax(found.matrix[:, SIGNALS.index("asked")])) == int(np.flatnonzero(found.answered)[0])
    assert of_signals(knowledge, signals, {99}, weights=SHIPPED) is None


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 10**6))
def test_weights_survive_their_json(value: float, prior: float, questions: int) -> None:
    one = next(iter(SHIPPED.by_signal.values()))
    weights = Weights({**SHIPPED.by_signal, "hours": type(one)(value, prior, questions, "archive")}, note="x")
    assert Weights.from_json(weights.to_json()) == weights


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 99, "weights": {}}', '{"version": 1, "weights": {"hours": 1}}', '{"version": 1, "weights": []}', "nul"]
)
def test_what_is_not_weights_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"reset them|line 1 column"):
        Weights.from_json(text)


def test_unknown_signals_are_left_out() -> None:
    text = SHIPPED.to_json().replace('"hours"', '"hairs"')
    assert set(Weights.from_json(text).by_signal) == set(SHIPPED.by_signal) - {"hours"}


def test_what_ships_has_a_weight_for_every_signal_and_says_where_from() -> None:
    assert set(SHIPPED.by_signal) == set(SIGNALS)
    assert {weight.source for weight in SHIPPED.by_signal.values()} == {"archive", "judgement"}
    assert "routing.py --learn" in SHIPPED.note
