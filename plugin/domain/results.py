"""What the answers to a form say together."""

from dataclasses import dataclass

from plugin.domain.forms import Question
from plugin.domain.health import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How often something was chosen; ``None`` where so few chose it, or did not, that the number would point at people."""

    key: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """The figures of one question. ``answers`` is how many they rest on: 0 if there are too few for any."""

    question: Question
    retired: bool
    answers: int
    mean: Figure | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResult:
    """The items of one factor together, turned the same way.

    ``mean`` is over people who answered at least half of the items. ``alpha`` is Cronbach's, over those who answered all of them, with Feldt's interval;
    ``bootstrap`` is the same with an interval that does not rest on normal answers.
    """

    factor: str
    items: tuple[str, ...]
    mean: Figure | None
    alpha: Figure | None
    bootstrap: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The figures of a form. ``answers`` show in them; ``held_back`` are the newest, that wait for their batch to be full."""

    answers: int
    held_back: int
    questions: tuple[QuestionResult, ...]
    factors: tuple[FactorResult, ...]
    nps: Figure | None
