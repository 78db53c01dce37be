"""What a member knows, cares about, and says they can help with."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plugin.graph.decay import DAY
from plugin.graph.knowledge import Knowledge

__all__ = ["Skill", "profile", "terms_of"]

HALF_LIFE = 365.0
"""Days after which an answer says half as much about what somebody knows now."""

ENOUGH = 3.0
"""So many recent answers about something make it as good as known: confidence one half."""

MAX_SKILLS = 20
MAX_POSTS = 5


@dataclass(frozen=True, slots=True)
class Skill:
    """Something of a member's. ``kind`` is ``expertise`` (shown by answers to others), ``interest`` (by questions) or ``stated``; ``confidence`` is 0 to 1."""

    name: str
    kind: str
    confidence: float
    post_ids: tuple[str, ...] = ()


def terms_of(knowledge: Knowledge, member: int) -> set[int]:
    """The terms of what a member says of themselves, whose words :func:`profile` needs."""
    with knowledge.lock:
        row = knowledge.member_rows.get(member)
        fact = None if row is None else knowledge.facts.get(row)
        return set() if fact is None else set(fact.offers)


def profile(knowledge: Knowledge, member: int, *, vocabulary: Mapping[int, str], now: float) -> list[Skill]:
    """The skills of a member, the surest first: tags of the topics they answered and asked, and shared words of what they say they can help with."""
    with knowledge.lock:
        row = knowledge.member_rows.get(member)
        if row is None:
            return []
        answered, asked = _by_tag(knowledge, row, now=now)
        fact = knowledge.facts.get(row)
        stated = () if fact is None else tuple(fact.offers)
    found = [
        Skill(tag, kind, round(weight / (weight + ENOUGH), 3), tuple(posts[:MAX_POSTS]))
        for kind, tags in (("expertise", answered), ("interest", asked))
        for tag, (weight, posts) in tags.items()
        if kind == "expertise" or tag not in answered
    ]
    found += [Skill(vocabulary[term], "stated", 0.5) for term in stated if term in vocabulary]
    return sorted(found, key=lambda skill: (-skill.confidence, skill.kind, skill.name))[:MAX_SKILLS]


_Tags = dict[str, tuple[float, list[str]]]


def _by_tag(k: Knowledge, row: int, *, now: float) -> tuple[_Tags, _Tags]:
    answered: _Tags = {}
    asked: _Tags = {}
    for part in k.parts_of_author.of(row, limit=1000):
        topic = int(k.part_topic.data[part])
        into = asked if int(k.topic_asker.data[topic]) == row else answered
        age = max(0.0, now - float(k.part_last.data[part])) / DAY
        weight = float(np.exp2(-age / HALF_LIFE))
        for tag in k.topic_tags.get(topic, ()):
            before, posts = into.get(tag, (0.0, []))
            into[tag] = (before + weight, [*posts, k.posts_of(part)[0]])
    return answered, asked
