"""Weights from a community's own history: who really answered whom.

A question is an example: the candidates that a ranking would have considered seriously, and which of them answered. Only these count, because telling the
first ten apart is what a ranking is for. The model gives each candidate a chance of being who answers, a softmax over the question's candidates of the weighted
signals, and maximises the likelihood of the answers that were given (McFadden's conditional logit, 1974), drawn towards the prior weights. What is the same
for all candidates of a question cannot move a weight, so quiet and busy times teach alike. No weight is below zero: a signal that speaks for a member can
count nothing, never the opposite.

Weights are taken only if they do better than the prior on the community's latest questions, which they have not seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from plugin.graph.affinity import points_of
from plugin.graph.knowledge import Knowledge
from plugin.graph.signals import SIGNALS, Signals
from plugin.graph.weights import Weight, Weights

SERIOUS = 200
"""How many candidates of a question are learned from: the best ones by the weights so far."""

STRENGTH = 5.0
"""How much the prior resists: the penalty is half of this times the squared distance, beside a loss of about 3 an answer."""

ENOUGH = 100
"""Fewer questions than this say too little to tell better weights from luck."""

HELD_OUT = 0.2
"""The part of the questions, the latest ones, on which weights have to prove themselves."""

_FIXED = frozenset({"load"})


@dataclass(frozen=True, slots=True)
class Example:
    """A question that members answered: the signals of the serious candidates at the time of asking, and who of them answered."""

    matrix: NDArray[np.float64]
    answered: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """What adapting came to: the weights to use, and how prior and fitted weights did on questions that neither had seen.

    ``loss`` is minus the mean log-likelihood of an answer, ``ndcg`` nDCG at 10 among the serious candidates; ``noise`` is the standard error of the
    difference in loss.
    """

    weights: Weights
    taken: bool
    questions: int
    held_out: int = 0
    loss_before: float = 0.0
    loss_after: float = 0.0
    noise: float = 0.0
    ndcg_before: float = 0.0
    ndcg_after: float = 0.0


def of_signals(knowledge: Knowledge, signals: Signals, answerers: Collection[int], *, weights: Weights) -> Example | None:
    """What a question teaches by the signals of its candidates at the time of asking, or ``None`` when no serious candidate answered it.

    The caller holds the lock; the knowledge must be without the question's own posts.
    """
    scores = points_of(signals.matrix, weights=weights).sum(axis=1)
    numbers = knowledge.numbers(signals.rows)
    serious = np.lexsort((numbers, -scores))[:SERIOUS]
    answered = np.isin(numbers[serious], list(answerers))
    return Example(signals.matrix[serious], answered) if answered.any() else None


def fit(history: Sequence[Example], *, prior: Weights, strength: float = STRENGTH) -> Weights:
    """The weights that explain a history best, drawn towards ``prior``. An empty history returns the prior."""
    if not history:
        return prior
    matrix, answers, of, starts = _stacked(history)
    given = np.add.reduceat(answers, starts)
    before = _values(prior)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        raw = matrix @ point
        chances, norm = _softmax(raw, of, starts)
        away = point - before
        value = float(given @ norm - answers @ raw + strength / 2 * (away**2).sum())
        return value, matrix.T @ (chances * given[of] - answers) + strength * away

    bounds = [(w, w) if name in _FIXED else (0.0, None) for name, w in zip(SIGNALS, before.tolist(), strict=True)]
    found = minimize(loss, before, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return _moved(prior, np.asarray(found.x, np.float64), questions=len(history), informative=matrix.std(axis=0) > 0)


def adapt(history: Sequence[Example], *, prior: Weights, strength: float = STRENGTH) -> Trial:
    """Weights for a community from its history, oldest question first; the prior where that does as well on the latest questions."""
    held = int(len(history) * HELD_OUT)
    if len(history) < ENOUGH:
        return Trial(prior, taken=False, questions=len(history))
    earlier, latest = history[: len(history) - held], history[len(history) - held :]
    trial = fit(earlier, prior=prior, strength=strength)
    before, after = losses(latest, weights=prior), losses(latest, weights=trial)
    better = before - after
    taken = bool(better.mean() > 0)
    return Trial(
        fit(history, prior=prior, strength=strength) if taken else prior,
        taken=taken,
        questions=len(history),
        held_out=held,
        loss_before=float(before.mean()),
        loss_after=float(after.mean()),
        noise=float(better.std() / np.sqrt(held)),
        ndcg_before=_ndcg(latest, weights=prior),
        ndcg_after=_ndcg(latest, weights=trial),
    )


def losses(history: Sequence[Example], *, weights: Weights) -> NDArray[np.float64]:
    """Minus the mean log-likelihood of an answer, for each question."""
    matrix, answers, of, starts = _stacked(history)
    raw = matrix @ _values(weights)
    _, norm = _softmax(raw, of, starts)
    return np.asarray(norm - np.add.reduceat(answers * raw, starts) / np.add.reduceat(answers, starts), np.float64)


def log_odds(signals: Signals, *, weights: Weights, without: Collection[str] = ()) -> NDArray[np.float64]:
    """The logarithm of each candidate's odds of answering, up to a constant."""
    kept = np.array([name not in without for name in SIGNALS])
    return np.asarray(signals.matrix @ np.where(kept, _values(weights), 0.0), np.float64)


def _values(weights: Weights) -> NDArray[np.float64]:
    return np.array([weights.value(name) for name in SIGNALS])


Stacked = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


def _stacked(history: Sequence[Example]) -> Stacked:
    """All candidates of all questions: signals, 1 for who answered, whose question it is and where each question begins."""
    sizes = np.array([len(one.answered) for one in history])
    matrix = np.concatenate([one.matrix for one in history])
    answers = np.concatenate([one.answered.astype(np.float64) for one in history])
    return matrix, answers, np.repeat(np.arange(len(history)), sizes), np.concatenate([[0], np.cumsum(sizes)[:-1]])


def _softmax(raw: NDArray[np.float64], of: NDArray[np.int64], starts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    highest = np.maximum.reduceat(raw, starts)
    powers = np.exp(raw - highest[of])
    sums = np.add.reduceat(powers, starts)
    return powers / sums[of], np.log(sums) + highest


def _ndcg(history: Sequence[Example], *, weights: Weights) -> float:
    discount = 1 / np.log2(np.arange(2, 12))
    found = []
    for one in history:
        hits = one.answered[np.argsort(-(one.matrix @ _values(weights)), kind="stable")[:10]]
        found.append(float((hits * discount[: len(hits)]).sum() / discount[: int(one.answered.sum())].sum()))
    return float(np.mean(found))


def _moved(prior: Weights, values: NDArray[np.float64], *, questions: int, informative: NDArray[np.bool_]) -> Weights:
    weights = dict(prior.by_signal)
    for name, value, told in zip(SIGNALS, values.tolist(), informative.tolist(), strict=True):
        if told and name not in _FIXED:
            old = weights.get(name, Weight(0.0, 0.0))
            weights[name] = replace(old, value=value, questions=old.questions + questions)
    return Weights(weights, prior.note)
