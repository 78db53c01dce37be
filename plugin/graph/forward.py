"""What each topic's opening post is about: from topic to terms, the other way round than the index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PIECE = 100_000
"""Topics of a piece of a pass over all of them."""

_NONE: NDArray[np.int64] = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Topics of one bulk build, ``first`` and following.

    ``terms[ranks[offsets[i]:offsets[i + 1]]]`` are those of topic ``first + i``; a rank below zero is gone.
    """

    first: int
    offsets: NDArray[np.int64]
    ranks: NDArray[np.int32]
    terms: NDArray[np.int64]


class TopicTerms:
    """Terms by topic. Not synchronised."""

    def __init__(self) -> None:
        self._own: dict[int, NDArray[np.int64]] = {}
        self._stretches: list[Stretch] = []

    def put(self, topic: int, terms: Iterable[int]) -> None:
        self._own[topic] = np.fromiter(terms, np.int64)

    def drop(self, topic: int) -> None:
        self._own.pop(topic, None)
        found = self._stretch(topic)
        if found is not None:
            stretch, a, b = found
            stretch.ranks[a:b] = -1

    def get(self, topic: int) -> list[int]:
        """The terms of a topic, none for one that is not known."""
        own = self._own.get(topic)
        if own is not None:
            return [int(term) for term in own]
        found = self._stretch(topic)
        if found is None:
            return []
        stretch, a, b = found
        ranks = stretch.ranks[a:b]
        return [int(term) for term in stretch.terms[ranks[ranks >= 0]]]

    def pieces(self, topics: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], int]]:
        """All topics below a number in pieces, in order: for each of its terms the place of the topic in the piece, the terms, and how many topics it has."""
        own = np.array(sorted(self._own), np.int64)
        bounds = [(one.first, one.first + len(one.offsets) - 1, one) for one in self._stretches]
        end = max((last for _, last, _ in bounds), default=0)
        for first, last, one in [*bounds, (end, topics, None)]:
            for start in range(first, last, PIECE):
                stop = min(start + PIECE, last)
                places, terms = _of_stretch(one, start - first, stop - first) if one is not None else (_NONE, _NONE)
                mine = own[np.searchsorted(own, start) : np.searchsorted(own, stop)].tolist()
                found = [self._own[topic] for topic in mine]
                places = np.concatenate([places, np.repeat(np.array(mine, np.int64) - start, [len(one) for one in found])])
                yield places, np.concatenate([terms, *found]), stop - start

    def load(self, stretches: list[Stretch]) -> None:
        """Take the stretches of a bulk build, in order, in place of everything."""
        self._own, self._stretches = {}, stretches

    def _stretch(self, topic: int) -> tuple[Stretch, int, int] | None:
        for stretch in self._stretches:
            place = topic - stretch.first
            if 0 <= place < len(stretch.offsets) - 1:
                return stretch, int(stretch.offsets[place]), int(stretch.offsets[place + 1])
        return None


def _of_stretch(stretch: Stretch, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ranks = stretch.ranks[stretch.offsets[start] : stretch.offsets[stop]]
    places = np.repeat(np.arange(stop - start), np.diff(stretch.offsets[start : stop + 1]))
    there = ranks >= 0
    return places[there], stretch.terms[ranks[there]]
