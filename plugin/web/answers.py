"""Answers to forms: as words for whoever reads them, and out of the fields of a page."""

from collections.abc import Mapping
from datetime import date
from math import isfinite, nan
from typing import Protocol

from plugin.domain.forms import Form, Question, QuestionKind, SkillLevel, Slot
from plugin.domain.forms.answers import clock_time
from plugin.services.questions.forms import Line
from plugin.texts import _
from plugin.texts.console import DAYS, LEVELS
from plugin.web.numbers import whole

SLOT_ROWS, SKILL_ROWS = 4, 6


class Speaking(Protocol):
    """What words are made with."""

    def say(self, text: str, **values: object) -> str:
        """A text of the catalogues."""
        ...

    def day(self, moment: date | None) -> str:
        """A day."""
        ...

    def number(self, value: float) -> str:
        """A number."""
        ...


class Fields(Protocol):
    """What a page sent."""

    def text(self, name: str, default: str = "") -> str:
        """A field."""
        ...

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        ...


def answer_words(line: Line, speaker: Speaking) -> str:
    """An answer in one line."""
    question, answer = line.question, line.answer
    labels = {one.key: one.label for one in question.options}
    if isinstance(answer, bool):
        return speaker.say(_("Yes") if answer else _("No"))
    if isinstance(answer, date):
        return speaker.day(answer)
    if isinstance(answer, tuple):
        return ", ".join(_part(one, labels, speaker) for one in answer)
    if isinstance(answer, int | float):
        if question.kind is QuestionKind.SCALE:
            return speaker.say(_("{point} of {most}"), point=answer, most=question.ends[1])
        return speaker.number(answer)
    return labels.get(answer, answer)


def _part(one: str | Slot | SkillLevel, labels: dict[str, str], speaker: Speaking) -> str:
    if isinstance(one, Slot):
        return f"{speaker.say(DAYS[one.day])} {clock_time(one.start)}–{clock_time(one.end)}"
    if isinstance(one, SkillLevel):
        return f"{one.skill} ({speaker.say(LEVELS[one.level])})"
    return labels.get(one, one)


# ---------------------------------------------------------------------------------------------------------------------- out of fields


def answers_of(form: Form, fields: Fields) -> dict[str, object]:
    """What a page's fields answer, as plain values; empty ones are left out. Whether they are good the form itself says."""
    found = {one.key: _answer(one, fields) for one in form.questions}
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _answer(question: Question, fields: Fields) -> object:
    name = f"a_{question.key}"
    match question.kind:
        case QuestionKind.YES_NO:
            return {"yes": True, "no": False}.get(fields.text(name))
        case QuestionKind.NUMBER | QuestionKind.SCALE:
            return _number(fields.text(name))
        case QuestionKind.MULTIPLE_CHOICE:
            return fields.all(name)
        case QuestionKind.RANKED_CHOICE:
            ranked = [(whole(fields.text(f"{name}_{one.key}"), digits=3), one.key) for one in question.options]
            return [key for _place, key in sorted((place, key) for place, key in ranked if place is not None)]
        case QuestionKind.AVAILABILITY:
            rows = [[fields.text(f"{name}_{part}_{n}") for part in ("day", "start", "end")] for n in range(SLOT_ROWS)]
            slots = [(whole(day, digits=1), start, end) for day, start, end in rows]
            return [{"day": day, "start": start, "end": end} for day, start, end in slots if day is not None and start and end]
        case QuestionKind.SKILLS:
            skills = [(fields.text(f"{name}_skill_{n}"), fields.text(f"{name}_level_{n}", "2")) for n in range(SKILL_ROWS)]
            return [{"skill": skill, "level": whole(level, digits=2) or 0} for skill, level in skills if skill]
        case _:
            return fields.text(name)


def _number(word: str) -> object:
    try:
        found = float(word.replace(",", "."))
    except ValueError:
        found = nan
    if not isfinite(found):
        # What is no number is handed on, for the form to say so.
        return word
    return int(found) if found == int(found) and abs(found) < 1e12 else found


def given(answers: Mapping[str, object], key: str) -> object:
    """An answer as fields show it; empty when there is none."""
    return answers.get(key, "")
