"""Figures of a form's answers that tell of many and of nobody.

Three rules keep single answers from showing. Figures rest on at least :data:`~plugin.domain.health.MIN_CELL` people. They move in whole batches of as many, so
that looking before and after an answer tells nothing. And a cell of a table that is smaller is blanked together with the next smallest, or it could be worked
out from the sum (complementary suppression: Hundepool et al. 2012, "Statistical disclosure control", chapter 4).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from plugin.domain.forms import CHOICES, Answer, Form, Question, QuestionKind
from plugin.domain.forms.templates import RECOMMEND
from plugin.domain.health import MIN_CELL, Figure
from plugin.domain.results import Cell, FactorResult, QuestionResult, Results
from plugin.graph import scales
from plugin.graph.health import figure
from plugin.graph.scales import batches

Sheets = Sequence[Mapping[str, Answer]]
COUNTED = CHOICES | {QuestionKind.YES_NO, QuestionKind.SCALE}
"""Kinds whose answers are counted by what was chosen. Texts, skills, days and times are in no figure."""


def results(form: Form, sheets: Sheets, *, seed: int) -> Results:
    """The figures of answers that are given in the order of their coming. ``seed`` is for the bootstrap."""
    shown = batches(sheets)
    questions = [_question(one, shown, retired=False) for one in form.questions] + [_question(one, shown, retired=True) for one in form.retired]
    factors = dict.fromkeys(one.factor for one in form.questions if one.factor)
    asks = any(one.key == RECOMMEND and one.ends == (0, 10) for one in form.questions)
    return Results(
        answers=len(shown),
        held_back=len(sheets) - len(shown),
        questions=tuple(questions),
        factors=tuple(_factor(name, [one for one in form.questions if one.factor == name], shown, seed) for name in factors),
        nps=figure(scales.nps(batches(_points(RECOMMEND, shown)))) if asks else None,
    )


def _within(mean: Figure | None, items: Sequence[Question]) -> Figure | None:
    """A mean of scales whose interval ends where the scales do: no answer is beyond."""
    if mean is None or mean.low is None or mean.high is None:
        return mean
    least, most = min(one.ends[0] for one in items), max(one.ends[1] for one in items)
    return replace(mean, low=max(mean.low, least), high=min(mean.high, most))


def _points(key: str, sheets: Sheets) -> list[int]:
    return [value for one in sheets if isinstance(value := one.get(key), int) and not isinstance(value, bool)]


def _question(one: Question, sheets: Sheets, *, retired: bool) -> QuestionResult:
    # In batches of its own: of five sheets that came together perhaps one answers an optional question.
    given = batches([sheet[one.key] for sheet in sheets if one.key in sheet])
    mean = None
    if one.kind in {QuestionKind.SCALE, QuestionKind.NUMBER}:
        mean = figure(scales.mean([float(value) for value in given if isinstance(value, int | float)]))
        mean = _within(mean, [one]) if one.kind is QuestionKind.SCALE else mean
    cells = _cells(one, given) if given and one.kind in COUNTED else ()
    return QuestionResult(question=one, retired=retired, answers=len(given), mean=mean, cells=cells)


def _cells(one: Question, given: Sequence[Answer]) -> tuple[Cell, ...]:
    counts: Counter[str] = Counter()
    for value in given:
        if isinstance(value, tuple):
            # A ranking is counted by what was put first.
            chosen = value[:1] if one.kind is QuestionKind.RANKED_CHOICE else value
            counts.update(str(part) for part in chosen)
        else:
            counts[_key(value)] += 1
    labels = _labels(one)
    exclusive = one.kind is not QuestionKind.MULTIPLE_CHOICE
    hidden = _hidden({key: counts[key] for key in labels}, len(given), exclusive=exclusive)
    return tuple(Cell(key=key, label=label, count=None if key in hidden else counts[key]) for key, label in labels.items())


def _key(value: Answer) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _labels(one: Question) -> dict[str, str]:
    if one.kind in CHOICES:
        return {option.key: option.label for option in one.options}
    if one.kind is QuestionKind.YES_NO:
        return {"yes": "yes", "no": "no"}
    low, high = one.ends
    return {str(point): str(point) for point in range(low, high + 1)}


def _hidden(counts: Mapping[str, int], n: int, *, exclusive: bool) -> set[str]:
    """The cells to blank. Cells that do not exclude each other are a table of two each: chosen, or not."""
    small = {key for key, count in counts.items() if 0 < count < MIN_CELL or (not exclusive and 0 < n - count < MIN_CELL)}
    if exclusive and small:
        ordered = sorted((count, key) for key, count in counts.items() if count and key not in small)
        # What is missing from the sum must stand for enough people, and for more than one cell.
        while ordered and (len(small) < 2 or sum(counts[key] for key in small) < MIN_CELL):
            small.add(ordered.pop(0)[1])
    return small


def _factor(name: str, items: Sequence[Question], sheets: Sheets, seed: int) -> FactorResult:
    turned = [{key: float(value) for key, value in _turned(items, sheet).items()} for sheet in sheets]
    keys = [one.key for one in items]
    scores = batches(scales.factor_scores(turned, keys))
    whole = batches([one for one in turned if len(one) == len(keys)])
    matrix = np.array([[one[key] for key in keys] for one in whole], dtype=float).reshape(len(whole), len(keys))
    return FactorResult(
        factor=name,
        items=tuple(keys),
        mean=_within(figure(scales.mean(scores)), items),
        alpha=figure(scales.alpha_estimate(matrix)),
        bootstrap=figure(scales.alpha_bootstrap(matrix, seed=seed)),
    )


def _turned(items: Sequence[Question], sheet: Mapping[str, Answer]) -> dict[str, float]:
    """One person's answers to the items, each so that more is better."""
    found: dict[str, float] = {}
    for one in items:
        value = sheet.get(one.key)
        if isinstance(value, int) and not isinstance(value, bool):
            found[one.key] = float(sum(one.ends) - value if one.reversed else value)
    return found


def quality(form: Form, sheet: Mapping[str, Answer]) -> float | None:
    """The mean over all items of all factors for one person who answered at least half of them, from 1 to 5 whatever the ends of the scales are."""
    items = [one for one in form.questions if one.factor]
    turned = _turned(items, sheet)
    if not turned or 2 * len(turned) < len(items):
        return None
    parts = []
    for one in items:
        if one.key in turned:
            low, high = one.ends
            parts.append(1 + 4 * (turned[one.key] - low) / (high - low))
    return sum(parts) / len(parts)
