"""Telling members something, each by the channel and at the hour that they chose, and never twice."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import orjson

from plugin.domain.notices import NoticeState
from plugin.services.messages import reaching
from plugin.store.repositories.telling import Notice
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import KINDS, missing, people_in

KEPT_FOR = timedelta(days=365)
"""How long it is kept what members were told; keys are used once for as long."""
INTRODUCTION = "introduction:"
"""What keys of messages begin with that introduce several members to each other; those of the notices to each of them, without the member, follow."""
NOTICE = "notice:"
"""What keys of messages and mails begin with that carry a notice; its own key follows."""
_UNSENT = frozenset({NoticeState.WAITING, NoticeState.HELD, NoticeState.GATHERED})
_OURS = frozenset({"role", "role_word", "path", "event", "program", "name", "badge", "days", "minutes", "amount", "at", "old", "times", "until", "next"})
"""What a notice may be about that nobody's words are in. Everything else that is a text goes with whoever the notice names."""


def tell(
    unit: UnitOfWork,
    member_id: int,
    kind: str,
    *,
    key: str,
    about: Mapping[str, str | int],
    at: datetime | None = None,
    until: datetime | None = None,
    quietly: bool = False,
    concerning: Iterable[int] = (),
) -> bool:
    """Tell one member something once, at ``at`` or as soon as they can be reached; ``False`` if ``key`` was used before or the member is gone.

    Everything else is decided when it is sent: whether a manager holds this kind, what the member chose and agreed to, their quiet hours, and how much they
    were told that day. After ``until`` it is of no use and not sent; ``quietly`` only lists it, because it is said in another way. ``concerning``
    are members whom it is about and does not name. Raises :class:`ValueError`
    for a kind that is not declared or a placeholder that is not given: a mistake of ours.
    """
    declared = KINDS.get(kind)
    if declared is None:
        raise ValueError(f"the kind {kind!r} is not declared in plugin/texts")
    if lacking := missing(kind, about):
        raise ValueError(f"the kind {kind!r} needs {', '.join(lacking)}")
    if unit.members.get(member_id) is None:
        return False
    due = max(at or unit.now, unit.now)
    number = unit.new_id()
    told = unit.notices.put(
        Notice(
            id=number,
            key=key,
            member_id=member_id,
            kind=kind,
            group=declared.group,
            about=unit.seal(orjson.dumps(dict(about)), purpose="notice"),
            state=NoticeState.SHOWN if quietly else NoticeState.WAITING,
            created_at=unit.now,
            due_at=due,
            until=until,
        )
    )
    if told:
        unit.notices.name(number, {one for one in (*people_in(kind, about), *concerning) if one != member_id and unit.members.get(one) is not None})
    if told and not quietly:
        unit.wake("tell", at=due)
    return told


class Box(Protocol):
    """What waits to leave: by the host, or by mail."""

    def failed(self, message_id: int, /, *, error: str, next_at: datetime | None) -> None:
        """Let it wait, or give it up."""
        ...

    def drop(self, message_id: int, /, *, why: str) -> None:
        """Give it up, as it is no longer wanted."""
        ...


def leaves(unit: UnitOfWork, box: Box, message_id: int, member_id: int | None, *, key: str, group: str, bar: str = "") -> bool:
    """Whether a notice that was handed over to ``box`` may leave now. One that waits for the morning stays there.

    One that is no longer wanted, came too late or has another ``bar`` in its way is given up there and only listed.
    """
    notice = unit.notices.by_key(key.removeprefix(NOTICE))
    said = reaching.verdict(unit, None if member_id is None else unit.members.get(member_id), group=group)
    why = bar if said.send or said.wait_until is not None else said.why
    if notice is not None and notice.until is not None and notice.until <= unit.now:
        why = why or "it came too late to be sent"
    if why:
        box.drop(message_id, why=why)
        if notice is not None:
            unit.notices.move([notice.id], NoticeState.SHOWN, why=why)
    elif said.wait_until is not None:
        box.failed(message_id, error=said.why, next_at=said.wait_until)
    return said.send and not why


def say_after_all(unit: UnitOfWork, key: str) -> None:
    """Send what was only listed because it was to be said in another way, which fell through."""
    one = unit.notices.by_key(key)
    if one is not None and one.state is NoticeState.SHOWN:
        unit.notices.move([one.id], NoticeState.WAITING)
        unit.wake("tell", at=max(one.due_at, unit.now))


def unsay(unit: UnitOfWork, prefix: str, *, why: str) -> int:
    """Give up what was not sent yet and whose keys begin with ``prefix``; returns how much there was."""
    return unit.notices.drop_keys(prefix, why=why)


def forget(unit: UnitOfWork, member_id: int, *, but: Collection[str] = ()) -> None:
    """Take a member's words out of what others were told, and back what is still on its way to them and names the member.

    For whoever leaves, and before they do: what others are told of that stays. So does what begins with ``but``: introductions of those who go on without them.
    """
    why = "it is about somebody who left"
    found = unit.notices.naming(member_id)
    for one in found:
        about = orjson.loads(unit.unseal(one.about, purpose="notice"))
        kept = {key: value for key, value in about.items() if not isinstance(value, str) or key in _OURS}
        unit.notices.reword(one.id, unit.seal(orjson.dumps(kept), purpose="notice"))
    over = [one for one in found if one.key.rpartition(":")[0] not in but]
    unit.notices.move([one.id for one in over if one.state in _UNSENT], NoticeState.SHOWN, why=why)
    keys = {f"{NOTICE}{one.key}" for one in over}
    unit.outbox.take_back(keys | {f"{INTRODUCTION}{one.key.rpartition(':')[0]}" for one in over}, why=why)
    unit.mails.take_back(keys, why=why)


def export_of(unit: UnitOfWork, member_id: int) -> dict[str, object]:
    """What is kept sealed about a member here, opened for their export: what they were told, and their address."""
    told = unit.notices.of_member(member_id, after=None, limit=100_000)
    address = unit.addresses.get(member_id)
    return {
        "notices": [{"key": one.key, "about": orjson.loads(unit.unseal(one.about, purpose="notice"))} for one in told],
        "address": None if address is None else unit.unseal(address.address, purpose="address").decode(),
    }
