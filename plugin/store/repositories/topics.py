"""Topics of the host."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_

from plugin.domain.content import Topic
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import topics


class Topics(Repository):
    """Threads. What was read or written in a unit of work is remembered until its end."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._known: dict[str, Topic | None] = {}
        self._dirty: dict[str, Topic] = {}

    def load(self, topic_ids: Iterable[str]) -> None:
        """Read many at once, so that :meth:`get` need not."""
        missing = {one for one in topic_ids if one not in self._known}
        self._known |= dict.fromkeys(missing)
        self._known |= {row.topic_id: _topic(row) for row in self._among(topics.c.topic_id, missing)}

    def get(self, topic_id: str) -> Topic | None:
        """The topic with this id."""
        self.load([topic_id])
        return self._known[topic_id]

    def many(self, topic_ids: Iterable[str]) -> dict[str, Topic]:
        """Topics by id; unknown ids are left out."""
        wanted = set(topic_ids)
        self.load(wanted)
        return {one: topic for one in wanted if (topic := self._known[one]) is not None}

    def put(self, topic: Topic) -> None:
        """Insert or replace a topic at the end of the unit of work."""
        self._known[topic.id] = topic
        self._dirty[topic.id] = topic

    def remove(self, topic_id: str) -> None:
        """Forget a topic and its title."""
        self.flush()
        self._known[topic_id] = None
        self._run(self._delete(topics).where(topics.c.topic_id == topic_id))

    def flush(self) -> None:
        """Write what :meth:`put` gathered."""
        if self._dirty:
            rows = [_topic_values(topic) for topic in self._dirty.values()]
            self._dirty.clear()
            self._put(topics, rows)

    def all(self) -> list[Topic]:
        """Every topic."""
        self.flush()
        return [_topic(row) for row in self._rows(self._select(topics).order_by(topics.c.topic_id))]

    def of_author(self, member_id: int) -> list[str]:
        """Ids of the topics that a member began."""
        self.flush()
        return [row[0] for row in self._rows(self._select(topics, topics.c.topic_id).where(topics.c.author_id == member_id))]

    def solved_by(self, post_ids: Iterable[str]) -> list[str]:
        """Ids of the topics whose accepted answer is among these posts."""
        self.flush()
        found: list[str] = []
        for part in chunks(sorted(set(post_ids))):
            found += [row[0] for row in self._rows(self._select(topics, topics.c.topic_id).where(topics.c.solution_post_id.in_(part)))]
        return found

    def mark_seen(self, topic_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these topics."""
        self.flush()
        for part in chunks(topic_ids):
            self._run(self._update(topics).where(topics.c.topic_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int, before: datetime) -> list[str]:
        """Topics that a whole listing did not name although it began after they were made."""
        self.flush()
        older = or_(topics.c.created_at.is_(None), topics.c.created_at < before)
        return [row[0] for row in self._rows(self._select(topics, topics.c.topic_id).where(topics.c.seen_sweep < sweep, older))]


def _topic(row: Row[*tuple[Any, ...]]) -> Topic:
    return Topic(
        id=row.topic_id,
        title=row.title,
        url=row.url,
        space_id=row.space_id,
        tags=tuple(row.tags),
        author_id=row.author_id,
        created_at=row.created_at,
        bumped_at=row.bumped_at,
        visible=row.visible,
        closed=row.closed,
        solution_post_id=row.solution_post_id,
    )


def _topic_values(topic: Topic) -> dict[str, object]:
    return {
        "topic_id": topic.id,
        "title": topic.title,
        "url": topic.url,
        "space_id": topic.space_id,
        "tags": list(topic.tags),
        "author_id": topic.author_id,
        "created_at": topic.created_at,
        "bumped_at": topic.bumped_at,
        "visible": topic.visible,
        "closed": topic.closed,
        "solution_post_id": topic.solution_post_id,
    }
