"""The inbox: every delivery that was acknowledged, until it is handled."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from plugin.store.tables import inbox


class Waiting:
    """A delivery that waits to be handled."""

    __slots__ = ("attempts", "body", "event_id", "kind", "received_at", "trace_id")

    def __init__(self, *, event_id: str, kind: str, body: bytes, trace_id: str, received_at: datetime, attempts: int) -> None:
        self.event_id = event_id
        self.kind = kind
        self.body = body
        self.trace_id = trace_id
        self.received_at = received_at
        self.attempts = attempts


class Inbox:
    """One installation's deliveries."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        self._connection = connection
        self._id = installation_id

    def _where(self, event_ids: Sequence[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return inbox.c.installation_id == self._id, inbox.c.event_id.in_(event_ids)

    def due(self, *, now: datetime, limit: int) -> list[Waiting]:
        """The deliveries to be handled now, oldest first."""
        rows = self._connection.execute(
            select(inbox.c.event_id, inbox.c.kind, inbox.c.body, inbox.c.trace_id, inbox.c.received_at, inbox.c.attempts)
            .where(inbox.c.installation_id == self._id, inbox.c.state == "new", inbox.c.next_at <= now)
            .order_by(inbox.c.next_at)
            .limit(limit)
        )
        return [Waiting(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name

    def next_at(self) -> datetime | None:
        """When the next delivery falls due."""
        return self._connection.execute(
            select(inbox.c.next_at).where(inbox.c.installation_id == self._id, inbox.c.state == "new").order_by(inbox.c.next_at).limit(1)
        ).scalar()

    def oldest(self) -> datetime | None:
        """When the oldest delivery that is not handled came."""
        return self._connection.execute(select(func.min(inbox.c.received_at)).where(inbox.c.installation_id == self._id, inbox.c.state == "new")).scalar()

    def handled(self, event_ids: Sequence[str], *, now: datetime) -> None:
        """Mark as handled and erase the content."""
        if event_ids:
            self._connection.execute(update(inbox).where(*self._where(event_ids)).values(state="handled", body=None, handled_at=now, error=""))

    def failed(self, event_id: str, *, error: str, attempts: int, next_at: datetime | None) -> None:
        """Remember a failure; without ``next_at`` the delivery becomes a dead letter and keeps its content for a retry by hand."""
        values: dict[str, object] = {"attempts": attempts, "error": error[:500]}
        values |= {"state": "dead"} if next_at is None else {"next_at": next_at}
        self._connection.execute(update(inbox).where(*self._where([event_id])).values(**values))

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        rows = self._connection.execute(select(inbox.c.state, func.count()).where(inbox.c.installation_id == self._id).group_by(inbox.c.state))
        return {state: number for state, number in rows}  # noqa: C416 - rows are not tuples to the type checker

    def listing(self, *, state: str | None, limit: int) -> list[dict[str, object]]:
        """The newest deliveries without their content, for the admin."""
        query = select(
            inbox.c.event_id, inbox.c.kind, inbox.c.state, inbox.c.attempts, inbox.c.received_at, inbox.c.handled_at, inbox.c.error, inbox.c.trace_id
        )
        query = query.where(inbox.c.installation_id == self._id)
        if state is not None:
            query = query.where(inbox.c.state == state)
        return [dict(row._mapping) for row in self._connection.execute(query.order_by(inbox.c.received_at.desc()).limit(limit))]  # noqa: SLF001

    def found(
        self, *, state: str | None, event_ids: Sequence[str] | None, kind: str | None, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """The newest deliveries that fit each condition that is given."""
        query = select(inbox).where(inbox.c.installation_id == self._id, *_fitting(event_ids=event_ids, kind=kind, since=since, until=until))
        if state is not None:
            query = query.where(inbox.c.state == state)
        return self._connection.execute(query.order_by(inbox.c.received_at.desc(), inbox.c.event_id).limit(limit)).all()

    def retry(
        self,
        *,
        now: datetime,
        event_ids: Sequence[str] | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Make dead letters that still have their content due again: those that fit each condition that is given."""
        done = self._connection.execute(
            update(inbox)
            .where(inbox.c.installation_id == self._id, inbox.c.state == "dead", inbox.c.body.is_not(None))
            .where(*_fitting(event_ids=event_ids, kind=kind, since=since, until=until))
            .values(state="new", attempts=0, next_at=now)
        )
        return done.rowcount

    def prune(self, *, now: datetime, handled_after: timedelta, dead_after: timedelta) -> None:
        """Forget deliveries that were handled or given up, and the content of dead letters, that are older than their terms."""
        mine = inbox.c.installation_id == self._id
        self._connection.execute(delete(inbox).where(mine, inbox.c.state.in_(("handled", "dead")), inbox.c.received_at < now - handled_after))
        self._connection.execute(update(inbox).where(mine, inbox.c.state == "dead", inbox.c.received_at < now - dead_after).values(body=None))


def _fitting(*, event_ids: Sequence[str] | None, kind: str | None, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if event_ids is not None:
        wanted.append(inbox.c.event_id.in_(event_ids))
    if kind is not None:
        wanted.append(inbox.c.kind == kind)
    if since is not None:
        wanted.append(inbox.c.received_at >= since)
    if until is not None:
        wanted.append(inbox.c.received_at < until)
    return wanted
