"""Groups that we form: who is in them, why, and the life they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class GroupState(StrEnum):
    """The life of a group."""

    DRAFT = "draft"
    RUNNING = "running"
    MERGED = "merged"
    """Its members went into other groups."""
    REFUSED = "refused"
    """It could not begin when its round was published; its note says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody's place in a group."""

    member_id: int
    mentor: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group. ``slot`` is the half hour of the week in UTC at which all can meet; ``reasons`` says how far each aim is met, in numbers and values.

    ``note`` says in words what the host could not be asked to do for it.
    """

    id: int
    program_id: int
    number: int
    name: str
    state: GroupState
    created_at: datetime
    round_id: int | None = None
    slot: int | None = None
    reasons: Sequence[Mapping[str, object]] = ()
    host_key: str = ""
    note: str = ""
    published_at: datetime | None = None
    seats: tuple[Seat, ...] = field(default=())

    @property
    def members(self) -> tuple[int, ...]:
        """Everybody in it but the mentors."""
        return tuple(seat.member_id for seat in self.seats if not seat.mentor)

    @property
    def mentors(self) -> tuple[int, ...]:
        """Its mentors."""
        return tuple(seat.member_id for seat in self.seats if seat.mentor)
