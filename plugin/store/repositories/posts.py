"""Posts of the host, whom they name and who liked them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select

from plugin.domain.content import Cited, Post
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import likes, mentions, posts, topics

_CITED = (
    select(posts.c.post_id, topics.c.title, posts.c.url, topics.c.url.label("topic_url"), topics.c.space_id)
    .join_from(posts, topics, and_(topics.c.installation_id == posts.c.installation_id, topics.c.topic_id == posts.c.topic_id))
    .where(
        posts.c.installation_id == bindparam("installation"),
        topics.c.installation_id == bindparam("installation"),
        posts.c.live.is_(True),
        posts.c.post_id.in_(bindparam("given", expanding=True)),
    )
)
"""Made once, as it is asked for with every page of suggestions."""


class Posts(Repository):
    """Posts as counts of terms. What was read or written in a unit of work is remembered until its end."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._known: dict[str, Post | None] = {}
        self._dirty: dict[str, Post] = {}
        self._named: dict[str, tuple[tuple[int, ...], bool]] = {}

    def load(self, post_ids: Iterable[str]) -> None:
        """Read many at once, so that :meth:`get` need not."""
        missing = {one for one in post_ids if one not in self._known}
        self._known |= dict.fromkeys(missing)
        self._known |= {row.post_id: _post(row) for row in self._among(posts.c.post_id, missing)}

    def get(self, post_id: str) -> Post | None:
        """The post with this id."""
        self.load([post_id])
        return self._known[post_id]

    def many(self, post_ids: Iterable[str]) -> dict[str, Post]:
        """Posts by id; unknown ids are left out."""
        wanted = set(post_ids)
        self.load(wanted)
        return {one: post for one in wanted if (post := self._known[one]) is not None}

    def cited(self, post_ids: Iterable[str]) -> list[Cited]:
        """Those of these posts that are there now, as evidence; without those of topics whose author was erased, which have nothing left to be shown by."""
        self.flush()
        found: list[Cited] = []
        for part in chunks(sorted(set(post_ids))):
            rows = self._connection.execute(_CITED, {"installation": self.installation_id, "given": part})
            found += [Cited(post_id=row[0], title=row[1], url=row[2] or row[3], space_id=row[4]) for row in rows if row[1] or row[2] or row[3]]
        return found

    def put(self, post: Post) -> None:
        """Insert or replace a post at the end of the unit of work."""
        self._known[post.id] = post
        self._dirty[post.id] = post

    def set_mentions(self, post_id: str, member_ids: Iterable[int], *, new: bool) -> None:
        """Remember whom a post names, at the end of the unit of work. ``new`` says that the post was not known before."""
        self._named[post_id] = (tuple(dict.fromkeys(member_ids)), new)

    def mentions(self, post_ids: Iterable[str] | None = None) -> list[tuple[str, int]]:
        """Post and named member; of all posts, or of these."""
        columns = mentions.c.post_id, mentions.c.member_id
        if post_ids is None:
            return [(row[0], row[1]) for row in self._rows(self._select(mentions, *columns))]
        found: list[tuple[str, int]] = []
        for part in chunks(sorted(set(post_ids))):
            found += [(row[0], row[1]) for row in self._rows(self._select(mentions, *columns).where(mentions.c.post_id.in_(part)))]
        return found

    def remove(self, post_id: str) -> None:
        """Forget a post, its terms and its likes."""
        self.flush()
        self._known[post_id] = None
        for table in (likes, mentions, posts):
            self._run(self._delete(table).where(table.c.post_id == post_id))

    def flush(self) -> None:
        """Write what :meth:`put` gathered."""
        if self._dirty:
            rows = [_post_values(post) for post in self._dirty.values()]
            self._dirty.clear()
            self._put(posts, rows)
        if self._named:
            named = dict(self._named)
            self._named.clear()
            known = [post_id for post_id, (_, new) in named.items() if not new]
            for part in chunks(known):
                self._run(self._delete(mentions).where(mentions.c.post_id.in_(part)))
            self._put(mentions, [{"post_id": post_id, "member_id": one} for post_id, (members, _) in named.items() for one in members])

    def of_topic(self, topic_id: str) -> list[Post]:
        """The posts of a topic by number."""
        self.flush()
        return [_post(row) for row in self._rows(self._select(posts).where(posts.c.topic_id == topic_id).order_by(posts.c.number))]

    def of_author(self, member_id: int) -> list[str]:
        """Ids of the posts of a member."""
        self.flush()
        return [row[0] for row in self._rows(self._select(posts, posts.c.post_id).where(posts.c.author_id == member_id))]

    def each(self) -> Iterator[Post]:
        """Every post by topic and number, read in parts; for the graph."""
        self.flush()
        result = self._connection.execute(self._select(posts).order_by(posts.c.topic_id, posts.c.number))
        for part in result.partitions(2_000):
            yield from map(_post, part)

    def count(self) -> int:
        """How many posts are known."""
        self.flush()
        row = self._one(self._select(posts, func.count()))
        return 0 if row is None else int(row[0])

    def mark_seen(self, post_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these posts."""
        self.flush()
        for part in chunks(post_ids):
            self._run(self._update(posts).where(posts.c.post_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int, before: datetime) -> list[str]:
        """Posts that a whole listing did not name although it began after they were made."""
        self.flush()
        return [row[0] for row in self._rows(self._select(posts, posts.c.post_id).where(posts.c.seen_sweep < sweep, posts.c.created_at < before))]


def _post(row: Row[*tuple[Any, ...]]) -> Post:
    return Post(
        id=row.post_id,
        topic_id=row.topic_id,
        author_id=row.author_id,
        number=row.number,
        reply_to_number=row.reply_to_number,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        url=row.url,
        terms=row.terms,
        like_count=row.like_count,
        live=row.live,
    )


def _post_values(post: Post) -> dict[str, object]:
    return {
        "post_id": post.id,
        "topic_id": post.topic_id,
        "author_id": post.author_id,
        "number": post.number,
        "reply_to_number": post.reply_to_number,
        "created_at": post.created_at,
        "updated_at": post.updated_at,
        "version": post.version,
        "url": post.url,
        "terms": post.terms,
        "like_count": post.like_count,
        "live": post.live,
    }


class Likes(Repository):
    """Who liked what."""

    def put(self, post_id: str, member_id: int, *, at: datetime) -> bool:
        """Remember a like; ``False`` if it was known, whose time then stays."""
        return self._add(likes, {"post_id": post_id, "member_id": member_id, "at": at}, unique=("post_id", "member_id"))

    def remove(self, post_id: str, member_id: int) -> None:
        """Forget a like."""
        self._run(self._delete(likes).where(likes.c.post_id == post_id, likes.c.member_id == member_id))

    def by_member(self, member_id: int) -> set[str]:
        """The posts that a member liked."""
        return {row[0] for row in self._rows(self._select(likes, likes.c.post_id).where(likes.c.member_id == member_id))}

    def of_posts(self, post_ids: Iterable[str]) -> list[tuple[str, int, datetime]]:
        """Post, member and time of each like of these posts."""
        found: list[tuple[str, int, datetime]] = []
        for part in chunks(sorted(set(post_ids))):
            rows = self._rows(self._select(likes, likes.c.post_id, likes.c.member_id, likes.c.at).where(likes.c.post_id.in_(part)))
            found += [(row[0], row[1], row[2]) for row in rows]
        return found

    def all(self) -> list[tuple[str, int, datetime]]:
        """Post, member and time of every like."""
        return [(row[0], row[1], row[2]) for row in self._rows(self._select(likes, likes.c.post_id, likes.c.member_id, likes.c.at))]
