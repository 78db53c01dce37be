"""Living through a community's past once more, to learn from it: who was there when a question was asked, and who answered.

The knowledge is built up post by post; at each question that is looked at, it is as it was at that moment. Two things come out: examples to fit weights on,
and everybody's habits.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugin.graph import bulk
from plugin.graph.affinity import consider
from plugin.graph.decay import DAY
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.habits import Habit
from plugin.graph.knowledge import Knowledge
from plugin.graph.learning import Example, log_odds, of_signals
from plugin.graph.meaning import MIN_TOPICS, Model
from plugin.graph.signals import Need
from plugin.graph.weights import SHIPPED, Weights

Fact = PostFact | LikeFact | SolvedFact

SETTLED = 7 * DAY
"""Seconds after which most of the answers that a question will get are there."""

QUESTIONS = 3_000
"""How many of the latest questions are looked at."""

YEARS = 6
"""How far back they may lie: what was so long ago says little about today's members."""

OPEN = 30 * DAY
"""Seconds for which an answer to a question says something about who answers questions; whoever comes later came for something else."""

GROWN = 1.2
"""What words have to do with each other is learned anew when there are so many times as many questions."""

FAINT = 1e-4
"""Chances below this are not worth adding up."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that may still be answered: the candidates' rows, and each one's chance of giving an answer."""

    at: float
    rows: NDArray[np.int64]
    chances: NDArray[np.float64]
    by: set[int]


class Apprentice:
    """Watches questions come and get answered in a knowledge that somebody else keeps up to date, and keeps everybody's habits there."""

    def __init__(self, knowledge: Knowledge, *, weights: Weights = SHIPPED, learn: Callable[[], Model | None] | None = None) -> None:
        self._knowledge = knowledge
        self._weights = weights
        self._learn = learn or knowledge.learn_meaning
        self._open: dict[str, _Asked] = {}
        self._learned = 0

    def ask(self, topic: str, need: Need, *, now: float, answerers: Collection[int] = (), eligible: Callable[[int], bool] | None = None) -> Example | None:
        """See a question at the moment it is asked; its own posts are not in the knowledge yet. Returns what it teaches, given who will answer it."""
        self._close(now)
        k = self._knowledge
        if k.question_count >= max(MIN_TOPICS, GROWN * self._learned):
            self._learned = k.question_count
            k.put_meaning(self._learn())
        with k.lock:
            _, signals = consider(k, need, now=now, eligible=eligible)
            raw = log_odds(signals, weights=self._weights, without=("habit",))
            chances = np.exp(raw - raw.max(initial=0.0))
            chances /= max(float(chances.sum()), 1.0)
            kept = chances > FAINT
            self._open[topic] = _Asked(now, signals.rows[kept], chances[kept], set())
            return of_signals(k, signals, answerers, weights=self._weights) if answerers else None

    def see(self, post: PostFact) -> None:
        """See a post that has just been put into the knowledge. The first answer of each member to a question counts."""
        asked = self._open.get(post.topic_id)
        if asked is None or post.author == post.asker or post.at - asked.at > OPEN or post.author in asked.by:
            return
        asked.by.add(post.author)
        k = self._knowledge
        with k.lock:
            if not k.habits.at:
                k.habits.clear(at=post.at)
            row = k.member_rows.get(post.author)
            if row is not None and row in asked.rows:
                k.habits.count(row, asked.rows, asked.chances, at=post.at)

    def habits(self, *, now: float) -> list[Habit]:
        """Everybody's habits, faded to ``now``."""
        k = self._knowledge
        with k.lock:
            rows = np.flatnonzero((k.habits.answered.view > 0) | (k.habits.expected.view > 0))
            answered, expected = k.habits.amounts(rows, now=now)
            told = np.flatnonzero((answered > 0.01) | (expected > 0.01))
            columns = (k.numbers(rows[told]).tolist(), answered[told].tolist(), expected[told].tolist())
            return [Habit(member, round(given, 4), round(chance, 4)) for member, given, chance in zip(*columns, strict=True)]

    def _close(self, now: float) -> None:
        # Questions are seen in the order of their times, so those to be closed come first.
        while self._open:
            topic, asked = next(iter(self._open.items()))
            if now - asked.at <= OPEN:
                return
            del self._open[topic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a community's past teaches."""

    examples: list[Example] = field(default_factory=list)
    habits: list[Habit] = field(default_factory=list)
    meaning: Model | None = None
    at: float = 0.0


def study(
    *,
    members: Sequence[MemberFact],
    posts: Sequence[PostFact],
    likes: Sequence[LikeFact] = (),
    solved: Sequence[SolvedFact] = (),
    now: float,
    since: float = 0.0,
    questions: int = QUESTIONS,
    stop: Callable[[], bool] = lambda: False,
) -> Lesson:
    """Live through the past and learn from its latest questions, those of the last week left out: their answers are still to come.

    Questions before ``since`` teach nothing; what words have to do with each other is learned from all topics.

    Raises :class:`InterruptedError` when ``stop`` says so.
    """
    ordered = sorted(posts, key=lambda post: (post.at, post.post_id))
    earliest = max(since, now - YEARS * 366 * DAY)
    openings = [post for post in ordered if post.number == 1 and earliest < post.at <= now - SETTLED][-questions:]
    if not openings:
        return Lesson(meaning=bulk.build(posts=ordered).learn_meaning(), at=now)
    began = openings[0].at
    every: list[Fact] = [*ordered, *likes, *solved]
    events = sorted(every, key=lambda fact: fact.at)
    # What members say of themselves today was not said then.
    k = bulk.build(
        members=[MemberFact(member=one.member, joined=one.joined) for one in members],
        posts=[post for post in ordered if post.at < began],
        likes=[like for like in likes if like.at < began],
        solved=[solution for solution in solved if solution.at < began],
    )
    answerers: dict[str, set[int]] = {}
    for post in ordered:
        if post.author != post.asker:
            answerers.setdefault(post.topic_id, set()).add(post.author)
    apprentice, examples = Apprentice(k), []
    wanted = {post.post_id for post in openings}
    for fact in events[bisect_left(events, began, key=lambda fact: fact.at) :]:
        if isinstance(fact, PostFact) and fact.post_id in wanted:
            if stop():
                raise InterruptedError("learning was stopped")
            need = Need(terms=fact.terms, asker=fact.author, category=fact.category, tags=fact.tags, asked_at=fact.at, named=fact.mentions)
            found = apprentice.ask(fact.topic_id, need, now=fact.at, answerers=answerers.get(fact.topic_id, ()))
            if found is not None:
                examples.append(found)
        _put(k, fact)
        if isinstance(fact, PostFact):
            apprentice.see(fact)
    return Lesson(examples=examples, habits=apprentice.habits(now=now), meaning=k.learn_meaning(), at=now)


def _put(k: Knowledge, fact: Fact) -> None:
    if isinstance(fact, PostFact):
        k.put_post(fact)
    elif isinstance(fact, LikeFact):
        k.put_like(fact)
    else:
        k.put_solved(fact)
