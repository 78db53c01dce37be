"""The words that members share."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, func

from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import members, rare_terms, vocabulary

SHARED_BY = 3
"""A word is kept as text only when at least this many members use it."""


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

    def all(self) -> dict[int, str]:
        """All terms that may be shown as words, because enough members used them."""
        self.flush()
        return {row[0]: row[1] for row in self._rows(self._select(vocabulary, vocabulary.c.digest, vocabulary.c.word).order_by(vocabulary.c.digest))}

    def unshare(self, users: Mapping[int, Collection[int]]) -> None:
        """Forget the words of terms that fewer members use by now; who of these still uses each is remembered, so that they count again."""
        self.flush()
        for part in chunks(sorted(users)):
            self._run(self._delete(vocabulary).where(vocabulary.c.digest.in_(part)))
            there = {member for digest in part for member in users[digest]}
            here: set[int] = set()
            for some in chunks(sorted(there)):
                here |= {row[0] for row in self._rows(self._select(members, members.c.member_id).where(members.c.member_id.in_(some)))}
            self._put(rare_terms, [{"digest": digest, "member_id": member} for digest in part for member in sorted(users[digest]) if member in here])
