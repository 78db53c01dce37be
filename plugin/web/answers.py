"""Answers to forms: as words for whoever reads them, and out of the fields of a page."""

from datetime import date
from typing import Protocol

from plugin.domain.forms import QuestionKind, SkillLevel, Slot
from plugin.domain.forms.answers import clock_time
from plugin.services.forms import Line
from plugin.texts import _
from plugin.texts.console import DAYS, LEVELS


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
