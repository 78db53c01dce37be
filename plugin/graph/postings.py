"""Which documents hold a term: an inverted index that takes increments and gives them back without a trace.

A document is a topic (its opening post) or a member's replies within one topic. Lists are sorted by document number; counts are whole numbers, so what was added can
be subtracted exactly. A bulk build makes one pair of arrays, of which the lists are slices; a list that changes becomes its own.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MAX_COUNT = 3
"""More occurrences in one post say nothing more about its subject."""

_TOP = 255


class Posting:
    """The documents of one term, with how often it occurs in each."""

    __slots__ = ("_counts", "_documents", "size")

    def __init__(self, documents: NDArray[np.int32], counts: NDArray[np.uint8]) -> None:
        self._documents = documents
        self._counts = counts
        self.size = len(documents)

    @property
    def documents(self) -> NDArray[np.int32]:
        return self._documents[: self.size]

    @property
    def counts(self) -> NDArray[np.uint8]:
        return self._counts[: self.size]

    def place(self, document: int) -> int:
        """Where a document stands or would stand."""
        if self.size and document > int(self._documents[self.size - 1]):
            return self.size
        return int(np.searchsorted(self.documents, document))

    def holds(self, place: int, document: int) -> bool:
        return place < self.size and int(self._documents[place]) == document

    def insert(self, place: int, document: int) -> None:
        if self.size == len(self._documents) or not self._documents.flags.owndata:
            room = self.size + max(4, self.size // 4)
            documents, counts = np.empty(room, np.int32), np.empty(room, np.uint8)
            documents[: self.size], counts[: self.size] = self.documents, self.counts
            self._documents, self._counts = documents, counts
        self._documents[place + 1 : self.size + 1] = self._documents[place : self.size]
        self._counts[place + 1 : self.size + 1] = self._counts[place : self.size]
        self._documents[place] = document
        self._counts[place] = 0
        self.size += 1

    def delete(self, place: int) -> None:
        self._documents, self._counts = np.delete(self.documents, place), np.delete(self.counts, place)
        self.size -= 1

    def add(self, place: int, count: int) -> int:
        """Change a count; returns what did not fit or, below zero, is missing."""
        total = int(self._counts[place]) + count
        kept = min(max(total, 0), _TOP)
        self._counts[place] = kept
        return total - kept


class Postings:
    """All terms. Not synchronised."""

    def __init__(self) -> None:
        self.terms: dict[int, Posting] = {}
        self._over: dict[tuple[int, int], int] = {}

    def add(self, document: int, terms: Mapping[int, int]) -> None:
        """Count the terms of one post in for ``document``."""
        for term, occurrences in terms.items():
            posting = self.terms.get(term)
            if posting is None:
                posting = self.terms[term] = Posting(np.empty(0, np.int32), np.empty(0, np.uint8))
            place = posting.place(document)
            if not posting.holds(place, document):
                posting.insert(place, document)
            over = posting.add(place, min(occurrences, MAX_COUNT))
            if over:
                self._over[term, document] = self._over.get((term, document), 0) + over

    def subtract(self, document: int, terms: Mapping[int, int]) -> None:
        """Count the terms of one post out again; the post must have been added with these terms."""
        for term, occurrences in terms.items():
            posting = self.terms.get(term)
            if posting is None:
                continue
            place = posting.place(document)
            if not posting.holds(place, document):
                continue
            self._take(posting, place, term=term, document=document, count=min(occurrences, MAX_COUNT))

    def frequency(self, term: int) -> int:
        """How many documents hold a term."""
        posting = self.terms.get(term)
        return posting.size if posting is not None else 0

    def holds(self, term: int, document: int) -> bool:
        """Whether a document holds a term."""
        posting = self.terms.get(term)
        return posting is not None and posting.holds(posting.place(document), document)

    def build(self, terms: NDArray[np.int64], documents: NDArray[np.int32], counts: NDArray[np.uint8]) -> None:
        """Take everything at once: parallel arrays sorted by term, then document, without repetition."""
        starts = np.flatnonzero(np.concatenate([[True], terms[1:] != terms[:-1]])) if len(terms) else np.empty(0, np.int64)
        ends = np.append(starts[1:], len(terms))
        names = terms[starts].tolist()
        self.terms = {
            name: Posting(documents[start:end], counts[start:end]) for name, start, end in zip(names, starts.tolist(), ends.tolist(), strict=True)
        }
        self._over = {}

    def _take(self, posting: Posting, place: int, *, term: int, document: int, count: int) -> None:
        over = self._over.pop((term, document), 0)
        kept = max(over - count, 0)
        if kept:
            self._over[term, document] = kept
        posting.add(place, -max(count - over, 0))
        if posting.counts[place] == 0:
            posting.delete(place)
            if not posting.size:
                del self.terms[term]
