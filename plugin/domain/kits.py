"""Session kits: what a session is for, how its time is spent, how both sides get ready, and what is done afterwards."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from plugin.errors import Invalid

PREPARE_BEFORE = timedelta(days=2)
FOLLOW_UP_AFTER = timedelta(hours=20)
"""How long after the end of a session its follow-up is sent: not in the same evening, and not so late that it is forgotten."""
MAX_TITLE, MAX_TEXT = 120, 4_000
MOST = 100
"""Kits of one program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitWords:
    """What a kit says. Lines of lists are parted by line breaks."""

    title: str
    purpose: str = ""
    agenda: str = ""
    mentor_preparation: str = ""
    mentee_preparation: str = ""
    mentor_follow_up: str = ""
    mentee_follow_up: str = ""

    def preparation(self, *, mentor: bool) -> str:
        """How one side gets ready."""
        return self.mentor_preparation if mentor else self.mentee_preparation

    def follow_up(self, *, mentor: bool) -> str:
        """What one side does afterwards."""
        return self.mentor_follow_up if mentor else self.mentee_follow_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """A session kit. One of a program may stand in for one that comes with the product (``base``); one that is ``retired`` is offered no more."""

    id: int
    words: KitWords
    program_id: int | None = None
    base: int | None = None
    retired: bool = False
    changed_at: datetime | None = None

    @property
    def built_in(self) -> bool:
        """Whether it comes with the product; its words are translated for each reader."""
        return self.program_id is None


def checked(words: KitWords) -> KitWords:
    """Words as they are kept. Raises :class:`Invalid` that says what is wrong."""
    plain = KitWords(**{one.name: getattr(words, one.name).replace("\r\n", "\n").strip() for one in fields(KitWords)})
    if not 3 <= len(plain.title) <= MAX_TITLE or "\n" in plain.title:
        raise Invalid("a kit's title is one line of 3 to {most} characters", field="title", most=MAX_TITLE)
    for one in fields(KitWords):
        if len(getattr(plain, one.name)) > MAX_TEXT:
            raise Invalid("a text of a kit has at most {most} characters", field=one.name, most=MAX_TEXT)
    if not plain.agenda:
        raise Invalid("say how the time of the session is spent", field="agenda")
    return plain
