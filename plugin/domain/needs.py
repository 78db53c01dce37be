"""Needs and the suggestions that answer them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NeedState(StrEnum):
    """The life of a need."""

    NEW = "new"
    ANSWERED = "answered"
    STALE = "stale"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a member would like help with: words of their own, or a topic that they asked.

    ``text`` is empty for a need that came from a topic; its words are the topic's title.
    """

    id: int
    member_id: int
    text: str
    topic_id: str | None
    terms: Mapping[int, int] = field(repr=False, default_factory=dict)
    stated_at: datetime
    state: NeedState = NeedState.NEW
    trace_id: str = ""
    """The id of the delivery that it came from, by which logs and traces follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a score.

    ``facts`` are the numbers behind it and ``words`` the terms that matched, from which the sentence is made for the reader; ``post_ids`` is the evidence, best
    first. The contributions of a suggestion's reasons sum to its score.
    """

    criterion: str
    contribution: float
    facts: Mapping[str, float | int | str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    post_ids: tuple[str, ...] = ()


class SuggestionState(StrEnum):
    """The life of a suggestion."""

    PROPOSED = "proposed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A member who could help another one, proposed with reasons."""

    id: int
    need_id: int
    member_id: int
    """Who could help."""
    for_member_id: int
    """Who asked."""
    score: float
    rank: int
    reasons: tuple[Reason, ...]
    created_at: datetime
    state: SuggestionState = SuggestionState.PROPOSED
    program_id: int | None = None
