"""What happened, for developers to hear of, and what was posted where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select

from plugin.domain.webhooks import FeedEvent, Post, PostState, Webhook, WebhookState
from plugin.store.repositories.base import Repository
from plugin.store.tables import feed, webhook_posts, webhooks

_PENDING = webhook_posts.c.state == PostState.PENDING.value


class Feed(Repository):
    """Events of ours."""

    def put(self, event: FeedEvent) -> None:
        """Keep an event."""
        self._put(feed, [{"number": event.number, "type": event.type, "data": dict(event.data), "at": event.at}])

    def get(self, number: int) -> FeedEvent | None:
        """An event by its number."""
        row = self._one(self._select(feed).where(feed.c.number == number))
        return None if row is None else _event(row)

    def last(self) -> int:
        """The number of the newest event; 0 before the first."""
        row = self._one(self._select(feed, func.max(feed.c.number)))
        return 0 if row is None or row[0] is None else int(row[0])

    def after(self, number: int, *, limit: int) -> list[FeedEvent]:
        """Events after a number, in the order in which they happened."""
        return [_event(row) for row in self._rows(self._select(feed).where(feed.c.number > number).order_by(feed.c.number).limit(limit))]

    def since(self, at: datetime, *, limit: int) -> list[FeedEvent]:
        """Events from a moment on, in order."""
        return [_event(row) for row in self._rows(self._select(feed).where(feed.c.at >= at).order_by(feed.c.number).limit(limit))]

    def prune(self, *, before: datetime) -> None:
        """Forget what happened long ago."""
        self._run(self._delete(feed).where(feed.c.at < before))


class Webhooks(Repository):
    """Endpoints of developers, and what was posted there."""

    def put(self, one: Webhook) -> None:
        """Keep an endpoint."""
        row = {
            "webhook_id": one.id,
            "name": one.name,
            "url": one.url,
            "secrets": one.secrets,
            "types": list(one.types),
            "state": one.state.value,
            "created_at": one.created_at,
            "failing_since": one.failing_since,
            "succeeded_at": one.succeeded_at,
            "error": one.error,
        }
        self._put(webhooks, [row])

    def get(self, webhook_id: int) -> Webhook | None:
        """An endpoint."""
        row = self._one(self._select(webhooks).where(webhooks.c.webhook_id == webhook_id))
        return None if row is None else _webhook(row)

    def listing(self) -> list[Webhook]:
        """All endpoints, the oldest first."""
        return [_webhook(row) for row in self._rows(self._select(webhooks).order_by(webhooks.c.created_at, webhooks.c.webhook_id))]

    def remove(self, webhook_id: int) -> bool:
        """Forget an endpoint and all that was or is to be posted there; ``False`` if there is none."""
        return self._run(self._delete(webhooks).where(webhooks.c.webhook_id == webhook_id)) > 0

    # ------------------------------------------------------------------------------------------------------------- posts

    def post(self, webhook_id: int, event: FeedEvent, *, now: datetime) -> None:
        """Have an event posted, for the first time or once more."""
        row = {
            "webhook_id": webhook_id,
            "number": event.number,
            "type": event.type,
            "state": PostState.PENDING.value,
            "attempts": 0,
            "created_at": event.at,
            "next_at": now,
        }
        self._put(webhook_posts, [row], keep=("created_at",))

    def due(self, webhook_id: int, *, now: datetime, limit: int) -> list[int]:
        """Numbers of events to be posted to an endpoint now: those that were never tried first, in the order in which they happened."""
        mine = webhook_posts.c.webhook_id == webhook_id, _PENDING, webhook_posts.c.next_at <= now
        statement = self._select(webhook_posts, webhook_posts.c.number).where(*mine)
        rows = self._rows(statement.order_by(webhook_posts.c.attempts > 0, webhook_posts.c.number).limit(limit))
        return [int(row[0]) for row in rows]

    def next_at(self) -> dict[int, datetime]:
        """When the next event is to be posted to each active endpoint for which one waits."""
        same = webhooks.c.installation_id == webhook_posts.c.installation_id, webhooks.c.webhook_id == webhook_posts.c.webhook_id
        joined = webhook_posts.join(webhooks, and_(*same))
        mine = self._mine(webhook_posts), self._mine(webhooks), _PENDING, webhooks.c.state == WebhookState.ACTIVE.value
        statement = select(webhook_posts.c.webhook_id, func.min(webhook_posts.c.next_at)).select_from(joined).where(*mine)
        return {int(row[0]): row[1] for row in self._connection.execute(statement.group_by(webhook_posts.c.webhook_id))}

    def take(self, webhook_id: int, number: int) -> Post | None:
        """An event that still is to be posted."""
        row = self._one(self._select(webhook_posts).where(*_which(webhook_id, number), _PENDING))
        return None if row is None else _post(row)

    def attempt(self, webhook_id: int, number: int, *, next_at: datetime) -> None:
        """Count a try before it is made."""
        self._set(webhook_id, number, attempts=webhook_posts.c.attempts + 1, next_at=next_at)

    def sent(self, webhook_id: int, number: int, *, at: datetime, status: int) -> None:
        """The endpoint took it."""
        self._set(webhook_id, number, state=PostState.SENT.value, sent_at=at, status=status, error="")

    def failed(self, webhook_id: int, number: int, *, status: int | None, error: str, next_at: datetime | None) -> None:
        """The endpoint did not take it; without ``next_at`` nobody tries again by itself."""
        later: dict[str, object] = {"state": PostState.DEAD.value} if next_at is None else {"next_at": next_at}
        self._set(webhook_id, number, status=status, error=error[:500], **later)

    def hold(self, webhook_id: int, *, until: datetime) -> None:
        """Post nothing to an endpoint before a moment."""
        early = webhook_posts.c.webhook_id == webhook_id, _PENDING, webhook_posts.c.next_at < until
        self._run(self._update(webhook_posts).where(*early).values(next_at=until))

    def hasten(self, webhook_id: int, *, now: datetime, fresh: bool) -> None:
        """Post what waits now; with ``fresh`` only what was never tried."""
        waiting = [webhook_posts.c.webhook_id == webhook_id, _PENDING, webhook_posts.c.next_at > now]
        if fresh:
            waiting.append(webhook_posts.c.attempts == 0)
        self._run(self._update(webhook_posts).where(*waiting).values(next_at=now))

    def log(self, webhook_id: int, *, limit: int, before: int | None = None) -> list[Post]:
        """What was and is to be posted to an endpoint, the newest first."""
        mine = self._select(webhook_posts).where(webhook_posts.c.webhook_id == webhook_id)
        if before is not None:
            mine = mine.where(webhook_posts.c.number < before)
        return [_post(row) for row in self._rows(mine.order_by(webhook_posts.c.number.desc()).limit(limit))]

    def prune(self, *, before: datetime) -> None:
        """Forget what is about events of long ago, whether it was posted or not."""
        self._run(self._delete(webhook_posts).where(webhook_posts.c.created_at < before))

    def _set(self, webhook_id: int, number: int, **values: object) -> None:
        self._run(self._update(webhook_posts).where(*_which(webhook_id, number)).values(**values))


def _which(webhook_id: int, number: int) -> tuple[Any, Any]:
    return webhook_posts.c.webhook_id == webhook_id, webhook_posts.c.number == number


def _event(row: Row[*tuple[Any, ...]]) -> FeedEvent:
    data: Mapping[str, object] = row.data
    return FeedEvent(number=row.number, type=row.type, data=data, at=row.at)


def _webhook(row: Row[*tuple[Any, ...]]) -> Webhook:
    return Webhook(
        id=row.webhook_id,
        name=row.name,
        url=row.url,
        secrets=row.secrets,
        types=tuple(row.types),
        state=WebhookState(row.state),
        created_at=row.created_at,
        failing_since=row.failing_since,
        succeeded_at=row.succeeded_at,
        error=row.error,
    )


def _post(row: Row[*tuple[Any, ...]]) -> Post:
    return Post(
        webhook_id=row.webhook_id,
        number=row.number,
        type=row.type,
        state=PostState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        sent_at=row.sent_at,
        status=row.status,
        error=row.error,
    )
