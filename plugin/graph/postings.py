"""Which documents hold a term: an inverted index that takes increments and gives them back without a trace.

A document is a topic (its opening post) or a member's replies within one topic. Lists are sorted by document; counts are whole numbers, so what was added
can be subtracted exactly. Bulk builds leave segments, which are never changed; a term that changes afterwards gets lists of its own, copied from the segments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Column

MAX_COUNT = 3
"""More occurrences in one post say nothing more about its subject."""

Entries = tuple[NDArray[np.int32], NDArray[np.uint8]]

_TOP = 255
_NO_DOCUMENTS: NDArray[np.int32] = np.empty(0, np.int32)
_NO_COUNTS: NDArray[np.uint8] = np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Segment:
    """What one bulk build knows: ``documents[offsets[i]:offsets[i + 1]]`` hold ``terms[i]``; terms are sorted, documents are within a term."""

    terms: NDArray[np.int64]
    offsets: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.uint8]
    over: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """What does not fit into a byte, by term and document."""

    def bounds(self, term: int) -> tuple[int, int]:
        place = int(np.searchsorted(self.terms, term))
        if place == len(self.terms) or int(self.terms[place]) != term:
            return 0, 0
        return int(self.offsets[place]), int(self.offsets[place + 1])


def segment(terms: NDArray[np.int64], documents: NDArray[np.int32], counts: NDArray[np.uint8]) -> Segment:
    """A segment of parallel arrays in any order, in which a pair of term and document may repeat."""
    names, ranks = np.unique(terms, return_inverse=True)
    # One sort of whole numbers that hold everything is several times faster than to look for an order and then follow it.
    keys = np.sort((ranks.astype(np.int64) << 33) | (documents.astype(np.int64) << 2) | np.minimum(counts, MAX_COUNT))
    terms, documents, counts = keys >> 33, (keys >> 2 & 2**31 - 1).astype(np.int32), (keys & 3).astype(np.uint8)
    fresh = np.ones(len(terms), bool)
    fresh[1:] = (terms[1:] != terms[:-1]) | (documents[1:] != documents[:-1])
    starts = np.flatnonzero(fresh)
    sums = np.add.reduceat(counts.astype(np.int64), starts) if len(starts) else np.empty(0, np.int64)
    terms, documents = terms[starts], documents[starts]
    first = np.ones(len(terms), bool)
    first[1:] = terms[1:] != terms[:-1]
    offsets = np.append(np.flatnonzero(first), len(terms)).astype(np.int64)
    large = np.flatnonzero(sums > _TOP)
    over = {(int(names[terms[i]]), int(documents[i])): int(sums[i]) - _TOP for i in large.tolist()}
    return Segment(names[terms[offsets[:-1]]], offsets, documents, np.minimum(sums, _TOP).astype(np.uint8), over)


def joined(segments: list[Segment]) -> Segment:
    """One segment of several, whose documents grow from segment to segment. Empties the list on the way, so that little is in memory twice.

    A question looks a term up in every segment, so their number is part of its price.
    """
    names = np.unique(np.concatenate([one.terms for one in segments]))
    sizes = np.zeros(len(names), np.int64)
    for one in segments:
        sizes[np.searchsorted(names, one.terms)] += np.diff(one.offsets)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    documents, counts = np.empty(int(offsets[-1]), np.int32), np.empty(int(offsets[-1]), np.uint8)
    free = offsets[:-1].copy()
    over: dict[tuple[int, int], int] = {}
    while segments:
        one = segments.pop(0)
        place, held = np.searchsorted(names, one.terms), np.diff(one.offsets)
        into = np.repeat(free[place] - one.offsets[:-1], held) + np.arange(len(one.documents))
        documents[into], counts[into] = one.documents, one.counts
        free[place] += held
        over.update(one.over)
    return Segment(names, offsets, documents, counts, over)


class _Own:
    """The documents of one term that has changed since the bulk build."""

    __slots__ = ("_counts", "_documents", "size")

    def __init__(self, documents: NDArray[np.int32], counts: NDArray[np.uint8]) -> None:
        self._documents, self._counts, self.size = documents, counts, len(documents)

    @property
    def documents(self) -> NDArray[np.int32]:
        return self._documents[: self.size]

    @property
    def counts(self) -> NDArray[np.uint8]:
        return self._counts[: self.size]

    def find(self, document: int) -> int:
        """Where a document stands, or -1."""
        place = int(np.searchsorted(self.documents, document))
        return place if place < self.size and int(self._documents[place]) == document else -1

    def insert(self, document: int) -> int:
        last = int(self._documents[self.size - 1]) if self.size else -1
        place = self.size if document > last else int(np.searchsorted(self.documents, document))
        if self.size == len(self._documents):
            room = self.size + max(4, self.size // 4)
            documents, counts = np.empty(room, np.int32), np.empty(room, np.uint8)
            documents[: self.size], counts[: self.size] = self.documents, self.counts
            self._documents, self._counts = documents, counts
        self._documents[place + 1 : self.size + 1] = self._documents[place : self.size]
        self._counts[place + 1 : self.size + 1] = self._counts[place : self.size]
        self._documents[place], self._counts[place] = document, 0
        self.size += 1
        return place

    def delete(self, place: int) -> None:
        self._documents, self._counts = np.delete(self.documents, place), np.delete(self.counts, place)
        self.size -= 1

    def set(self, place: int, count: int) -> None:
        self._counts[place] = count


class Postings:
    """All terms of all documents of one kind. Not synchronised.

    ``room`` is for one question's sums, by document; it holds zeros in between: making millions of zeros anew takes longer than adding up. Whoever uses it
    holds the knowledge's lock, so that questions of several threads take turns.
    """

    def __init__(self) -> None:
        self.room = Column(np.float32)
        self._segments: list[Segment] = []
        self._own: dict[int, _Own] = {}
        self._over: dict[tuple[int, int], int] = {}  # counts beyond a byte

    def add(self, document: int, terms: Mapping[int, int]) -> None:
        """Count the terms of one post in for ``document``."""
        for term, occurrences in terms.items():
            own = self._owned(term)
            place = own.find(document)
            if place < 0:
                place = own.insert(document)
            total = int(own.counts[place]) + min(occurrences, MAX_COUNT)
            if total > _TOP:
                self._over[term, document] = self._over.get((term, document), 0) + total - _TOP
            own.set(place, min(total, _TOP))

    def subtract(self, document: int, terms: Mapping[int, int]) -> None:
        """Count the terms of one post out again. The post must have been added with these terms."""
        for term, occurrences in terms.items():
            own = self._owned(term)
            place = own.find(document)
            if place >= 0:
                over = self._over.pop((term, document), 0)
                total = int(own.counts[place]) + over - min(occurrences, MAX_COUNT)
                if total > _TOP:
                    self._over[term, document] = total - _TOP
                own.set(place, max(min(total, _TOP), 0))
                if total <= 0:
                    own.delete(place)
            if not own.size and not self._segments:
                del self._own[term]

    def get(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """The documents that hold a term, sorted, and how often it occurs in each."""
        own = self._own.get(term)
        if own is not None:
            return own.documents, own.counts
        slices = [(s, *s.bounds(term)) for s in self._segments]
        found = [(s.documents[a:b], s.counts[a:b]) for s, a, b in slices if b > a]
        if len(found) == 1:
            return found[0]
        if not found:
            return _NO_DOCUMENTS, _NO_COUNTS
        return np.concatenate([d for d, _ in found]), np.concatenate([c for _, c in found])

    def find(self, terms: Iterable[int]) -> dict[int, list[Entries]]:
        """For many terms at once what :meth:`get` returns, in pieces; terms that no document holds are left out."""
        found: dict[int, list[Entries]] = {}
        wanted: list[int] = []
        for term in terms:
            own = self._own.get(term)
            if own is None:
                wanted.append(term)
            elif own.size:
                found[term] = [(own.documents, own.counts)]
        sought = np.array(sorted(wanted), np.int64)
        for one in self._segments:
            places = np.minimum(np.searchsorted(one.terms, sought), max(len(one.terms) - 1, 0))
            hits = np.flatnonzero(one.terms[places] == sought) if len(one.terms) else np.empty(0, np.int64)
            for term, place in zip(sought[hits].tolist(), places[hits].tolist(), strict=True):
                a, b = int(one.offsets[place]), int(one.offsets[place + 1])
                found.setdefault(term, []).append((one.documents[a:b], one.counts[a:b]))
        return found

    def frequency(self, term: int) -> int:
        """How many documents hold a term."""
        own = self._own.get(term)
        if own is not None:
            return own.size
        return sum(b - a for a, b in (s.bounds(term) for s in self._segments))

    def load(self, segments: list[Segment]) -> None:
        """Take the segments of a bulk build, which empties the list, in place of everything. Documents grow from segment to segment and none is in two."""
        self._segments, self._own = [joined(segments)] if segments else [], {}
        self._over = {key: extra for one in self._segments for key, extra in one.over.items()}

    def content(self) -> dict[int, dict[int, int]]:
        """Everything, for tests and small communities: count by document by term."""
        terms = {t for s in self._segments for t in s.terms.tolist()} | set(self._own)
        content = {}
        for term in terms:
            documents, counts = self.get(term)
            if len(documents):
                pairs = zip(documents.tolist(), counts.tolist(), strict=True)
                content[term] = {d: c + self._over.get((term, d), 0) for d, c in pairs}
        return content

    def _owned(self, term: int) -> _Own:
        own = self._own.get(term)
        if own is None:
            documents, counts = self.get(term)
            own = self._own[term] = _Own(documents.copy(), counts.copy())
        return own
