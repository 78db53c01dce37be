"""Weights from a community's own history: who really answered whom.

A question is an example: the candidates that a ranking would have considered seriously, and which of them answered. Only these count, because telling the
first ten apart is what a ranking is for; members who have been away for a year say nothing about it. The model is a logistic regression of "answered" on the
signals, drawn towards the prior weights, with no weight below zero: a signal that speaks for a member can count nothing, never the opposite.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from plugin.graph.affinity import consider, points_of
from plugin.graph.knowledge import Knowledge
from plugin.graph.signals import SIGNALS, Need
from plugin.graph.weights import Weight, Weights

SERIOUS = 40
"""How many candidates of a question are learned from: the best ones by the weights so far."""

STRENGTH = 20.0
"""How much the prior resists, roughly in questions."""

_FIXED = frozenset({"load"})
_RATE = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """A question that members answered: the signals of the serious candidates at the time of asking, and who of them answered."""

    matrix: NDArray[np.float64]
    answered: NDArray[np.bool_]


def example(
    knowledge: Knowledge,
    need: Need,
    answerers: Collection[int],
    *,
    now: float,
    weights: Weights,
    eligible: Callable[[int], bool] | None = None,
) -> Example | None:
    """What a question teaches, or ``None`` when no serious candidate answered it.

    ``knowledge`` must be as it was when the question was asked, without the question's own posts.
    """
    with knowledge.lock:
        _, signals = consider(knowledge, need, now=now, eligible=eligible)
        scores = points_of(signals.matrix, weights=weights).sum(axis=1)
        numbers = knowledge.numbers(signals.rows)
        serious = np.lexsort((numbers, -scores))[:SERIOUS]
        answered = np.isin(numbers[serious], list(answerers))
    return Example(signals.matrix[serious], answered) if answered.any() else None


def fit(history: Iterable[Example], *, prior: Weights, strength: float = STRENGTH) -> Weights:
    """The weights that explain a history best, drawn towards ``prior`` as if that were ``strength`` questions. An empty history returns the prior."""
    examples = list(history)
    if not examples:
        return prior
    matrix = np.concatenate([e.matrix for e in examples])
    answered = np.concatenate([e.answered for e in examples])
    before = np.array([prior.value(name) for name in SIGNALS])
    sign = np.where(answered, 1.0, -1.0)
    towards = matrix.T

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (matrix @ point[:-1] + point[-1])
        missing = -sign * np.exp(-np.logaddexp(0, margin))
        away = point[:-1] - before
        value = float(np.logaddexp(0, -margin).sum() + strength / 2 * (away**2).sum())
        return value, np.append(towards @ missing + strength * away, missing.sum())

    bounds = [(w, w) if name in _FIXED else (0.0, None) for name, w in zip(SIGNALS, before.tolist(), strict=True)]
    found = minimize(loss, np.append(before, -3.0), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)], options={"maxiter": 500})
    return _moved(prior, np.asarray(found.x[:-1], np.float64), questions=len(examples), informative=matrix.std(axis=0) > 0)


def update(weights: Weights, outcome: Example, *, strength: float = STRENGTH) -> Weights:
    """Move weights by one more question.

    The more questions have moved them before, the less this one does; where it says nothing, they drift back to the prior.
    """
    seen = max((w.questions for w in weights.by_signal.values()), default=0)
    values = np.array([weights.value(name) for name in SIGNALS])
    prior = np.array([weights.by_signal[name].prior if name in weights.by_signal else 0.0 for name in SIGNALS])
    raw = outcome.matrix @ values
    expected = _matched(raw, float(outcome.answered.sum()))
    gradient = outcome.matrix.T @ (outcome.answered - expected) - (values - prior) * strength / (strength + seen)
    moved = np.maximum(values + _RATE / (strength + seen) * gradient, 0.0)
    kept = np.array([name in _FIXED for name in SIGNALS])
    return _moved(weights, np.where(kept, values, moved), questions=1, informative=outcome.matrix.std(axis=0) > 0)


def _matched(raw: NDArray[np.float64], total: float) -> NDArray[np.float64]:
    """Chances that grow with ``raw`` and sum to ``total``: how many answer is not what the weights are to explain."""
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        if float((1 / (1 + np.exp(-np.clip(raw + middle, -60, 60)))).sum()) < total:
            low = middle
        else:
            high = middle
    return np.asarray(1 / (1 + np.exp(-np.clip(raw + low, -60, 60))), np.float64)


def _moved(prior: Weights, values: NDArray[np.float64], *, questions: int, informative: NDArray[np.bool_]) -> Weights:
    weights = dict(prior.by_signal)
    for name, value, told in zip(SIGNALS, values.tolist(), informative.tolist(), strict=True):
        if told and name not in _FIXED:
            old = weights.get(name, Weight(0.0, 0.0))
            weights[name] = replace(old, value=value, questions=old.questions + questions)
    return Weights(weights, prior.note)
