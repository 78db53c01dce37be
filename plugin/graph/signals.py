"""What is known of each candidate with regard to a need, as numbers: the signals that a ranking weighs.

Each signal grows with what speaks for a member and is 0 for somebody of whom nothing is known, or for the community's average where more and less is meant.
All are on a scale of about 0 to 1 whatever the size of the community, and each belongs to a criterion that a reason can be given for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from plugin.graph import fading
from plugin.graph.decay import DAY
from plugin.graph.facts import MemberFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.similar import Similar
from plugin.graph.statements import said, telling
from plugin.graph.zones import offset_hours

Values = NDArray[np.float64]

CRITERIA: Mapping[str, str] = MappingProxyType(
    {
        "asked": "topic",
        "replied": "topic",
        "related_asked": "topic",
        "related_replied": "topic",
        "meaning": "topic",
        "offers": "offer",
        "category": "category",
        "help_1": "help",
        "help_3": "help",
        "help_10": "help",
        "help_30": "help",
        "help_90": "help",
        "help_365": "help",
        "liked": "appreciated",
        "accepted": "solved",
        "habit": "habit",
        "named": "named",
        "seen": "presence",
        "active": "presence",
        "hours": "hours",
        "answered_asker": "ties",
        "answered_by_asker": "ties",
        "timezone": "timezone",
        "language": "language",
        "willing": "willing",
        "load": "load",
    }
)
"""The criterion of each signal. Two more are given as reasons: "spread", where somebody stepped back, and "other", for what is too small to tell."""

SIGNALS = tuple(CRITERIA)

_TOPIC_HALF_LIFE = 365.0
_TAKEN_FOR_GRANTED = 10.0
_TIE_HALF_LIFE = 180.0
_MAX_TIES = 300


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody needs: the terms of their words with how often each occurs, and for each term the word that they used.

    ``asker`` is never suggested; their language and time zone are taken from what is known of them. ``named`` are members whom the need names.
    """

    terms: Mapping[int, int]
    words: Mapping[int, str] = field(default_factory=dict)
    asker: int | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    asked_at: float | None = None
    named: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of some candidates: ``matrix`` has a row for each of ``rows`` (members) and a column for each of :data:`SIGNALS`.

    ``relevant`` are those with something to do with the need: they answered the like, say that they can help or are named; if there is nobody of that kind,
    those who answer in its category more than others do. ``telling`` are the terms of the need by which members' own words were looked through.
    """

    rows: NDArray[np.int64]
    matrix: Values
    relevant: NDArray[np.bool_]
    facts: Mapping[str, Values]
    telling: Mapping[int, float]


def collect(knowledge: Knowledge, need: Need, found: Similar, rows: NDArray[np.int64], *, now: float) -> Signals:
    """The signals of the candidates in ``rows``. The caller holds the lock and has advanced the knowledge to ``now``."""
    facts: dict[str, Values] = {}
    columns: dict[str, Values] = {}
    _topic(knowledge, found, rows, now, columns, facts)
    _help(knowledge, rows, now, columns, facts)
    _presence(knowledge, rows, now, columns, facts)
    _category(knowledge, need, rows, now, columns, facts)
    _ties(knowledge, need, rows, now, columns, facts)
    words = telling(knowledge, need.terms, found)
    _statements(knowledge, need, words, rows, now, columns)
    columns["meaning"] = knowledge.meaning.signal(need.terms, rows)
    columns["habit"] = knowledge.habits.signal(rows, now=now)
    facts["answered"], facts["expected"] = knowledge.habits.amounts(rows, now=now)
    columns["named"] = np.isin(knowledge.numbers(rows), need.named).astype(np.float64)
    facts["shown"] = knowledge.fading.amounts(fading.SHOWN, 7.0, rows, now=now)
    matrix = np.stack([columns[name] for name in SIGNALS], axis=1) if len(rows) else np.empty((0, len(SIGNALS)))
    relevant = (facts["similar"] > 0) | (columns["offers"] > 0) | (columns["named"] > 0)
    if not relevant.any():
        relevant = columns["category"] > 0
    return Signals(rows, matrix, relevant, facts, words)


def _much(amount: Values, *, of: float) -> Values:
    """A count as a share of "very much", with the first few counting most."""
    return np.log1p(20 * amount) / float(np.log1p(20 * of))


def _topic(k: Knowledge, found: Similar, rows: NDArray[np.int64], now: float, columns: dict[str, Values], facts: dict[str, Values]) -> None:
    """How much more a member's past help resembles the need than help in this community does on average, on a logarithmic scale.

    Similarity is squared, as one close topic tells more than many remote ones, and fades; ten average topics are taken for granted, so that little evidence
    says little.
    """
    size = k.member_numbers.size
    total = k.fading.amounts(fading.HELPED, _TOPIC_HALF_LIFE, rows, now=now)
    everything = max(k.fading.total(fading.HELPED, _TOPIC_HALF_LIFE, now=now), 1e-9)
    faded = np.exp2((found.first - now) / (_TOPIC_HALF_LIFE * DAY))
    similarities = {
        "asked": found.asked,
        "replied": found.replied,
        "related_asked": found.related_asked,
        "related_replied": found.related_replied,
    }
    for name, similarity in similarities.items():
        alike = similarity**2 * faded
        average = float(alike.sum()) / everything
        mine = np.bincount(found.authors, weights=alike, minlength=size)[rows] / average if average > 0 else total
        columns[name] = np.log((mine + _TAKEN_FOR_GRANTED) / (total + _TAKEN_FOR_GRANTED)) / 3
    own_words = (found.asked > 0) | (found.replied > 0)
    facts["similar"] = np.bincount(found.authors[own_words], minlength=size)[rows].astype(np.float64)


def _help(k: Knowledge, rows: NDArray[np.int64], now: float, columns: dict[str, Values], facts: dict[str, Values]) -> None:
    for half_life in (1.0, 3.0, 10.0, 30.0, 90.0, 365.0):
        amount = k.fading.amounts(fading.HELPED, half_life, rows, now=now)
        facts[f"help_{half_life:.0f}"] = amount
        columns[f"help_{half_life:.0f}"] = _much(amount, of=30.0)
    for name, kind, half_life in (("liked", fading.LIKED, 180.0), ("accepted", fading.ACCEPTED, 365.0)):
        facts[name] = k.fading.amounts(kind, half_life, rows, now=now)
        columns[name] = _much(facts[name], of=30.0)


def _presence(k: Knowledge, rows: NDArray[np.int64], now: float, columns: dict[str, Values], facts: dict[str, Values]) -> None:
    last = k.member_last.data[rows].astype(np.float64)
    age = np.maximum(now - np.maximum(last, k.member_seen.data[rows].astype(np.float64)), 0) / DAY
    facts["seen_days"] = age
    columns["seen"] = np.clip(1 - np.log1p(age / 0.2) / float(np.log1p(3 * 365 / 0.2)), 0, 1)
    columns["active"] = _much(k.fading.amounts(fading.POSTED, 3.0, rows, now=now), of=30.0)
    hour = int(now // 3600) % 24
    soon = sum((k.member_hours[(hour + i) % 24].data[rows] for i in range(8)), np.zeros(len(rows)))
    columns["hours"] = (soon + 1) / (k.member_posts.data[rows] + 3) - 1 / 3


def _category(k: Knowledge, need: Need, rows: NDArray[np.int64], now: float, columns: dict[str, Values], facts: dict[str, Values]) -> None:
    """How much more of a member's help went to the need's category than of everybody's, on a logarithmic scale."""
    columns["category"] = facts["category"] = np.zeros(len(rows))
    category = k.categories.get(need.category) if need.category is not None else None
    if category is None:
        return
    here, all_here = k.fading.category_amounts(category, rows, now=now)
    everything = k.fading.total(fading.HELPED, fading.CATEGORY_HALF_LIFE, now=now)
    if everything <= 0 or all_here <= 0:
        return
    share = min(all_here / everything, 1.0)
    total = k.fading.amounts(fading.HELPED, fading.CATEGORY_HALF_LIFE, rows, now=now)
    facts["category"] = here
    columns["category"] = np.log((here / share + 5) / (total + 5)) / 3


def _ties(k: Knowledge, need: Need, rows: NDArray[np.int64], now: float, columns: dict[str, Values], facts: dict[str, Values]) -> None:
    """Who answered the asker before, and whom the asker answered."""
    size = k.member_numbers.size
    asker = k.member_rows.get(need.asker) if need.asker is not None else None
    answered, by_asker = np.zeros(size), np.zeros(size)
    if asker is not None:
        mine = np.array(k.parts_of_author.of(asker, limit=_MAX_TIES), np.int64)
        topics = k.part_topic.data[mine]
        own = k.topic_asker.data[topics] == asker
        _, parts = k.parts_of_topic.of_all(topics[own])
        for target, members, at in (
            (answered, k.part_author.data[parts], k.part_first.data[parts]),
            (by_asker, k.topic_asker.data[topics[~own]], k.part_first.data[mine[~own]]),
        ):
            np.add.at(target, members, np.exp2(-(now - at.astype(np.float64)) / (_TIE_HALF_LIFE * DAY)))
    facts["answered_asker"], facts["answered_by_asker"] = answered[rows], by_asker[rows]
    columns["answered_asker"], columns["answered_by_asker"] = np.log1p(answered[rows]) / 3, np.log1p(by_asker[rows]) / 3


def _statements(k: Knowledge, need: Need, words: Mapping[int, float], rows: NDArray[np.int64], now: float, columns: dict[str, Values]) -> None:
    """What members say of themselves."""
    offered = said(k, words)
    asker_row = k.member_rows.get(need.asker) if need.asker is not None else None
    asker = k.facts.get(asker_row) if asker_row is not None else None
    columns["offers"] = np.fromiter((offered.get(row, 0.0) for row in rows.tolist()), np.float64, count=len(rows)) if offered else np.zeros(len(rows))
    columns["willing"] = k.member_willing.data[rows].astype(np.float64)
    columns["load"] = np.minimum(k.member_load.data[rows] / np.maximum(k.member_capacity.data[rows], 1), 2.0)
    columns["timezone"] = np.zeros(len(rows))
    columns["language"] = np.zeros(len(rows))
    if asker is not None and (asker.timezone or asker.locale):
        facts_of = [k.facts[row] for row in rows.tolist()]
        columns["timezone"] = np.array([_zone_fit(fact, asker, now=now) for fact in facts_of])
        columns["language"] = np.array([_language_fit(fact, asker) for fact in facts_of])


def _zone_fit(fact: MemberFact, asker: MemberFact, *, now: float) -> float:
    """1 for the same time of day, 0 for six hours apart, -1 for twelve; 0 when either zone is unknown."""
    mine, theirs = offset_hours(fact.timezone, now=now), offset_hours(asker.timezone, now=now)
    if mine is None or theirs is None:
        return 0.0
    apart = abs(mine - theirs) % 24
    return 1 - min(apart, 24 - apart) / 6


def _language_fit(fact: MemberFact, asker: MemberFact) -> float:
    """1 for the same language, -1 for another, 0 when either is unknown."""
    if not asker.locale or not fact.locale:
        return 0.0
    return 1.0 if asker.locale.replace("-", "_").split("_")[0].lower() == fact.locale.replace("-", "_").split("_")[0].lower() else -1.0
