"""Messages to the host, from when they are written until they were sent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.store.repositories.sending import Sending
from plugin.store.tables import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message on its way to the host; ``body`` is sealed and gone once it was sent."""

    id: int
    key: str
    kind: str
    member_id: int | None
    body: bytes | None = field(repr=False)
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    error: str = ""
    trace_id: str = ""


class Outbox(Sending):
    """Messages to the host. A key is used once for ever: a message that was sent is never sent again."""

    _table, _number = outbox, outbox.c.message_id

    def put(self, message: Outgoing) -> bool:
        """Keep a message unless its key is known; ``False`` if it is."""
        row = {
            "message_id": message.id,
            "key": message.key,
            "kind": message.kind,
            "member_id": message.member_id,
            "body": message.body,
            "state": message.state,
            "created_at": message.created_at,
            "next_at": message.next_at,
            "trace_id": message.trace_id,
        }
        return self._add(outbox, row, unique=("key",))

    def due(self, *, now: datetime, limit: int) -> list[Outgoing]:
        """Messages to be sent now, oldest first."""
        waiting = outbox.c.state == "pending", outbox.c.next_at <= now
        return [_outgoing(row) for row in self._rows(self._select(outbox).where(*waiting).order_by(outbox.c.next_at).limit(limit))]

    def waits(self, message_id: int) -> bool:
        """Whether a message still is to be sent."""
        return any(row[0] == "pending" for row in self._where(outbox.c.message_id, message_id, outbox.c.state))

    def on_its_way(self, key: str) -> bool:
        """Whether a message is to be sent still, for the first time or again."""
        return self._one(self._select(outbox, outbox.c.message_id).where(outbox.c.key == key, outbox.c.state == "pending")) is not None

    def remote_id(self, key: str) -> str:
        """What the host calls what a message made there; empty as long as it was not sent."""
        return self.place(key)[0]

    def place(self, key: str) -> tuple[str, str]:
        """What the host calls what a message made there, and its address; both empty as long as it was not sent."""
        row = self._one(self._select(outbox, outbox.c.remote_id, outbox.c.url).where(outbox.c.key == key))
        return ("", "") if row is None else (str(row[0]), str(row[1]))

    def unsent(self, key: str) -> Outgoing | None:
        """A message that nobody tried to send yet."""
        row = self._one(self._select(outbox).where(outbox.c.key == key, outbox.c.state == "pending", outbox.c.attempts == 0))
        return None if row is None else _outgoing(row)

    def rewrite(self, key: str, body: bytes) -> bool:
        """Put other content into a message that nobody tried to send yet; ``False`` if somebody did."""
        waiting = outbox.c.key == key, outbox.c.state == "pending", outbox.c.attempts == 0
        return self._run(self._update(outbox).where(*waiting).values(body=body)) > 0

    def prune(self, *, dead_before: datetime) -> None:
        """Erase the content of messages that could not be sent and are older than this."""
        self._run(self._update(outbox).where(outbox.c.state == "dead", outbox.c.created_at < dead_before).values(body=None))

    def sent(self, message_id: int, *, at: datetime, remote_id: str, url: str) -> None:
        """Mark as sent and erase the content."""
        self._set(message_id, state="sent", sent_at=at, remote_id=remote_id, url=url, body=None, error="")

    def failed(self, message_id: int, *, error: str, next_at: datetime | None) -> None:
        """Remember a failure; without ``next_at`` nobody tries again by itself."""
        later: dict[str, object] = {"state": "dead"} if next_at is None else {"next_at": next_at}
        self._set(message_id, error=error[:500], **later)

    def drop_for(self, member_id: int, *, why: str) -> None:
        """Give up everything that waits for a member."""
        mine = outbox.c.member_id == member_id, outbox.c.state == "pending"
        self._run(self._update(outbox).where(*mine).values(state="dropped", body=None, error=why))

    def retry(self, *, now: datetime) -> int:
        """Make dead messages due again."""
        return self._run(self._update(outbox).where(outbox.c.state == "dead", outbox.c.body.is_not(None)).values(state="pending", next_at=now))

    def listing(self, *, limit: int, state: str | None = None) -> list[Outgoing]:
        """Messages, newest first."""
        statement = self._select(outbox)
        if state is not None:
            statement = statement.where(outbox.c.state == state)
        return [_outgoing(row) for row in self._rows(statement.order_by(outbox.c.created_at.desc(), outbox.c.message_id.desc()).limit(limit))]

    def counts(self) -> dict[str, int]:
        """How many messages are in each state."""
        return {row[0]: int(row[1]) for row in self._rows(self._select(outbox, outbox.c.state, func.count()).group_by(outbox.c.state))}


def _outgoing(row: Row[*tuple[Any, ...]]) -> Outgoing:
    return Outgoing(
        id=row.message_id,
        key=row.key,
        kind=row.kind,
        member_id=row.member_id,
        body=row.body,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        error=row.error,
        trace_id=row.trace_id,
    )
