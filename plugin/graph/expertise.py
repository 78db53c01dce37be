"""What a member knows and cares about, as their posts show it.

Expertise is what the questions that a member answered are about, more than questions in this community are anyway; interest is the same of the questions
they asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from plugin.graph.decay import DAY
from plugin.graph.knowledge import Knowledge

__all__ = ["Skill", "profile", "terms_of"]

HALF_LIFE = 365.0
"""Days after which an answer says half as much about what somebody knows now."""

ENOUGH = 3.0
"""So many recent answers about something, beyond what anybody's answers would be about, make it as good as known: confidence one half."""

TOPICS = 3
"""A word that comes up in fewer topics of a member is a word, not a subject."""

MAX_SKILLS = 20
MAX_POSTS = 5
MAX_PARTS = 1000
MAX_TERMS = 60
_COMMON = 0.2


@dataclass(frozen=True, slots=True)
class Skill:
    """Something that a member's posts show. ``kind`` is ``expertise`` (by answers to others) or ``interest`` (by questions).

    ``confidence`` is 0 to 1, ``at`` when it was shown last (seconds since 1970), and ``post_ids`` are the latest posts that show it.
    """

    name: str
    kind: str
    confidence: float
    post_ids: tuple[str, ...] = ()
    at: float = 0.0


@dataclass(slots=True)
class _Seen:
    """How often, faded, a term or tag came up, and where: participations, newest first."""

    weight: float = 0.0
    parts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Side:
    """One side of a member's life: the questions they answered, or those they asked."""

    total: float = 0.0
    terms: dict[int, _Seen] = field(default_factory=dict)
    tags: dict[str, _Seen] = field(default_factory=dict)


def terms_of(knowledge: Knowledge, member: int) -> set[int]:
    """The terms whose words :func:`profile` needs: those that a member's answers and questions are about."""
    with knowledge.lock:
        row = knowledge.member_rows.get(member)
        if row is None:
            return set()
        return {term for side in _sides(knowledge, row, now=None) for term in _telling(knowledge, side)}


def profile(knowledge: Knowledge, member: int, *, vocabulary: Mapping[int, str], now: float) -> list[Skill]:
    """What a member's posts show, the surest first. Terms whose word is not in ``vocabulary`` stay unsaid."""
    with knowledge.lock:
        row = knowledge.member_rows.get(member)
        if row is None:
            return []
        answered, asked = _sides(knowledge, row, now=now)
        shown = {skill.name: skill for skill in _skills(knowledge, answered, "expertise", vocabulary)}
        for skill in _skills(knowledge, asked, "interest", vocabulary):
            shown.setdefault(skill.name, skill)
    return sorted(shown.values(), key=lambda skill: (-skill.confidence, skill.kind, skill.name))[:MAX_SKILLS]


def _sides(k: Knowledge, row: int, *, now: float | None) -> tuple[_Side, _Side]:
    """What a member answered and what they asked; unfaded without a time."""
    answered, asked = _Side(), _Side()
    for part in k.parts_of_author.of(row, limit=MAX_PARTS):
        topic = int(k.part_topic.data[part])
        side = asked if int(k.topic_asker.data[topic]) == row else answered
        age = 0.0 if now is None else max(0.0, now - float(k.part_last.data[part])) / DAY
        weight = float(np.exp2(-age / HALF_LIFE))
        side.total += weight
        for term in k.terms_of(topic):
            _see(side.terms.setdefault(term, _Seen()), weight, part)
        for tag in k.topic_tags.get(topic, ()):
            _see(side.tags.setdefault(tag, _Seen()), weight, part)
    return answered, asked


def _see(seen: _Seen, weight: float, part: int) -> None:
    seen.weight += weight
    if len(seen.parts) < MAX_POSTS:
        seen.parts.append(part)


def _telling(k: Knowledge, side: _Side) -> list[int]:
    """The terms that a side is about more than questions are anyway, the most telling first."""
    often = sorted((term for term, seen in side.terms.items() if len(seen.parts) >= TOPICS), key=lambda term: (-side.terms[term].weight, term))[: 4 * MAX_TERMS]
    beyond = {term: _beyond(k, side, term) for term in often}
    return sorted((term for term in often if beyond[term] > 0), key=lambda term: (-beyond[term], term))[:MAX_TERMS]


def _beyond(k: Knowledge, side: _Side, term: int) -> float:
    """How many of a side's topics are about a term beyond what would be so for anybody; 0 for what everybody writes."""
    share = k.questions.frequency(term) / max(k.question_count, 1)
    if share > _COMMON and k.question_count >= 50:
        return 0.0
    # Two standard deviations of a count that is just as anybody's.
    expected = side.total * share
    return max(side.terms[term].weight - expected - 2 * float(np.sqrt(expected * (1 - share))), 0.0) if side.total > 2 else 0.0


def _skills(k: Knowledge, side: _Side, kind: str, vocabulary: Mapping[int, str]) -> list[Skill]:
    found = [(tag, seen.weight, seen) for tag, seen in side.tags.items()]
    tags = set(side.tags)
    for term in _telling(k, side):
        word = vocabulary.get(term)
        if word is not None and word not in tags:
            found.append((word, _beyond(k, side, term), side.terms[term]))
    return [_skill(k, name, kind, weight, seen) for name, weight, seen in found]


def _skill(k: Knowledge, name: str, kind: str, weight: float, seen: _Seen) -> Skill:
    posts = tuple(k.posts_of(part)[0] for part in seen.parts)
    at = max((float(k.part_last.data[part]) for part in seen.parts), default=0.0)
    return Skill(name, kind, round(weight / (weight + ENOUGH), 3), posts, at)
