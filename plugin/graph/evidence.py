"""What there is to show for a reason: terms, posts and numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plugin.graph.decay import DAY
from plugin.graph.knowledge import Knowledge
from plugin.graph.signals import Need
from plugin.graph.similar import Similar, frequency_of, held, rarity

MAX_POSTS = 5
MAX_TERMS = 5
_MAX_ANSWERS = 300
_RECENT_DAYS = 90

Shown = tuple[tuple[int, ...], tuple[str, ...], Mapping[str, float | int | str]]


def evidence_of(
    k: Knowledge, need: Need, found: Similar, rows: Sequence[int], *, facts: Mapping[str, NDArray[np.float64]], now: float
) -> list[dict[str, Shown]]:
    """For each of some members and each criterion the terms, posts and numbers that speak for it.

    ``facts`` has the numbers of each member in the same order. The caller holds the lock.
    """
    topics = _topics(k, found, rows, now=now)
    every = []
    for place, (row, topic) in enumerate(zip(rows, topics, strict=True)):
        numbers = {name: float(values[place]) for name, values in facts.items()}
        every.append({"topic": topic, **_of_member(k, need, row, numbers, now=now)})
    return every


def _of_member(k: Knowledge, need: Need, row: int, facts: Mapping[str, float], *, now: float) -> dict[str, Shown]:
    seen = round(facts["seen_days"], 2)
    answers, recent = _answered(k, row, now=now)
    shown: dict[str, Shown] = {
        "offer": (tuple(term for term in need.terms if row in k.offers.get(term, ()))[:MAX_TERMS], (), {}),
        "category": ((), (), {"answers": round(facts["category"], 1), "half_life_days": 365}),
        "help": ((), recent, {"answers": answers, "days": _RECENT_DAYS, "seen_days": seen}),
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


def _topics(k: Knowledge, found: Similar, rows: Sequence[int], *, now: float) -> list[Shown]:
    """For each member the posts most like the need, the terms of the need that these share, and how many topics are like it at all.

    Terms that are rare in the community and frequent in the posts come first.
    """
    strength = (found.asked + found.replied) * np.exp2((found.first - now) / (2000 * DAY))
    own = (found.asked > 0) | (found.replied > 0)
    best: list[NDArray[np.int64]] = []
    counts = []
    for row in rows:
        mine = np.flatnonzero((found.authors == row) & own)
        best.append(mine[np.lexsort((found.parts[mine], -strength[mine]))][:MAX_POSTS])
        counts.append(len(mine))
    parts = found.parts[np.concatenate(best)] if best else np.empty(0, np.int64)
    holder = np.repeat(np.arange(len(rows)), [len(one) for one in best])
    hits = _hits(k, found, parts, holder, members=len(rows))
    return [(hits[place], tuple(k.posts_of(int(part))[0] for part in found.parts[mine]), {"topics": counts[place]}) for place, mine in enumerate(best)]


def _hits(k: Knowledge, found: Similar, parts: NDArray[np.int64], holder: NDArray[np.int64], *, members: int) -> list[tuple[int, ...]]:
    topics = k.part_topic.data[parts].astype(np.int64)
    terms = found.question_entries.keys() | found.reply_entries.keys()
    telling = rarity({term: frequency_of(found.question_entries.get(term, ())) for term in terms}, documents=k.question_count)
    weights: list[dict[int, float]] = [{} for _ in range(members)]
    for term, weight in telling.items():
        there = held(found.question_entries.get(term, ()), topics) | held(found.reply_entries.get(term, ()), parts)
        for place, count in enumerate(np.bincount(holder[there], minlength=members).tolist()):
            if count:
                weights[place][term] = weight * count
    return [tuple(sorted(of, key=lambda term: (-of[term], term))[:MAX_TERMS]) for of in weights]


def _answered(k: Knowledge, row: int, *, now: float) -> tuple[int, tuple[str, ...]]:
    """How many topics of others a member answered lately, up to three hundred, and a post in each of the last three."""
    parts = np.array(k.parts_of_author.of(row, limit=_MAX_ANSWERS), np.int64)
    parts = parts[k.topic_asker.data[k.part_topic.data[parts]] != row]
    recent = k.part_first.data[parts].astype(np.float64) >= now - _RECENT_DAYS * DAY
    latest = parts[np.lexsort((parts, -k.part_last.data[parts].astype(np.int64)))][:3]
    return int(recent.sum()), tuple(k.posts_of(int(part))[0] for part in latest)
