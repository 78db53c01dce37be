"""What the graph is told: small statements about members, posts, likes and accepted answers, as the store keeps them.

Times are seconds since 1970 in UTC. Members are numbered by the caller. Terms are digests of :mod:`plugin.graph.text`; no words get here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

NOBODY = 0
"""The asker of a topic of which it is not known who opened it, such as somebody who was erased; no member has this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFact:
    """One post that counts.

    ``number`` is 1 for the post that opens its topic; its ``terms`` include those of the title. ``asker`` is who opened the topic. ``category`` and ``tags``
    are the topic's.
    """

    post_id: str
    topic_id: str
    author: int
    at: float
    number: int
    asker: int
    reply_to_author: int | None = None
    terms: Mapping[int, int] = field(default_factory=dict)
    category: str | None = None
    tags: tuple[str, ...] = ()
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeFact:
    """``member`` liked a post of ``author``."""

    post_id: str
    member: int
    author: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedFact:
    """A post of ``author`` was accepted as the answer of its topic."""

    topic_id: str
    post_id: str
    author: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFact:
    """What is known of a member, and what they say of themselves.

    ``offers`` and ``wants`` are the terms of what they say they can help with and want to learn, ``about`` those of what else they write about themselves.
    ``willing`` is whether they said that they would mentor;
    ``None`` when they said nothing. ``capacity`` is how many people they would take at once, ``load`` how many they have. A member who is not ``available``
    (on leave, suspended, opted out) is never suggested. ``hidden`` are subjects, each as its terms, for which they do not want to be suggested.
    """

    member: int
    joined: float
    last_seen: float | None = None
    timezone: str | None = None
    locale: str | None = None
    offers: Mapping[int, int] = field(default_factory=dict)
    wants: Mapping[int, int] = field(default_factory=dict)
    about: Mapping[int, int] = field(default_factory=dict)
    willing: bool | None = None
    capacity: int | None = None
    load: int = 0
    available: bool = True
    hidden: tuple[frozenset[int], ...] = ()
