"""Likes, the words that members share, and what the host said is gone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, func

from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import gone, likes, rare_terms, vocabulary

SHARED_BY = 3
"""A word is kept as text only when at least this many members use it."""


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
