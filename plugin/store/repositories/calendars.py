"""Events in members' calendars, and the private addresses of those."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.store.repositories.base import Repository
from plugin.store.tables import calendar_events, calendar_feeds, calendar_people


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """An event as it is kept; ``body`` is sealed."""

    uid: str
    body: bytes = field(repr=False)
    sequence: int
    starts_at: datetime
    changed_at: datetime
    cancelled: bool = False


class Calendars(Repository):
    """Events by their ids in calendars."""

    def get(self, uid: str) -> KeptEvent | None:
        """An event."""
        row = self._one(self._select(calendar_events).where(calendar_events.c.uid == uid))
        return None if row is None else _event(row)

    def put(self, event: KeptEvent, member_ids: Iterable[int]) -> None:
        """Keep an event, in the calendars of these members and no others."""
        row = {
            "uid": event.uid,
            "body": event.body,
            "sequence": event.sequence,
            "starts_at": event.starts_at,
            "changed_at": event.changed_at,
            "cancelled": event.cancelled,
        }
        self._put(calendar_events, [row])
        self._run(self._delete(calendar_people).where(calendar_people.c.uid == event.uid))
        self._put(calendar_people, [{"uid": event.uid, "member_id": one} for one in sorted(set(member_ids))])

    def people(self, uid: str) -> list[int]:
        """In whose calendars an event is."""
        rows = self._rows(self._select(calendar_people, calendar_people.c.member_id).where(calendar_people.c.uid == uid).order_by(calendar_people.c.member_id))
        return [int(row[0]) for row in rows]

    def of_member(self, member_id: int, *, since: datetime, limit: int = 500) -> list[KeptEvent]:
        """A member's events that begin after a moment, in order."""
        mine = self._select(calendar_people, calendar_people.c.uid).where(calendar_people.c.member_id == member_id).scalar_subquery()
        statement = self._select(calendar_events).where(calendar_events.c.uid.in_(mine), calendar_events.c.starts_at > since)
        return [_event(row) for row in self._rows(statement.order_by(calendar_events.c.starts_at, calendar_events.c.uid).limit(limit))]

    def prune(self, *, before: datetime) -> None:
        """Forget events that began long ago."""
        self._run(self._delete(calendar_events).where(calendar_events.c.starts_at < before))

    def set_feed(self, member_id: int, digest: bytes, *, at: datetime) -> None:
        """Give a member's calendar a private address in place of an earlier one."""
        self._put(calendar_feeds, [{"member_id": member_id, "digest": digest, "created_at": at}])

    def feed_since(self, member_id: int) -> datetime | None:
        """Since when a member's calendar has its private address."""
        row = self._one(self._select(calendar_feeds, calendar_feeds.c.created_at).where(calendar_feeds.c.member_id == member_id))
        return None if row is None else row[0]

    def revoke_feed(self, member_id: int) -> None:
        """Take a calendar's private address away."""
        self._run(self._delete(calendar_feeds).where(calendar_feeds.c.member_id == member_id))

    def of_feed(self, digest: bytes) -> int | None:
        """Whose calendar has this address."""
        row = self._one(self._select(calendar_feeds, calendar_feeds.c.member_id).where(calendar_feeds.c.digest == digest))
        return None if row is None else int(row[0])


def _event(row: Row[*tuple[Any, ...]]) -> KeptEvent:
    return KeptEvent(uid=row.uid, body=row.body, sequence=row.sequence, starts_at=row.starts_at, changed_at=row.changed_at, cancelled=row.cancelled)
