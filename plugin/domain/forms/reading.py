"""One raw value read as the answer to one question."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from math import isfinite
from re import compile as regex
from zoneinfo import available_timezones

from plugin.domain.forms.answers import DAY_MINUTES, LEVELS, Answer, SkillLevel, Slot, is_number, skill_key
from plugin.domain.forms.questions import Question, QuestionKind
from plugin.errors import Remark

MOST_CHARACTERS = {QuestionKind.SHORT_TEXT: 200, QuestionKind.LONG_TEXT: 10_000}
"""The longest text of a kind; a question may ask for less."""
MAX_NUMBER = 1e12
MAX_SLOTS = 50
MAX_SKILLS = 30
MAX_SKILL = 60
"""Characters of the name of a skill."""
_DAY = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CLOCK = regex(r"([01][0-9]|2[0-4]):([0-5][0-9])\Z")


class Unfit(Exception):
    """The value is no answer to the question; the remark says what to do."""

    def __init__(self, text: str | Remark, **values: object) -> None:
        self.remark = text if isinstance(text, Remark) else Remark(text, **values)
        super().__init__(str(self.remark))


@cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(available_timezones())


def read_answer(question: Question, raw: object) -> Answer | None:
    """The answer that a raw value stands for; ``None`` for an empty one. Raises :class:`Unfit`."""
    if raw is None:
        return None
    return _READERS[question.kind](question, raw)


def _bounds(question: Question, amount: float, unit: Remark | None) -> None:
    least, most = question.least, question.most
    if least is not None and amount < least:
        raise Unfit("at least {least:g} {unit}", least=least, unit=unit) if unit else Unfit("at least {least:g}", least=least)
    if most is not None and amount > most:
        raise Unfit("at most {most:g} {unit}", most=most, unit=unit) if unit else Unfit("at most {most:g}", most=most)


def clean(text: str, *, lines: bool) -> str:
    """A text in one form: composed letters, no control characters; a line has single spaces, paragraphs keep their breaks."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(one for one in composed.replace("\r\n", "\n").replace("\r", "\n") if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"})
    cleaned = kept.strip() if lines else " ".join(kept.split())
    # Taking a character out can bring two together that compose.
    return unicodedata.normalize("NFC", cleaned).strip()


def _text(question: Question, raw: object) -> Answer | None:
    if not isinstance(raw, str):
        raise Unfit("write a text")
    hard = MOST_CHARACTERS[question.kind]
    # Before any work on it: cleaning a text of a hundred megabytes is what an attacker would like.
    if len(raw) > 4 * hard:
        raise Unfit("at most {most} characters", most=min(hard, int(question.most or hard)))
    text = clean(raw, lines=question.kind is QuestionKind.LONG_TEXT)
    if not text:
        return None
    if len(text) > hard:
        raise Unfit("at most {most} characters", most=hard)
    _bounds(question, len(text), Remark("characters"))
    return text


def _number(question: Question, raw: object) -> Answer | None:
    if not is_number(raw) or abs(raw) > MAX_NUMBER or not isfinite(raw):
        raise Unfit("give a number")
    if question.whole and raw != int(raw):
        raise Unfit("give a whole number")
    _bounds(question, raw, None)
    return float(raw)


def _yes_no(_question: Question, raw: object) -> Answer | None:
    if not isinstance(raw, bool):
        raise Unfit("answer yes or no")
    return raw


def _single(question: Question, raw: object) -> Answer | None:
    if raw == "":
        return None
    if not isinstance(raw, str) or raw not in {one.key for one in question.options}:
        raise Unfit("choose one of the options")
    return raw


def _several(question: Question, raw: object) -> Answer | None:
    chosen = _list(raw, limit=len(question.options), what=Remark("choose from the options"))
    known = {one.key: place for place, one in enumerate(question.options)}
    if not all(isinstance(one, str) and one in known for one in chosen):
        raise Unfit("choose from the options")
    keys = [str(one) for one in chosen]
    if len(set(keys)) != len(keys):
        raise Unfit("choose each option once")
    if not keys:
        return None
    _bounds(question, len(keys), Remark("options"))
    return tuple(keys if question.kind is QuestionKind.RANKED_CHOICE else sorted(keys, key=known.__getitem__))


def _list(raw: object, *, limit: int, what: Remark) -> Sequence[object]:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes) or len(raw) > limit:
        raise Unfit(what)
    return raw


def _scale(question: Question, raw: object) -> Answer | None:
    low, high = question.ends
    if not is_number(raw) or not isfinite(raw) or raw != int(raw) or not low <= raw <= high:
        raise Unfit("choose a point from {low} to {high}", low=low, high=high)
    return int(raw)


def _date(question: Question, raw: object) -> Answer | None:
    if raw == "":
        return None
    # Only this form: the standard library takes weeks too.
    if not isinstance(raw, str) or not _DAY.match(raw):
        raise Unfit("give a day as YYYY-MM-DD")
    try:
        found = date.fromisoformat(raw)
    except ValueError:
        raise Unfit("give a day that there is, as YYYY-MM-DD") from None
    if question.earliest is not None and found < question.earliest:
        raise Unfit("not before {earliest}", earliest=question.earliest)
    if question.latest is not None and found > question.latest:
        raise Unfit("not after {latest}", latest=question.latest)
    return found


def _zone(_question: Question, raw: object) -> Answer | None:
    if raw == "":
        return None
    if not isinstance(raw, str) or raw not in zones():
        raise Unfit("give a time zone such as Europe/Berlin")
    return raw


def _availability(question: Question, raw: object) -> Answer | None:
    what = Remark("give up to {most} times of the week, each with day 0 (Monday) to 6, start and end as HH:MM", most=MAX_SLOTS)
    slots = [_slot(one, what) for one in _list(raw, limit=MAX_SLOTS, what=what)]
    if not slots:
        return None
    merged = merge(slots)
    _bounds(question, sum(one.end - one.start for one in merged) / 60, Remark("hours a week"))
    return merged


def _slot(raw: object, what: Remark) -> Slot:
    if not isinstance(raw, Mapping) or set(raw) != {"day", "start", "end"}:
        raise Unfit(what)
    day, times = raw["day"], (raw["start"], raw["end"])
    if not is_number(day) or day not in range(7) or not all(isinstance(one, str) and _CLOCK.match(one) for one in times):
        raise Unfit(what)
    start, end = (int(one[:2]) * 60 + int(one[3:]) for one in times)
    if not start < end <= DAY_MINUTES:
        raise Unfit("a time of the week ends after it starts, on the same day, at 24:00 at the latest")
    return Slot(int(day), start, end)


def merge(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """The same times in order, with those that touch or overlap made one."""
    merged: list[Slot] = []
    for one in sorted(slots):
        if merged and merged[-1].day == one.day and one.start <= merged[-1].end:
            merged[-1] = Slot(one.day, merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return tuple(merged)


def _skills(question: Question, raw: object) -> Answer | None:
    what = Remark(
        "name up to {most} skills of at most {longest} characters, each with a level from {low} to {high}",
        most=MAX_SKILLS,
        longest=MAX_SKILL,
        low=min(LEVELS),
        high=max(LEVELS),
    )
    found: dict[str, SkillLevel] = {}
    for one in _list(raw, limit=MAX_SKILLS, what=what):
        if not isinstance(one, Mapping) or set(one) != {"skill", "level"}:
            raise Unfit(what)
        name, level = one["skill"], one["level"]
        if not isinstance(name, str) or len(name) > 4 * MAX_SKILL or not is_number(level) or level not in LEVELS:
            raise Unfit(what)
        skill = clean(name, lines=False)
        if not 1 <= len(skill) <= MAX_SKILL:
            raise Unfit(what)
        if skill_key(skill) in found:
            raise Unfit("name each skill once: {skill}", skill=skill)
        found[skill_key(skill)] = SkillLevel(skill, int(level))
    if not found:
        return None
    _bounds(question, len(found), Remark("skills"))
    return tuple(found.values())


_READERS: dict[QuestionKind, Callable[[Question, object], Answer | None]] = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.SINGLE_CHOICE: _single,
    QuestionKind.MULTIPLE_CHOICE: _several,
    QuestionKind.RANKED_CHOICE: _several,
    QuestionKind.SCALE: _scale,
    QuestionKind.DATE: _date,
    QuestionKind.TIME_ZONE: _zone,
    QuestionKind.AVAILABILITY: _availability,
    QuestionKind.SKILLS: _skills,
}
