"""What there is to show for a reason: terms, posts and numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plugin.graph.decay import DAY
from plugin.graph.knowledge import Knowledge
from plugin.graph.signals import Need
from plugin.graph.similar import Similar, frequency_of, held, rarity
from plugin.graph.statements import named

MAX_POSTS = 5
MAX_TERMS = 5
_MAX_ANSWERS = 300
_RECENT_DAYS = 90

_CLUMPED = 0.3
"""Bits of residual idf from which on a term passes for a word of a subject."""

_UNKNOWN = 0.5
"""What a term counts as that is too rare to tell but that the need repeats or has in its title."""

_BESIDE = 0.25
"""A term that weighs less than this part of the first is not named beside it."""

Shown = tuple[tuple[int, ...], tuple[str, ...], Mapping[str, float | int | str]]


def evidence_of(
    k: Knowledge,
    need: Need,
    found: Similar,
    rows: Sequence[int],
    *,
    facts: Mapping[str, NDArray[np.float64]],
    telling: Mapping[int, float],
    now: float,
) -> list[dict[str, Shown]]:
    """For each of some members and each criterion the terms, posts and numbers that speak for it.

    ``facts`` has the numbers of each member in the same order, ``telling`` the terms of the need that members' own words are looked through for. The
    caller holds the lock.
    """
    topics = _topics(k, need, found, rows, now=now)
    every = []
    for place, (row, topic) in enumerate(zip(rows, topics, strict=True)):
        numbers = {name: float(values[place]) for name, values in facts.items()}
        every.append({"topic": topic, "offer": _said(k, row, telling), **_of_member(k, row, numbers, now=now)})
    return every


def _said(k: Knowledge, row: int, telling: Mapping[int, float]) -> Shown:
    offered = named(k.offers, row, telling)
    return (offered[:MAX_TERMS], (), {}) if offered else (named(k.about, row, telling)[:MAX_TERMS], (), {"about": 1})


def _of_member(k: Knowledge, row: int, facts: Mapping[str, float], *, now: float) -> dict[str, Shown]:
    seen = round(facts["seen_days"], 2)
    answers, recent = _answered(k, row, now=now)
    shown: dict[str, Shown] = {
        "category": ((), (), {"answers": round(facts["category"], 1), "half_life_days": 365}),
        "help": ((), recent, {"answers": answers, "days": _RECENT_DAYS, "seen_days": seen}),
        "habit": ((), (), {"answered": round(facts["answered"], 1), "expected": round(facts["expected"], 1), "half_life_days": 120}),
        "presence": ((), (), {"seen_days": seen}),
        "appreciated": ((), (), {"likes": round(facts["liked"], 1), "half_life_days": 180}),
        "solved": ((), (), {"accepted": round(facts["accepted"], 1), "half_life_days": 365}),
        "ties": ((), (), {"answered_you": round(facts["answered_asker"], 1), "answered_by_you": round(facts["answered_by_asker"], 1)}),
        "spread": ((), (), {"suggested": round(facts["shown"], 1), "half_life_days": 7}),
    }
    fact = k.facts.get(row)
    if fact is not None:
        shown["load"] = ((), (), {"load": fact.load, "capacity": fact.capacity if fact.capacity is not None else -1})
        shown["timezone"] = ((), (), {"timezone": fact.timezone or ""})
        shown["language"] = ((), (), {"locale": fact.locale or ""})
        shown["willing"] = ((), (), {"willing": int(bool(fact.willing))})
    return shown


def _topics(k: Knowledge, need: Need, found: Similar, rows: Sequence[int], *, now: float) -> list[Shown]:
    """For each member the posts most like the need, the terms that these share with it, and in how many topics they answered there is any of these."""
    strength = (found.asked + found.replied) * np.exp2((found.first - now) / (2000 * DAY))
    own = (found.asked > 0) | (found.replied > 0)
    every = [np.flatnonzero((found.authors == row) & own) for row in rows]
    best = [mine[np.lexsort((found.parts[mine], -strength[mine]))][:MAX_POSTS] for mine in every]
    parts = found.parts[np.concatenate(best)] if best else np.empty(0, np.int64)
    holder = np.repeat(np.arange(len(rows)), [len(one) for one in best])
    hits = _hits(k, need, found, parts, holder, members=len(rows))
    counts = [_about(k, found, terms, found.parts[mine]) for terms, mine in zip(hits, every, strict=True)]
    return [(hits[place], tuple(k.posts_of(int(part))[0] for part in found.parts[mine]), {"topics": counts[place]}) for place, mine in enumerate(best)]


def _about(k: Knowledge, found: Similar, terms: Sequence[int], parts: NDArray[np.int64]) -> int:
    """In how many topics a member answered there is one of these terms."""
    topics = k.part_topic.data[parts].astype(np.int64)
    there = np.zeros(len(parts), bool)
    for term in terms:
        there |= held(found.question_entries.get(term, ()), topics) | held(found.reply_entries.get(term, ()), parts)
    return int(there.sum())


def _hits(k: Knowledge, need: Need, found: Similar, parts: NDArray[np.int64], holder: NDArray[np.int64], *, members: int) -> list[tuple[int, ...]]:
    """For each member the terms of the need that tell most about what their posts share with it."""
    topics = k.part_topic.data[parts].astype(np.int64)
    telling = _telling(k, need, found)
    weights: list[dict[int, float]] = [{} for _ in range(members)]
    for term, weight in telling.items():
        there = held(found.question_entries.get(term, ()), topics) | held(found.reply_entries.get(term, ()), parts)
        for place, count in enumerate(np.bincount(holder[there], minlength=members).tolist()):
            if count:
                weights[place][term] = weight * count
    return [_best(of) for of in weights]


def _best(weights: Mapping[int, float]) -> tuple[int, ...]:
    """The first terms by weight, without those that say little beside the first."""
    ordered = sorted(weights, key=lambda term: (-weights[term], term))[:MAX_TERMS]
    return tuple(term for term in ordered if weights[term] >= _BESIDE * weights[ordered[0]])


def _telling(k: Knowledge, need: Need, found: Similar) -> dict[int, float]:
    """How much each term of the need tells about its subject: rare, repeated in the need or in its title, and clumped rather than strewn over all talk.

    Where no term passes for a word of a subject, as in a community of few posts, rarity alone decides.
    """
    terms = found.question_entries.keys() | found.reply_entries.keys()
    rare = rarity({term: frequency_of(found.question_entries.get(term, ())) for term in terms}, documents=k.question_count)
    documents = k.question_count + k.reply_count
    weights = {}
    for term, weight in rare.items():
        repeated = float(np.log2(1 + need.terms.get(term, 1)))
        clumps = found.clumps(term, documents=documents)
        if clumps is None:
            clumps = _UNKNOWN if need.terms.get(term, 1) > 1 else 0.0
        if clumps >= _CLUMPED:
            weights[term] = weight * repeated * clumps
    return weights or rare


def _answered(k: Knowledge, row: int, *, now: float) -> tuple[int, tuple[str, ...]]:
    """How many topics of others a member answered lately, up to three hundred, and a post in each of the last three."""
    parts = np.array(k.parts_of_author.of(row, limit=_MAX_ANSWERS), np.int64)
    parts = parts[k.topic_asker.data[k.part_topic.data[parts]] != row]
    recent = k.part_first.data[parts].astype(np.float64) >= now - _RECENT_DAYS * DAY
    latest = parts[np.lexsort((parts, -k.part_last.data[parts].astype(np.int64)))][:3]
    return int(recent.sum()), tuple(k.posts_of(int(part))[0] for part in latest)
