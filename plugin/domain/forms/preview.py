"""What a page needs to show a form: one structure that any user interface can draw without knowing our rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from plugin.domain.forms.answers import LEVELS
from plugin.domain.forms.checking import Problem, check
from plugin.domain.forms.conditions import comparisons
from plugin.domain.forms.questions import Form, Question, QuestionKind
from plugin.domain.forms.reading import MOST_CHARACTERS


class Control(StrEnum):
    """The element by which a question is answered."""

    LINE = "line"
    PARAGRAPHS = "paragraphs"
    NUMBER = "number"
    SWITCH = "switch"
    RADIO = "radio"
    CHECKBOXES = "checkboxes"
    RANKING = "ranking"
    SCALE = "scale"
    DAY = "day"
    ZONE = "zone"
    WEEK = "week"
    SKILLS = "skills"


_CONTROLS = dict(zip(QuestionKind, Control, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A question as a page draws it.

    ``points`` are those of a scale or the levels of a skill, with words where there are any; ``asks`` are the questions whose answers decide whether this one
    is shown, so that a page knows when to look again; ``characters`` is the longest text.
    """

    question: Question
    number: int
    control: Control
    visible: bool
    asks: tuple[str, ...]
    points: tuple[tuple[int, str], ...] = ()
    characters: int | None = None


def preview(form: Form, answers: Mapping[str, object]) -> tuple[tuple[Shown, ...], tuple[Problem, ...]]:
    """The form as it looks with these answers, and what would be wrong if they were handed in now."""
    checked = check(form, answers)
    shown = tuple(_shown(one, number, visible=one.key in checked.shown) for number, one in enumerate(form.questions, start=1))
    return shown, checked.problems


def _shown(one: Question, number: int, *, visible: bool) -> Shown:
    asks = () if one.shown_if is None else tuple(dict.fromkeys(comparison.question for comparison in comparisons(one.shown_if)))
    characters = MOST_CHARACTERS.get(one.kind)
    if characters is not None and one.most is not None:
        characters = int(one.most)
    return Shown(question=one, number=number, control=_CONTROLS[one.kind], visible=visible, asks=asks, points=_points(one), characters=characters)


def _points(one: Question) -> tuple[tuple[int, str], ...]:
    if one.kind is QuestionKind.SKILLS:
        return tuple(LEVELS.items())
    if one.kind is not QuestionKind.SCALE:
        return ()
    low, high = one.ends
    return tuple((point, one.low_label if point == low else one.high_label if point == high else "") for point in range(low, high + 1))
