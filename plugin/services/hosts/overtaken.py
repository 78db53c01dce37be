"""Answers of the host that something overtook on their way.

Between a question to the host and its answer being taken in, a delivery may tell of something newer. The host gave the answer, which would be believed, but it
gave it before: what changed since the question is not set back to it. The host is asked about that once more.
"""

from collections.abc import Sequence

from mentorgraph import events as e
from plugin.services.hosts import handlers
from plugin.services.hosts.handlers.doubts import doubt
from plugin.store.unit_of_work import UnitOfWork


def take_in(events: Sequence[e.Event], unit: UnitOfWork, *, revision: int) -> None:
    """Apply what the host answered to a question that was put at ``revision``, but for what changed after it, which is doubted."""
    if unit.revision == revision:
        return handlers.apply(events, unit)
    moved = {(kind, subject) for _, kind, subject in unit.changes.since(revision)}
    current: list[e.Event] = []
    for event in events:
        about = _about(event)
        if about is not None and _as_logged(*about, unit) in moved:
            doubt(*about, unit=unit)
        else:
            current.append(event)
    return handlers.apply(current, unit)


def _about(event: e.Event) -> tuple[e.Kind, str] | None:
    """The subject whose state an event tells whole."""
    match event:
        case e.PostChanged() | e.PostDeleted():
            return "post", event.post_id
        case e.TopicChanged() | e.TopicDeleted():
            return "topic", event.topic_id
        case e.MemberChanged() | e.MemberLeft():
            return "member", event.host_user_id
    return None


def _as_logged(kind: e.Kind, host_id: str, unit: UnitOfWork) -> tuple[str, str]:
    if kind != "member":
        return kind, host_id
    member = unit.members.by_host(host_id)
    return kind, "" if member is None else str(member.id)
