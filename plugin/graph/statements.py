"""What members say they can help with, and write about themselves, beside a need.

Profiles are short and written in everyday words: "ask", "small" and "people" are in many of them and say nothing of what somebody knows. So only those words of
a need count here that tell about its subject.
"""

from collections.abc import Mapping

import numpy as np

from plugin.graph.knowledge import Knowledge
from plugin.graph.similar import MAX_SHARE, Similar

BESIDE = 0.25
"""A term that tells less than this part of the need's most telling one does not count."""

USUAL = 0.5
"""How far the words of a subject clump, in bits of residual idf: what is believed of a term of which little is known."""

BELIEVED = 10
"""As many documents with a term must be known for it to count as much as that belief."""

ABOUT = 0.5
"""What somebody mentions about themselves counts as this part of what they say they can help with."""

Said = Mapping[int, Mapping[int, int]]


def telling(k: Knowledge, need: Mapping[int, int], found: Similar) -> dict[int, float]:
    """How much each term of a need tells about its subject, the most telling first; without those that tell little beside it.

    It is the information of the term (how few of all posts hold it, in bits) by how far these clump, and by how often the need says it. Terms that nobody here
    ever wrote or says are left out, and so are all when nobody says any. The caller holds the lock.
    """
    if not any(term in k.offers or term in k.about for term in need):
        return {}
    documents = k.question_count + k.reply_count
    weights = {term: _weight(found, term, count, documents=documents) for term, count in need.items() if _known(k, term, found)}
    most = max(weights.values())
    return {term: weights[term] for term in sorted(weights, key=lambda term: (-weights[term], term)) if weights[term] >= BESIDE * most > 0}


def said(k: Knowledge, weights: Mapping[int, float]) -> dict[int, float]:
    """By member: how much of what a need is about they say they can help with or mention about themselves, from 0 to 1.

    1 is for whoever says most of it, if that is at least as much as to say its most telling word; a word that few say counts more.
    """
    sums: dict[int, float] = {}
    full = 0.0
    for term, weight in weights.items():
        offering, mentioning = k.offers.get(term, {}), k.about.get(term, {})
        worth = weight / (1 + float(np.log1p(len(offering) + ABOUT * len(mentioning))))
        full = max(full, worth)
        for row in offering:
            sums[row] = sums.get(row, 0.0) + worth
        for row in mentioning:
            if row not in offering:
                sums[row] = sums.get(row, 0.0) + ABOUT * worth
    most = max([full, *sums.values()])
    return {row: total / most for row, total in sums.items()} if most > 0 else {}


def named(words: Said, row: int, weights: Mapping[int, float]) -> tuple[int, ...]:
    """The terms that a member says, the most telling first."""
    return tuple(term for term in weights if row in words.get(term, ()))


def _known(k: Knowledge, term: int, found: Similar) -> bool:
    return term in k.offers or term in k.about or found.frequency(term) > 0


def _weight(found: Similar, term: int, count: int, *, documents: int) -> float:
    holding = found.frequency(term)
    # What most of the posts hold clumps nowhere; to count it in all of them would take its time.
    clumps = 0.0 if holding > MAX_SHARE * documents else found.clumps(term, documents=documents)
    sure = 0 if clumps is None else holding
    shrunk = ((clumps or 0.0) * sure + USUAL * BELIEVED) / (sure + BELIEVED)
    return float(np.log2((documents + 2) / (holding + 1)) * np.log2(1 + count) * max(shrunk, 0.0))
