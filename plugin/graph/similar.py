"""Earlier topics and replies like a need, and whose they are.

BM25 (Robertson and Zaragoza 2009) over two kinds of documents: what was asked (opening posts) and what a member replied within a topic. The rarest terms of
the need go first, and only so many postings are read, so the time of a question does not grow with the community's chatter. A second pass looks for the
terms that the most similar questions share (pseudo relevance feedback, after Lavrenko and Croft 2001): people say the same thing in other words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Column
from plugin.graph.knowledge import Knowledge
from plugin.graph.postings import MAX_COUNT, Entries

MAX_POSTINGS = 400_000
"""How many postings one need reads at most, of questions and of replies."""

MAX_DOCUMENTS = 6_000
"""How many documents count at most, the most similar ones."""

MAX_SHARE = 0.3
"""A term in more documents than this says nothing."""

RELATED_TOPICS, RELATED_TERMS = 20, 30
"""How many of the most similar questions say which other terms belong to the subject, and how many terms they say."""

_K1, _B = 1.2, 0.5
_FEW = 5


Scored = tuple[NDArray[np.int32], NDArray[np.float64]]
Found = dict[int, list[Entries]]


@dataclass(frozen=True, slots=True)
class Similar:
    """Participations of members in other people's topics, and how far each resembles a need.

    ``asked``: the topic's question does; ``replied``: what the member replied does. ``related_asked`` and ``related_replied`` are the same for terms that
    similar questions use.
    """

    parts: NDArray[np.int64]
    authors: NDArray[np.int64]
    first: NDArray[np.float64]
    asked: NDArray[np.float64]
    replied: NDArray[np.float64]
    related_asked: NDArray[np.float64]
    related_replied: NDArray[np.float64]
    question_entries: Found
    reply_entries: Found
    _clumps: dict[int, float | None] = field(default_factory=dict)

    def frequency(self, term: int) -> int:
        """How many questions and replies hold a term of the need."""
        return frequency_of(self.question_entries.get(term, ())) + frequency_of(self.reply_entries.get(term, ()))

    def clumps(self, term: int, *, documents: int) -> float | None:
        """:func:`clumping` of a term of the need, worked out once."""
        if term not in self._clumps:
            self._clumps[term] = clumping(self.question_entries.get(term, ()), self.reply_entries.get(term, ()), documents=documents)
        return self._clumps[term]


def rarity(frequencies: Mapping[int, int], *, documents: int) -> dict[int, float]:
    """How much each term tells, rarest first; terms that everybody uses are left out."""
    common = max(MAX_SHARE * documents, 10)
    known = sorted((n, term) for term, n in frequencies.items() if n <= common)
    return {term: float(np.log1p((max(documents - n, 0) + 0.5) / (n + 0.5))) for n, term in known}


def similar(knowledge: Knowledge, terms: Mapping[int, int]) -> Similar:
    """The participations of members in other people's topics that resemble a need. The caller holds the lock."""
    counts = {term: float(min(count, MAX_COUNT)) for term, count in terms.items()}
    questions, replies = knowledge.questions.find(counts), knowledge.replies.find(counts)
    asked, replied = _both(knowledge, counts, questions, replies, budget=MAX_POSTINGS)
    related = _related(knowledge, asked)
    related_questions, related_replies = knowledge.questions.find(related), knowledge.replies.find(related)
    related_asked, related_replied = _both(knowledge, related, related_questions, related_replies, budget=MAX_POSTINGS // 4)
    parts, columns = _join(_of_parts(knowledge, asked), replied, _of_parts(knowledge, related_asked), related_replied)
    authors = knowledge.part_author.data[parts].astype(np.int64)
    others = knowledge.topic_asker.data[knowledge.part_topic.data[parts]] != authors
    first = knowledge.part_first.data[parts].astype(np.float64)
    asked_like, replied_like, related_asked_like, related_replied_like = (column[others] for column in columns)
    return Similar(
        parts=parts[others],
        authors=authors[others],
        first=first[others],
        asked=asked_like,
        replied=replied_like,
        related_asked=related_asked_like,
        related_replied=related_replied_like,
        question_entries=questions,
        reply_entries=replies,
    )


def _both(k: Knowledge, terms: Mapping[int, float], questions: Found, replies: Found, *, budget: int) -> tuple[Scored, Scored]:
    asked = _scores(questions, terms, lengths=k.topic_length, room=k.questions.room, documents=k.question_count, words=k.question_words, budget=budget)
    replied = _scores(replies, terms, lengths=k.part_length, room=k.replies.room, documents=k.reply_count, words=k.reply_words, budget=budget)
    return asked, replied


def _related(k: Knowledge, asked: Scored) -> dict[int, float]:
    """The terms that the most similar questions share, with how much of the similarity stands behind each."""
    topics, similarity = asked
    best = np.lexsort((topics, -similarity))[:RELATED_TOPICS]
    shares = (similarity[best] / max(float(similarity[best].sum()), 1e-9)).tolist()
    behind: dict[int, float] = {}
    together: set[int] = set()
    for topic, share in zip(topics[best].tolist(), shares, strict=True):
        for term in k.terms_of(topic):
            if term in behind:
                together.add(term)
            behind[term] = behind.get(term, 0.0) + share
    found = k.questions.find(together)
    telling = rarity({term: frequency_of(pieces) for term, pieces in found.items()}, documents=k.question_count)
    best_terms = sorted(telling, key=lambda term: (-behind[term] * telling[term], term))[:RELATED_TERMS]
    return {term: behind[term] for term in best_terms}


def _of_parts(k: Knowledge, scored: Scored) -> Scored:
    """The similarity of topics as that of all who took part."""
    places, parts = k.parts_of_topic.of_all(scored[0])
    return parts, scored[1][places]


def _join(*scored: Scored) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """All documents of several rankings, and a column of scores for each ranking."""
    documents, inverse = np.unique(np.concatenate([d for d, _ in scored]), return_inverse=True)
    columns, start = [], 0
    for found, scores in scored:
        column = np.zeros(len(documents))
        column[inverse[start : start + len(found)]] = scores
        columns.append(column)
        start += len(found)
    return documents.astype(np.int64), columns


def frequency_of(pieces: Sequence[Entries]) -> int:
    """How many documents hold a term."""
    return sum(len(documents) for documents, _ in pieces)


def clumping(*pieces: Sequence[Entries], documents: int) -> float | None:
    """How much rarer the documents with a term are than its occurrences let expect, in bits: residual idf (Church and Gale 1995).

    Words of a subject come in clumps, words of talk ("time", "fine", "ago") are strewn evenly: near 0 for these. ``None`` where a term is too rare to say.
    """
    holding = sum(frequency_of(one) for one in pieces)
    if holding < _FEW:
        return None
    occurrences = sum(int(counts.sum()) for one in pieces for _, counts in one)
    expected = -float(np.expm1(-occurrences / max(documents, 1)))
    return float(np.log2(max(expected, 1e-12) * max(documents, 1) / holding))


def held(pieces: Sequence[Entries], documents: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some documents hold a term."""
    found = np.zeros(len(documents), bool)
    for entries, _ in pieces:
        places = np.minimum(np.searchsorted(entries, documents), len(entries) - 1)
        found |= entries[places] == documents
    return found


def _scores(
    pieces: Found, terms: Mapping[int, float], *, lengths: Column[np.int32], room: Column[np.float32], documents: int, words: int, budget: int
) -> Scored:
    """The documents with any of the terms that tell, the most similar ones, and how similar they are. ``room`` holds zeros before and after."""
    mean = max(words / max(documents, 1), 1.0)
    room.grow(lengths.size)
    read: list[NDArray[np.intp]] = []
    try:
        for term, weight in rarity({term: frequency_of(found) for term, found in pieces.items()}, documents=documents).items():
            budget -= frequency_of(pieces[term])
            if budget < 0 and read:
                break
            for found, counts in pieces[term]:
                read.append(found.astype(np.intp))
                room.data[read[-1]] += _gain(counts, lengths.data[read[-1]], mean=mean, weight=weight * terms[term])
    finally:
        sums = [_taken(room.data, found) for found in read]
    return _most(np.concatenate(read), np.concatenate(sums)) if read else (np.empty(0, np.int32), np.empty(0))


def _gain(counts: NDArray[np.uint8], lengths: NDArray[np.int32], *, mean: float, weight: float) -> NDArray[np.float32]:
    """What a term adds to each document that holds it; in place, as this is where the time of a question goes."""
    gain, saturation = counts.astype(np.float32), lengths.astype(np.float32)
    saturation *= _K1 * _B / mean
    saturation += _K1 * (1 - _B)
    saturation += gain
    gain *= weight * (_K1 + 1)
    gain /= saturation
    return gain


def _taken(sums: NDArray[np.float32], documents: NDArray[np.intp]) -> NDArray[np.float32]:
    """The sums of some documents, which are zeros afterwards: each document's sum is taken once, whichever of its terms comes first."""
    taken = sums[documents]
    sums[documents] = 0
    return taken


def _most(documents: NDArray[np.intp], sums: NDArray[np.float32]) -> Scored:
    """The documents with the largest sums above zero; of equal ones at the end, those that come first."""
    chosen = np.flatnonzero(sums)
    if len(chosen) > MAX_DOCUMENTS:
        least = np.partition(sums, len(sums) - MAX_DOCUMENTS)[len(sums) - MAX_DOCUMENTS]
        above, equal = np.flatnonzero(sums > least), np.flatnonzero(sums == least)
        chosen = np.concatenate([above, equal[: MAX_DOCUMENTS - len(above)]])
    return documents[chosen].astype(np.int32), sums[chosen].astype(np.float64)
