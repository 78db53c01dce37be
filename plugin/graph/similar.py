"""Earlier topics and replies like a need, and whose they are.

BM25 (Robertson and Zaragoza 2009) over two kinds of documents: what was asked (opening posts) and what a member replied within a topic. The rarest terms of the need
go first, and only so many postings are read, so the time of a question does not grow with the community's chatter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Column
from plugin.graph.knowledge import Knowledge
from plugin.graph.postings import Postings

MAX_POSTINGS = 1_500_000
"""How many postings one need reads at most, of questions and of replies."""

MAX_DOCUMENTS = 20_000
"""How many documents count at most, the most similar ones."""

MAX_SHARE = 0.3
"""A term in more documents than this says nothing."""

_K1, _B = 1.2, 0.5
_MAX_COUNT = 3


@dataclass(frozen=True, slots=True)
class Similar:
    """Participations in something like the need: what was asked there is ``asked`` like it, what the member replied is ``replied`` like it."""

    parts: NDArray[np.int64]
    authors: NDArray[np.int64]
    first: NDArray[np.float64]
    asked: NDArray[np.float64]
    replied: NDArray[np.float64]


def rarity(postings: Postings, terms: Mapping[int, int], *, documents: int) -> dict[int, float]:
    """How much each term of a need tells, rarest first; terms that nobody or everybody uses are left out."""
    frequencies = {term: postings.frequency(term) for term in terms}
    common = max(MAX_SHARE * documents, 10)
    known = sorted((n, term) for term, n in frequencies.items() if 0 < n <= common)
    return {term: float(np.log1p((max(documents - n, 0) + 0.5) / (n + 0.5))) for n, term in known}


def similar(knowledge: Knowledge, terms: Mapping[int, int]) -> Similar:
    """The participations of members in other people's topics that resemble a need. The caller holds the lock."""
    k = knowledge
    topics, asked = _scores(k.questions, terms, lengths=k.topic_length, documents=k.question_count, words=k.question_words)
    replies, replied = _scores(k.replies, terms, lengths=k.part_length, documents=k.reply_count, words=k.reply_words)
    places, parts = k.parts_of_topic.of_all(topics)
    everyone = np.concatenate([parts, replies]).astype(np.int64)
    distinct, inverse = np.unique(everyone, return_inverse=True)
    asked_like, replied_like = np.zeros(len(distinct)), np.zeros(len(distinct))
    asked_like[inverse[: len(parts)]] = asked[places]
    replied_like[inverse[len(parts) :]] = replied
    authors = k.part_author.data[distinct].astype(np.int64)
    others = k.topic_asker.data[k.part_topic.data[distinct]] != authors
    first = k.part_first.data[distinct].astype(np.float64)
    return Similar(distinct[others], authors[others], first[others], asked_like[others], replied_like[others])


def _scores(
    postings: Postings, terms: Mapping[int, int], *, lengths: Column[np.int32], documents: int, words: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The documents with any of the terms that tell, the most similar ones, and how similar they are."""
    mean = max(words / max(documents, 1), 1.0)
    scores = np.zeros(lengths.size, np.float32)
    touched: list[NDArray[np.int32]] = []
    read = 0
    for term, weight in rarity(postings, terms, documents=documents).items():
        found, counts = postings.get(term)
        read += len(found)
        if read > MAX_POSTINGS and touched:
            break
        frequency = counts.astype(np.float32)
        gain = frequency * (_K1 + 1) / (frequency + _K1 * (1 - _B + _B * lengths.data[found].astype(np.float32) / mean))
        before = scores[found]
        touched.append(found[before == 0])
        scores[found] = before + gain * np.float32(weight * min(terms[term], _MAX_COUNT))
    if not touched:
        return np.empty(0, np.int32), np.empty(0)
    together = np.concatenate(touched)
    similarity = scores[together]
    if len(together) > MAX_DOCUMENTS:
        best = np.argpartition(-similarity, MAX_DOCUMENTS)[:MAX_DOCUMENTS]
        together, similarity = together[best], similarity[best]
    return together, similarity.astype(np.float64)
