"""Spaces, topics, posts, likes, and the words that members share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, func, or_

from mentorgraph.events import Access
from plugin.domain.content import Post, Space, Topic
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import gone, likes, mentions, posts, rare_terms, spaces, tags, topics, vocabulary

SHARED_BY = 3
"""A word is kept as text only when at least this many members use it."""


class Spaces(Repository):
    """Categories, channels or rooms."""

    def put(self, space: Space) -> None:
        """Insert or replace a space."""
        self._put(
            spaces,
            [
                {
                    "space_id": space.id,
                    "name": space.name,
                    "slug": space.slug,
                    "url": space.url,
                    "access": space.access.value,
                    "group_ids": list(space.group_ids),
                    "parent_id": space.parent_id,
                }
            ],
        )

    def remove(self, space_id: str) -> None:
        """Forget a space."""
        self._run(self._delete(spaces).where(spaces.c.space_id == space_id))

    def all(self) -> dict[str, Space]:
        """All spaces by id."""
        return {row.space_id: _space(row) for row in self._rows(self._select(spaces))}

    def mark_seen(self, space_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these spaces."""
        for part in chunks(space_ids):
            self._run(self._update(spaces).where(spaces.c.space_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int) -> list[str]:
        """Spaces that a whole listing did not name."""
        return [row[0] for row in self._rows(self._select(spaces, spaces.c.space_id).where(spaces.c.seen_sweep < sweep))]


def _space(row: Row[*tuple[Any, ...]]) -> Space:
    return Space(id=row.space_id, name=row.name, slug=row.slug, url=row.url, access=Access(row.access), group_ids=tuple(row.group_ids), parent_id=row.parent_id)


class Tags(Repository):
    """Tag names."""

    def put(self, name: str) -> None:
        """Remember a tag."""
        self._put(tags, [{"name": name}])

    def remove(self, name: str) -> None:
        """Forget a tag."""
        self._run(self._delete(tags).where(tags.c.name == name))


class Topics(Repository):
    """Threads. What was read or written in a unit of work is remembered until its end."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._known: dict[str, Topic | None] = {}
        self._dirty: dict[str, Topic] = {}

    def load(self, topic_ids: Iterable[str]) -> None:
        """Read many at once, so that :meth:`get` need not."""
        missing = {one for one in topic_ids if one not in self._known}
        for part in chunks(sorted(missing)):
            self._known |= dict.fromkeys(part)
            self._known |= {row.topic_id: _topic(row) for row in self._rows(self._select(topics).where(topics.c.topic_id.in_(part)))}

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

    def solved(self) -> dict[str, str]:
        """The accepted post of each topic that has one."""
        self.flush()
        return {
            row[0]: row[1]
            for row in self._rows(self._select(topics, topics.c.topic_id, topics.c.solution_post_id).where(topics.c.solution_post_id.is_not(None)))
        }

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
        for part in chunks(sorted(missing)):
            self._known |= dict.fromkeys(part)
            self._known |= {row.post_id: _post(row) for row in self._rows(self._select(posts).where(posts.c.post_id.in_(part)))}

    def get(self, post_id: str) -> Post | None:
        """The post with this id."""
        self.load([post_id])
        return self._known[post_id]

    def many(self, post_ids: Iterable[str]) -> dict[str, Post]:
        """Posts by id; unknown ids are left out."""
        wanted = set(post_ids)
        self.load(wanted)
        return {one: post for one in wanted if (post := self._known[one]) is not None}

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


class Gone(Repository):
    """What the host said is gone."""

    @cached_property
    def _any(self) -> bool:
        return bool(self._rows(self._select(gone, gone.c.host_id).limit(1)))

    def has(self, kind: str, host_ids: Iterable[str]) -> set[str]:
        """Which of these are gone."""
        found: set[str] = set()
        for part in chunks(sorted(set(host_ids))) if self._any else ():
            found |= {row[0] for row in self._rows(self._select(gone, gone.c.host_id).where(gone.c.kind == kind, gone.c.host_id.in_(part)))}
        return found

    def add(self, kind: str, host_id: str, *, at: datetime) -> None:
        """Remember that something is gone."""
        self._any = True
        self._put(gone, [{"kind": kind, "host_id": host_id, "at": at}])

    def back(self, kind: str, host_id: str) -> None:
        """It is there after all."""
        # Asked for every post that is read; in most communities nothing is gone.
        if self._any:
            self._run(self._delete(gone).where(gone.c.kind == kind, gone.c.host_id == host_id))

    def prune(self, *, before: datetime) -> None:
        """Forget what can no longer be brought back by a late delivery."""
        self._run(self._delete(gone).where(gone.c.at < before))


class Likes(Repository):
    """Who liked what."""

    def put(self, post_id: str, member_id: int, *, at: datetime) -> bool:
        """Remember a like; ``False`` if it was known, whose time then stays."""
        statement = self._insert(likes).on_conflict_do_nothing()
        return self._run(statement, [{"installation_id": self.installation_id, "post_id": post_id, "member_id": member_id, "at": at}]) > 0

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


class Words(Repository):
    """Which terms may be shown as words.

    The text of a term is kept only once three members have used it. Until then there is its keyed digest and who used it, which cannot be turned back into the
    word without the installation's own key.
    """

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._uses: dict[int, dict[int, str]] = {}

    def note(self, member_id: int, words: Mapping[int, str]) -> None:
        """Take note of the terms that a member used, at the end of the unit of work."""
        self._uses.setdefault(member_id, {}).update(words)

    def flush(self) -> None:
        """Learn what :meth:`note` gathered."""
        if self._uses:
            uses, self._uses = self._uses, {}
            self._learn(uses)

    def _learn(self, uses: Mapping[int, Mapping[int, str]]) -> None:
        digests = {digest for terms in uses.values() for digest in terms}
        known: set[int] = set()
        for part in chunks(sorted(digests)):
            known |= {row[0] for row in self._rows(self._select(vocabulary, vocabulary.c.digest).where(vocabulary.c.digest.in_(part)))}
        fresh = [(digest, member, word) for member, terms in uses.items() for digest, word in terms.items() if digest not in known]
        if not fresh:
            return
        self._put(rare_terms, [{"digest": digest, "member_id": member} for digest, member, _ in fresh])
        word_of = {digest: word for digest, _, word in fresh}
        for part in chunks(sorted(word_of)):
            counts = self._rows(
                self._select(rare_terms, rare_terms.c.digest, func.count())
                .where(rare_terms.c.digest.in_(part))
                .group_by(rare_terms.c.digest)
                .having(func.count() >= SHARED_BY)
            )
            shared = [row[0] for row in counts]
            self._put(vocabulary, [{"digest": digest, "word": word_of[digest]} for digest in shared])
            if shared:
                self._run(self._delete(rare_terms).where(rare_terms.c.digest.in_(shared)))

    def unlearn(self, member_id: int, digests: Iterable[int]) -> None:
        """Forget that a member used these terms."""
        self.flush()
        for part in chunks(digests):
            self._run(self._delete(rare_terms).where(rare_terms.c.member_id == member_id, rare_terms.c.digest.in_(part)))

    def words(self, digests: Iterable[int]) -> dict[int, str]:
        """The words of those terms that may be shown."""
        found: dict[int, str] = {}
        for part in chunks(sorted(set(digests))):
            rows = self._rows(self._select(vocabulary, vocabulary.c.digest, vocabulary.c.word).where(vocabulary.c.digest.in_(part)))
            found |= {row[0]: row[1] for row in rows}
        return found
