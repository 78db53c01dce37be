"""Answers as the program works with them, and as plain values that JSON can hold."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeGuard

DAY_MINUTES = 24 * 60
LEVELS = {1: "wants to learn it", 2: "has some practice", 3: "works with it", 4: "can teach it"}
"""What the levels of a skill mean."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time in every week, in the member's own time zone. ``day`` is 0 for Monday; ``start`` and ``end`` are minutes of the day, ``end`` at most 1440."""

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class SkillLevel:
    """A skill and how well somebody knows it; :data:`LEVELS` says what the numbers mean."""

    skill: str
    level: int


Answer = bool | int | float | str | date | tuple[str, ...] | tuple[Slot, ...] | tuple[SkillLevel, ...]
"""What an answer is by kind of question.

Texts, the chosen option and the time zone are ``str``; several options in order ``tuple[str, …]``; a scale is ``int``, a number ``float``.
"""


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number; Python counts ``True`` among them, people do not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def skill_key(name: str) -> str:
    """What all spellings of a skill have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def clock_time(minutes: int) -> str:
    """Minutes of a day as ``HH:MM``, up to ``24:00``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def plain_answer(answer: Answer) -> object:
    """An answer as plain values: what :func:`plugin.domain.forms.check` takes back."""
    if isinstance(answer, date):
        return answer.isoformat()
    if isinstance(answer, tuple):
        return [_plain_part(one) for one in answer]
    return answer


def _plain_part(one: str | Slot | SkillLevel) -> object:
    if isinstance(one, Slot):
        return {"day": one.day, "start": clock_time(one.start), "end": clock_time(one.end)}
    if isinstance(one, SkillLevel):
        return {"skill": one.skill, "level": one.level}
    return one


def plain_answers(answers: Mapping[str, Answer]) -> dict[str, object]:
    """Answers by question as plain values."""
    return {key: plain_answer(one) for key, one in answers.items()}
