"""Enrolments: who takes part in a program, and as what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from plugin.domain.programs import Role
from plugin.errors import Conflict, Invalid

MAX_CAPACITY, MAX_NOTE = 50, 1_000


class EnrolmentState(StrEnum):
    """The life of an enrolment; :data:`NEXT` says which steps exist."""

    INVITED = "invited"
    """Asked to take part, and has not answered."""
    APPLIED = "applied"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


NEXT: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    EnrolmentState.INVITED: frozenset({EnrolmentState.APPLIED, EnrolmentState.APPROVED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.APPLIED: frozenset({EnrolmentState.APPROVED, EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.APPROVED: frozenset({EnrolmentState.WITHDRAWN}),
    # Whoever was declined or left may ask again.
    EnrolmentState.DECLINED: frozenset({EnrolmentState.APPLIED, EnrolmentState.APPROVED}),
    EnrolmentState.WITHDRAWN: frozenset({EnrolmentState.APPLIED, EnrolmentState.APPROVED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A member's part in a program.

    ``capacity`` is for how many mentees a mentor has room, and how many mentors a mentee can have; ``minimum`` is the least load that a mentor asks for.
    ``paused`` leaves them out of suggestions and rounds without ending what runs. ``note`` is a manager's word on a decision.
    """

    id: int
    program_id: int
    member_id: int
    role: Role
    state: EnrolmentState = EnrolmentState.APPROVED
    capacity: int = 1
    minimum: int = 0
    track: str = ""
    paused: bool = False
    note: str = ""
    enrolled_at: datetime | None = None
    left_at: datetime | None = None
    """When they left; ``None`` for who takes part."""
    adult: bool = False
    """Whether they said that they are of age."""


def move(enrolment: Enrolment, to: EnrolmentState) -> EnrolmentState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[enrolment.state]:
        possible = sorted(NEXT[enrolment.state])
        raise Conflict(
            "an enrolment that is {state} can become: {possible}", code="illegal_transition", field="state", state=enrolment.state, possible=possible
        )
    return to


def check_places(capacity: int, minimum: int) -> None:
    """Raise :class:`Invalid` unless the figures make sense."""
    if not 0 <= capacity <= MAX_CAPACITY:
        raise Invalid("room for 0 to {most} people", field="capacity", most=MAX_CAPACITY)
    if not 0 <= minimum <= capacity:
        raise Invalid("the least load is between 0 and the room there is", field="minimum")
