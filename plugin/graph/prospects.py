"""Members who already help like mentors, by what they did for others, with the posts that show it.

Somebody who answers many different people, whose answers are accepted and liked, who takes care of newcomers and stays with a question until it is settled does
what a mentor does. Each of these is a criterion; more of it counts, and each further time less than the one before.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

from plugin.graph.decay import DAY
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact

WINDOW = 180 * DAY
"""How far back is looked."""
NEWCOMER = 90 * DAY
"""Who joined so lately is new."""
LEAST_PEOPLE = 3
"""Who helped fewer different members does not yet help like a mentor."""
RETURNS = 2
"""So many answers to one question mean that somebody stayed with it."""
SHOWN = 5

WEIGHTS: Mapping[str, tuple[float, float]] = {
    "people": (3.0, 6.0),
    "answers": (2.0, 12.0),
    "solved": (2.5, 4.0),
    "liked": (1.5, 10.0),
    "newcomers": (2.0, 4.0),
    "returns": (1.0, 4.0),
}
"""What each criterion is worth at most, and after how many times two thirds of it are reached."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """Somebody who could be asked. ``contributions`` (criterion, how often, points) sum to the score; ``post_ids`` show it, the best first."""

    member: int
    score: float
    contributions: tuple[tuple[str, int, float], ...]
    post_ids: tuple[str, ...]


@dataclass
class _Tally:
    answers: list[PostFact] = field(default_factory=list)
    solved: set[str] = field(default_factory=set)
    likes: Counter[str] = field(default_factory=Counter)
    newcomers: set[int] = field(default_factory=set)
    topics: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        return {
            "people": len({one.asker for one in self.answers}),
            "answers": len(self.answers),
            "solved": len(self.solved),
            "liked": sum(self.likes.values()),
            "newcomers": len(self.newcomers),
            "returns": sum(count >= RETURNS for count in self.topics.values()),
        }

    def best(self) -> tuple[str, ...]:
        ordered = sorted(self.answers, key=lambda one: (one.post_id not in self.solved, -self.likes[one.post_id], -one.at, one.post_id))
        shown: dict[str, str] = {}
        for one in ordered:
            # One post of each topic: five answers to one question show less than one answer to each of five.
            shown.setdefault(one.topic_id, one.post_id)
        return tuple(shown.values())[:SHOWN]


def prospects(
    *, members: Iterable[MemberFact], posts: Sequence[PostFact], likes: Iterable[LikeFact], solved: Iterable[SolvedFact], now: float
) -> list[Prospect]:
    """Everybody who helped at least :data:`LEAST_PEOPLE` others lately, the best first. Ties are broken by member number."""
    everybody = list(members)
    joined, available = {one.member: one.joined for one in everybody}, {one.member for one in everybody if one.available}
    tallies: defaultdict[int, _Tally] = defaultdict(_Tally)
    author: dict[str, int] = {}
    for post in posts:
        if post.number == 1 or post.author == post.asker or post.at < now - WINDOW or post.author not in available:
            continue
        tally = tallies[post.author]
        author[post.post_id] = post.author
        tally.answers.append(post)
        tally.topics[post.topic_id] += 1
        if 0 <= post.at - joined.get(post.asker, 0.0) < NEWCOMER:
            tally.newcomers.add(post.asker)
    for like in likes:
        if like.post_id in author and like.member != author[like.post_id]:
            tallies[author[like.post_id]].likes[like.post_id] += 1
    for one in solved:
        if one.post_id in author:
            tallies[author[one.post_id]].solved.add(one.post_id)
    found = [_prospect(member, tally) for member, tally in tallies.items() if len({one.asker for one in tally.answers}) >= LEAST_PEOPLE]
    return sorted(found, key=lambda one: (-one.score, one.member))


def answered_about(posts: Sequence[PostFact], *, terms: Collection[int], members: Collection[int]) -> dict[int, list[str]]:
    """Which of these members answered questions of others about a subject, with their answers, one for a topic: question or answer has all its terms."""
    wanted = set(terms)
    about = {one.topic_id for one in posts if one.number == 1 and wanted <= one.terms.keys()}
    found: dict[int, dict[str, str]] = {}
    for one in posts:
        if one.number != 1 and one.author in members and one.author != one.asker and (one.topic_id in about or wanted <= one.terms.keys()):
            found.setdefault(one.author, {}).setdefault(one.topic_id, one.post_id)
    return {member: list(shown.values()) for member, shown in found.items()}


def _prospect(member: int, tally: _Tally) -> Prospect:
    told = [(name, count, _points(name, count)) for name, count in tally.counts().items() if count]
    told.sort(key=lambda one: (-one[2], one[0]))
    return Prospect(member, sum(points for _, _, points in told), tuple(told), tally.best())


def _points(name: str, count: int) -> float:
    most, scale = WEIGHTS[name]
    return round(most * (1 - exp(-count / scale)), 6)
