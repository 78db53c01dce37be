"""Questions and forms: what they are made of."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from plugin.domain.forms.conditions import Condition


class QuestionKind(StrEnum):
    """The twelve kinds of questions. What ``least`` and ``most`` of a question bound is said for each."""

    SHORT_TEXT = "short_text"
    """A line. Bounds characters."""
    LONG_TEXT = "long_text"
    """Paragraphs. Bounds characters."""
    NUMBER = "number"
    """A number, whole if the question says so. Bounds the value."""
    YES_NO = "yes_no"
    """Yes or no."""
    SINGLE_CHOICE = "single_choice"
    """One of the options."""
    MULTIPLE_CHOICE = "multiple_choice"
    """Any of the options. Bounds how many."""
    RANKED_CHOICE = "ranked_choice"
    """Options in order, the dearest first. Bounds how many."""
    SCALE = "scale"
    """A point of a scale. Bounds its ends: 1 and 5 unless said otherwise."""
    DATE = "date"
    """A day, from ``earliest`` to ``latest``."""
    TIME_ZONE = "time_zone"
    """A time zone by its IANA name."""
    AVAILABILITY = "availability"
    """Times of the week. Bounds the hours in sum."""
    SKILLS = "skills"
    """Skills with a level each. Bounds how many."""


CHOICES = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.RANKED_CHOICE})
"""Kinds that have options."""
FREE = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT, QuestionKind.SKILLS})
"""Kinds whose answers hold words of the member's own, which are sealed at rest."""


class FormPurpose(StrEnum):
    """What a form is for."""

    MENTOR = "mentor"
    """Applying as a mentor."""
    MENTEE = "mentee"
    """Applying as a mentee."""
    SESSION = "session"
    """Feedback after a session."""
    PULSE = "pulse"
    """How the mentorship is going."""
    CLOSING = "closing"
    """At the end of a mentorship."""
    NPS = "nps"
    """Whether one would recommend the program."""
    OTHER = "other"
    """Anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the things to choose from. ``key`` is what an answer holds and never changes its meaning."""

    key: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a form.

    ``factor`` and ``reversed`` make a scale question an item of an instrument: items of one factor are averaged, reversed ones turned round first. ``bank`` is
    the question of the bank that it was taken from.
    """

    key: str
    kind: QuestionKind
    label: str
    help: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    shown_if: Condition | None = None
    least: float | None = None
    most: float | None = None
    earliest: date | None = None
    latest: date | None = None
    whole: bool = False
    low_label: str = ""
    high_label: str = ""
    factor: str = ""
    reversed: bool = False
    bank: str = ""

    @property
    def ends(self) -> tuple[int, int]:
        """The two ends of a scale."""
        return int(1 if self.least is None else self.least), int(5 if self.most is None else self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A version of a form.

    ``retired`` are questions of earlier versions that are no longer asked; their keys are not given to other questions, so that an answer always says what was
    asked. ``program_id`` is ``None`` for a form of the community, which any program may use.
    """

    id: int
    name: str
    purpose: FormPurpose
    version: int = 1
    questions: tuple[Question, ...]
    retired: tuple[Question, ...] = ()
    program_id: int | None = None
    open: bool = True
    created_at: datetime | None = None

    def question(self, key: str) -> Question | None:
        """The question that is asked under a key."""
        return next((one for one in self.questions if one.key == key), None)

    def renewed(self, questions: tuple[Question, ...]) -> "Form":
        """The next version; what is no longer asked is remembered."""
        kept = {one.key for one in questions}
        gone = {one.key: one for one in (*self.retired, *self.questions) if one.key not in kept}
        return replace(self, version=self.version + 1, questions=questions, retired=tuple(gone.values()))
