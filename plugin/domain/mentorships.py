"""Mentorships: the relation between a mentor and one or more mentees."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EndReason(StrEnum):
    """Why a mentorship ended. None of them blames anybody."""

    COMPLETED = "completed"
    GOAL_REACHED = "goal_reached"
    NOT_A_FIT = "not_a_fit"
    NO_TIME = "no_time"
    NO_REPLY = "no_reply"
    PROGRAM_ENDED = "program_ended"
    MEMBER_LEFT = "member_left"
    SAFETY = "safety"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentorship:
    """Who mentors whom. ``mentor_id`` is ``None`` and a mentee is missing from ``mentee_ids`` once they left the community.

    ``source`` says how it came about (``request``, ``round``, ``group``, ``admin``), ``begun_by`` who or what decided it.
    """

    id: int
    program_id: int | None
    mentor_id: int | None
    mentee_ids: tuple[int, ...]
    began_at: datetime
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    group_id: int | None = None
    source: str = ""
    begun_by: str = ""

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody in it who is still a member."""
        return self.mentee_ids if self.mentor_id is None else (self.mentor_id, *self.mentee_ids)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None
