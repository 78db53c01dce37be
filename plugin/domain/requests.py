"""Requests for mentorship: a mentee asks one mentor, or several in the order of their choice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.errors import Conflict, Remark

ANSWER_WITHIN = timedelta(days=3)
"""How long a mentor has before the next choice is asked."""
REMIND_AFTER = timedelta(days=2)
MAX_CHOICES, MAX_NOTE, MAX_GOAL = 5, 1_000, 500


class RequestState(StrEnum):
    """The life of a request to one mentor; :data:`NEXT` says which steps exist."""

    QUEUED = "queued"
    """A later choice: asked when those before it said no."""
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


NEXT: dict[RequestState, frozenset[RequestState]] = {
    RequestState.QUEUED: frozenset({RequestState.PENDING, RequestState.WITHDRAWN}),
    RequestState.PENDING: frozenset({RequestState.ACCEPTED, RequestState.DECLINED, RequestState.EXPIRED, RequestState.WITHDRAWN}),
    RequestState.ACCEPTED: frozenset(),
    RequestState.DECLINED: frozenset(),
    RequestState.EXPIRED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
OPEN = frozenset({RequestState.QUEUED, RequestState.PENDING})


class DeclineReason(StrEnum):
    """Why a mentor says no; the first three say nothing about the mentee."""

    NO_TIME = "no_time"
    FULL = "full"
    AWAY = "away"
    NOT_MY_FIELD = "not_my_field"
    NOT_A_FIT = "not_a_fit"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One mentor asked by one mentee.

    ``chain_id`` joins the choices that were made together; ``rank`` is their order from 1. ``words`` are sealed: the mentee's note and goal, and the
    mentor's answer.
    """

    id: int
    program_id: int | None
    mentee_id: int
    mentor_id: int
    state: RequestState
    chain_id: int
    rank: int
    words: bytes = field(repr=False)
    created_at: datetime
    asked_at: datetime | None = None
    expires_at: datetime | None = None
    answered_at: datetime | None = None
    reason: str = ""
    mentorship_id: int | None = None


def move(request: Request, to: RequestState) -> RequestState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[request.state]:
        said = {
            RequestState.QUEUED: Remark("this request was not sent yet"),
            RequestState.PENDING: Remark("this request waits for an answer"),
            RequestState.ACCEPTED: Remark("this request was accepted already"),
            RequestState.DECLINED: Remark("this request was declined already"),
            RequestState.EXPIRED: Remark("this request has expired"),
            RequestState.WITHDRAWN: Remark("this request was withdrawn"),
        }
        raise Conflict(said[request.state], code="illegal_transition", field="request")
    return to
