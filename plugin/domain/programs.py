"""Programs: the frame within which mentors and mentees meet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProgramState(StrEnum):
    """The life cycle of a program; :data:`NEXT` says which steps exist."""

    DRAFT = "draft"
    ENROLLING = "enrolling"
    MATCHING = "matching"
    ACTIVE = "active"
    COMPLETED = "completed"
    ARCHIVED = "archived"


NEXT: dict[ProgramState, frozenset[ProgramState]] = {
    ProgramState.DRAFT: frozenset({ProgramState.ENROLLING, ProgramState.ARCHIVED}),
    ProgramState.ENROLLING: frozenset({ProgramState.MATCHING, ProgramState.DRAFT, ProgramState.ARCHIVED}),
    ProgramState.MATCHING: frozenset({ProgramState.ACTIVE, ProgramState.ENROLLING, ProgramState.ARCHIVED}),
    ProgramState.ACTIVE: frozenset({ProgramState.COMPLETED, ProgramState.MATCHING}),
    ProgramState.COMPLETED: frozenset({ProgramState.ARCHIVED}),
    ProgramState.ARCHIVED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A mentorship program of a community."""

    id: int
    name: str
    purpose: str
    state: ProgramState
    created_at: datetime
