"""Messages out to the host: kept with the decision that made them, sent once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from mentorgraph.host import (
    AddToGroup,
    Capability,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostBroken,
    HostBusy,
    HostDenied,
    HostError,
    HostInvalid,
    HostMessage,
    HostNotFound,
    HostUnreachable,
    RemoveFromGroup,
    Rendered,
    Reply,
    TopicMessage,
)
from plugin.domain.members import Member
from plugin.domain.notices import awake_together
from plugin.errors import Invalid
from plugin.services.messages import reaching, telling, wire
from plugin.services.runtime import Runtime
from plugin.store.repositories.outbox import Outgoing
from plugin.store.unit_of_work import UnitOfWork
from plugin.tracing import span

log = structlog.get_logger()

NEEDS: Mapping[type, tuple[Capability, str]] = {
    DirectMessage: (Capability.DIRECT_MESSAGES, "direct messages"),
    TopicMessage: (Capability.TOPICS, "topics that we could open"),
    EditTopic: (Capability.TOPICS, "topics that we could edit"),
    Reply: (Capability.TOPICS, "topics that we could answer in"),
    CreateGroup: (Capability.GROUPS, "groups"),
    AddToGroup: (Capability.GROUPS, "groups"),
    RemoveFromGroup: (Capability.GROUPS, "groups"),
    GrantBadge: (Capability.BADGES, "badges"),
}
"""What a host must have for each kind of message, and how it is called when it has not."""

RETRIES = (10, 60, 300, 1800, 7200, 6 * 3600, 24 * 3600)
TO_MEMBERS = frozenset({"suggestions"})
"""Kinds of messages that go to a member only while they agree to get messages. They answer what the member did just now, at any hour."""
NOTICE = "notice."
"""What kinds of notices to one member begin with; the group of kinds follows."""
TOGETHER = "together."
"""The same for messages to several members."""
SEALED = "outbox"
"""For what messages are sealed as long as they wait."""
AGAIN = timedelta(minutes=10)
"""When to look again whether a topic is there, if a change came while it was being sent."""
_HELD_BACK = "queued"
"""What a host calls a topic that waits for its moderators: nobody can edit it or answer in it yet."""


def post(message: HostMessage, *, kind: str, key: str, member_id: int | None, unit: UnitOfWork) -> bool:
    """Put a message into the outbox, in the transaction of the decision behind it; ``False`` if ``key`` was used before."""
    kept = unit.outbox.put(
        Outgoing(
            id=unit.new_id(),
            key=key,
            kind=kind,
            member_id=member_id,
            body=unit.seal(wire.dump(message), purpose=SEALED),
            state="pending",
            attempts=0,
            created_at=unit.now,
            next_at=unit.now,
            trace_id=unit.trace_id,
        )
    )
    if kept:
        unit.wake("outbox")
    return kept


def topic_of(unit: UnitOfWork, key: str) -> tuple[str, str]:
    """What the host calls the topic that a message opened, and its address; both empty as long as members do not see it."""
    topic_id, url = unit.outbox.place(key)
    return ("", "") if topic_id.strip() in {"", _HELD_BACK} else (topic_id, url)


def say_anew(unit: UnitOfWork, topic: TopicMessage, *, kind: str, key: str, version: int) -> bool:
    """Bring the topic that was posted by ``key`` to what it is to say now, by its next ``version``; ``False`` if it cannot be: look again later.

    One that nobody tried to send is changed before it is sent, one that is there is edited. One that is being sent may be there already, and nobody knows
    where yet.
    """
    if unit.outbox.rewrite(key, unit.seal(wire.dump(topic), purpose=SEALED)):
        return True
    topic_id, _ = topic_of(unit, key)
    if not topic_id:
        return False
    # An edit that was not sent yet would overwrite this one if it came after it.
    unit.outbox.take_back([f"{key}:{version - 1}"], why="a newer text follows")
    post(EditTopic(topic_id=topic_id, title=topic.title, body=topic.body), kind=kind, key=f"{key}:{version}", member_id=None, unit=unit)
    return True


def wants_messages(member: Member | None, unit: UnitOfWork) -> bool:
    """Whether a member agreed to messages and takes part."""
    return reaching.agreed(unit, member)


async def send_due(runtime: Runtime, installation_id: int, *, limit: int = 20) -> int:
    """Send the messages that are due; returns how many went out. Raises :class:`HostError` when the host cannot be reached at all.

    A try is counted before it is made. If the process dies between the host's answer and the mark, the next try first looks whether the message is there: what
    remains is a message that the host took after we looked and before it died, in hosts that cannot be asked by key.
    """
    client = await runtime.client(installation_id)
    capabilities = runtime.host((await runtime.installation(installation_id)).host).capabilities
    due = await runtime.database.read(installation_id, lambda unit: unit.outbox.due(now=unit.now, limit=limit))
    sent = 0
    taken: _Taken | None = None
    for one, following in zip(due, [*due[1:], None], strict=False):
        ahead, taken = taken, None
        message = ahead.message if ahead is not None else await runtime.database.write(installation_id, _take(one))
        if message is None:
            continue
        needed, called = NEEDS[type(message)]
        if needed not in capabilities:
            # No failure of anybody's: what it says is shown on our own pages.
            why = f"this kind of community has no {called}"
            await runtime.database.write(installation_id, lambda unit, one=one, why=why: unit.outbox.drop(one.id, why=why))  # type: ignore[misc]  # defaults bind
            continue
        key = f"mg{installation_id}-{one.id}"
        try:
            with span("message.send", trace_id=one.trace_id, kind=one.kind, installation=installation_id):
                receipt = await client.find_sent(message, key=key) if one.attempts else None
                receipt = receipt or await client.send(message, key=key)
        except (HostInvalid, HostNotFound) as error:
            log.warning("message_refused", trace_id=one.trace_id, installation=installation_id, message=one.id, reason=error.reason)
            await _failed(runtime, installation_id, one, error, again=False)
            continue
        except (HostBusy, HostUnreachable, HostDenied, HostBroken) as error:
            await _failed(runtime, installation_id, one, error, again=True)
            raise
        remote_id, url = receipt.remote_id, receipt.url

        def mark(unit: UnitOfWork, one: Outgoing = one, remote_id: str = remote_id, url: str = url, following: Outgoing | None = following) -> _Taken | None:
            unit.outbox.sent(one.id, at=unit.now, remote_id=remote_id, url=url)
            unit.record("message.sent", actor="system", kind=one.kind, message=str(one.id))
            return None if following is None else _taken(unit, following)

        taken = await runtime.database.write(installation_id, mark)
        log.info("message_sent", trace_id=one.trace_id, installation=installation_id, message=one.id, kind=one.kind)
        runtime.meter.sent(one.kind)
        sent += 1
    return sent


@dataclass(frozen=True, slots=True)
class _Taken:
    """What :func:`_take` said of a message."""

    message: HostMessage | None


def _taken(unit: UnitOfWork, one: Outgoing) -> _Taken | None:
    """Take the next message in the transaction that marks the one before, which halves the transactions of many; ``None`` if that cannot be."""
    try:
        with unit.savepoint():
            return _Taken(_take(one)(unit))
    except Exception:  # noqa: BLE001 - what was sent is marked in any case; the next is taken by itself, and fails there
        return None


def _take(one: Outgoing) -> Callable[[UnitOfWork], HostMessage | None]:
    def work(unit: UnitOfWork) -> HostMessage | None:
        if not unit.outbox.waits(one.id):
            # Dropped or taken back since it was listed.
            return None
        if one.kind in TO_MEMBERS and one.member_id is not None and not wants_messages(unit.members.get(one.member_id), unit):
            unit.outbox.drop(one.id, why="the member no longer wants messages")
            return None
        if one.kind.startswith(NOTICE) and not telling.leaves(unit, unit.outbox, one.id, one.member_id, key=one.key, group=one.kind.removeprefix(NOTICE)):
            return None
        if one.body is None:
            unit.outbox.drop(one.id, why="the content was erased")
            return None
        try:
            message = wire.load(unit.unseal(one.body, purpose=SEALED))
        except Invalid as error:
            unit.outbox.failed(one.id, error=error.message, next_at=None)
            return None
        if one.kind.startswith(TOGETHER) and isinstance(message, DirectMessage):
            left = _together(unit, one, message)
            if left is None:
                return None
            message = left
        unit.outbox.attempt(one.id, next_at=unit.now + timedelta(seconds=RETRIES[min(one.attempts, len(RETRIES) - 1)]))
        return message

    return work


def _together(unit: UnitOfWork, one: Outgoing, message: DirectMessage) -> DirectMessage | None:
    """A message to several as it may leave now: to those who want it, at an hour that is quiet for none of them; ``None`` if not now, or not at all."""
    if one.attempts:
        # It may be there already; a repeat must be the same message.
        return message
    group = one.kind.removeprefix(TOGETHER)
    people = [member for name in message.to if (member := unit.members.by_username(name)) is not None]
    willing = [member for member in people if (said := reaching.verdict(unit, member, group=group)).send or said.wait_until is not None]
    if len(willing) < 2:
        unit.outbox.drop(one.id, why="fewer than two members want it")
        return None
    at = awake_together(unit.now, [reaching.reach_of(unit, member) for member in willing])
    if at is None or at > unit.now:
        unit.outbox.failed(one.id, error="quiet hours", next_at=at or unit.now + timedelta(hours=6))
        return None
    return replace(message, to=tuple(member.username for member in willing))


async def _failed(runtime: Runtime, installation_id: int, one: Outgoing, error: HostError, *, again: bool) -> None:
    seconds = RETRIES[min(one.attempts, len(RETRIES) - 1)]
    if isinstance(error, HostBusy) and error.retry_after is not None:
        seconds = max(seconds, int(error.retry_after) + 1)

    def work(unit: UnitOfWork) -> None:
        last = not again or one.attempts >= len(RETRIES)
        unit.outbox.failed(one.id, error=error.message, next_at=None if last else unit.now + timedelta(seconds=seconds))

    await runtime.database.write(installation_id, work)


async def listing(runtime: Runtime, installation_id: int, *, state: str | None = None, limit: int = 50) -> list[tuple[Outgoing, Rendered | None]]:
    """The newest messages, or those in one state; those that wait as the host will get them."""
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)

    def work(unit: UnitOfWork) -> list[tuple[Outgoing, Rendered | None]]:
        found = unit.outbox.listing(state=state, limit=limit)
        return [(one, None if one.body is None else host.render(wire.load(unit.unseal(one.body, purpose=SEALED)))) for one in found]

    return await runtime.database.read(installation_id, work)
