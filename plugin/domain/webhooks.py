"""What developers can hear of: events of ours, without words and without names, and the endpoints to which they are posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from plugin.domain.global_ids import GlobalId

_PROGRAM = {"program": "Program"}
_ENROLMENT = {"enrolment": "Enrolment"}
_REQUEST = {"request": "MentorshipRequest"}
_SESSION = {"session": "Session"}
_ROUND = {"round": "MatchRound"}
_EVENT = {"event": "ProgramEvent"}

EVENTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "program.created": _PROGRAM,
        "program.changed": _PROGRAM,
        "program.moved": _PROGRAM,
        "enrolment.made": _ENROLMENT,
        "enrolment.decided": _ENROLMENT,
        "enrolment.withdrawn": _ENROLMENT,
        "request.made": {},
        "request.accepted": _REQUEST,
        "request.declined": _REQUEST,
        "request.withdrawn": _REQUEST,
        "request.expired": _REQUEST,
        "mentorship.begun": {"mentorship": "Mentorship"},
        "mentorship.ended": {"mentorship": "Mentorship"},
        "session.proposed": _SESSION,
        "session.confirmed": _SESSION,
        "session.cancelled": _SESSION,
        "session.lapsed": _SESSION,
        "session.settled": _SESSION,
        "session.decided": _SESSION,
        "round.drafted": _ROUND,
        "round.computed": _ROUND,
        "round.cancelled": _ROUND,
        "round.published": _ROUND,
        "event.planned": _EVENT,
        "event.changed": _EVENT,
        "event.cancelled": _EVENT,
        "certificate.issued": {"certificate": "Certificate"},
        "certificate.revoked": {"certificate": "Certificate"},
        "reward.given": {"award": "Award"},
        "member.erased": {"member": "Member"},
    }
)
"""Types of events, with the names under which their ids stand in ``data``, and what each names. Nothing about safety, strikes or what anybody wrote is here."""
PLAIN = frozenset({"state", "approved", "held", "moved", "choices", "kind", "run"})
"""What else ``data`` may hold: words of ours, numbers, yes and no."""
TEST = "webhook.test"
"""The type of an event that is posted only to try an endpoint."""


class WebhookState(StrEnum):
    """Whether events are posted to an endpoint. They wait while it is not active."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    """By us, after it failed for days."""


class PostState(StrEnum):
    """What became of one event at one endpoint."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """Something that happened. Numbers of a community rise in the order in which things happened, with gaps."""

    number: int
    type: str
    data: Mapping[str, object]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint of a developer's. No ``types`` are all of them."""

    id: int
    name: str
    url: bytes = field(repr=False)
    """Sealed: addresses often have a secret in them."""
    secrets: bytes = field(repr=False)
    """Sealed."""
    types: tuple[str, ...]
    state: WebhookState
    created_at: datetime
    failing_since: datetime | None = None
    succeeded_at: datetime | None = None
    error: str = ""

    def wants(self, event_type: str) -> bool:
        """Whether events of a type are posted to it."""
        return not self.types or event_type in self.types


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One event on its way to one endpoint."""

    webhook_id: int
    number: int
    type: str
    state: PostState
    attempts: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None = None
    status: int | None = None
    """What the endpoint answered last; ``None`` if it did not."""
    error: str = ""


def data_of(action: str, detail: Mapping[str, object], *, installation_id: int) -> dict[str, object] | None:
    """What is told of something that was done; ``None`` for what nobody outside hears of."""
    names = EVENTS.get(action)
    if names is None:
        return None
    ids: dict[str, object] = {key: str(GlobalId(kind, installation_id, str(detail[key]))) for key, kind in names.items() if key in detail}
    return ids | {key: detail[key] for key in sorted(PLAIN & detail.keys())}
