"""What there is to show for a reason: terms, posts and numbers."""

from collections.abc import Mapping

import numpy as np

from plugin.graph.decay import DAY
from plugin.graph.knowledge import Knowledge
from plugin.graph.signals import Need
from plugin.graph.similar import Similar

MAX_POSTS = 5
MAX_TERMS = 5

Shown = tuple[tuple[int, ...], tuple[str, ...], Mapping[str, float | int | str]]


def evidence_of(k: Knowledge, need: Need, found: Similar, row: int, *, facts: Mapping[str, float], now: float) -> dict[str, Shown]:
    """For each criterion of a member the terms, posts and numbers that speak for it. The caller holds the lock."""
    seen = round(facts["seen_days"], 2)
    shown: dict[str, Shown] = {
        "topic": _topic(k, need, found, row, now=now),
        "offer": (_offered(k, need, row), (), {}),
        "category": ((), (), {"answers": round(facts["category"], 1), "half_life_days": 365}),
        "help": ((), _recent(k, row), {**_answered(k, row, now=now), "seen_days": seen}),
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


def _topic(k: Knowledge, need: Need, found: Similar, row: int, *, now: float) -> Shown:
    mine = np.flatnonzero(found.authors == row)
    strength = (found.asked[mine] + found.replied[mine]) * np.exp2((found.first[mine] - now) / (2000 * DAY))
    best = mine[np.lexsort((found.parts[mine], -strength))][:MAX_POSTS]
    posts = [k.posts_of(int(part))[0] for part in found.parts[best]]
    hits: dict[int, int] = {}
    for part in found.parts[best].tolist():
        topic = int(k.part_topic.data[part])
        for term in need.terms:
            if k.questions.holds(term, topic) or k.replies.holds(term, part):
                hits[term] = hits.get(term, 0) + 1
    common = 0.3 * max(k.question_count, 34)
    telling = [term for term in hits if k.questions.frequency(term) <= common]
    telling.sort(key=lambda term: (-hits[term] * float(np.log1p(k.question_count / (1 + k.questions.frequency(term)))), term))
    return tuple(telling[:MAX_TERMS]), tuple(posts), {"topics": len(mine)}


def _offered(k: Knowledge, need: Need, row: int) -> tuple[int, ...]:
    return tuple(term for term in need.terms if row in k.offers.get(term, ()))[:MAX_TERMS]


def _recent(k: Knowledge, row: int) -> tuple[str, ...]:
    parts = [p for p in k.parts_of_author.of(row, limit=50) if k.topic_asker.data[k.part_topic.data[p]] != row]
    parts.sort(key=lambda part: (-int(k.part_last.data[part]), part))
    return tuple(k.posts_of(part)[0] for part in parts[:3])


def _answered(k: Knowledge, row: int, *, now: float) -> dict[str, int]:
    """How many topics of others the member answered in the last ninety days, at most a thousand."""
    parts = np.array(k.parts_of_author.of(row, limit=1000), np.int64)
    others = k.topic_asker.data[k.part_topic.data[parts]] != row
    recent = k.part_first.data[parts].astype(np.float64) >= now - 90 * DAY
    return {"answers": int((others & recent).sum()), "days": 90}
