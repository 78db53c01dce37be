"""The graph in memory of each community, kept in step with the store.

Built from rows at the first use; after that each use asks for the revision and applies what changed since. Every process does this for itself, so a change
made by one shows in all of them at their next use.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from plugin.graph import bulk
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.habits import Habit
from plugin.graph.knowledge import Knowledge
from plugin.graph.meaning import Model
from plugin.graph.weights import SHIPPED, Weights
from plugin.services.knowledge.graph_facts import facts, like_facts, member_facts, post_facts, solved_facts, weights_in_force
from plugin.services.runtime import Runtime
from plugin.store.types import pack_terms, unpack_terms
from plugin.store.unit_of_work import UnitOfWork

SHOWN_WITHIN = timedelta(days=30)
"""How far back it matters that someone was suggested."""

BASE, A_MEMBER, A_POST = 6 << 20, 2_000, 400
"""Bytes that a graph takes, about, with what the allocator keeps where many come and go (``benchmarks/communities.py``, ``benchmarks/ranking_scale.py``)."""


@dataclass
class _Entry:
    knowledge: Knowledge = field(default_factory=Knowledge)
    revision: int = -1
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    kept: dict[str, tuple[PostFact, bytes]] = field(default_factory=dict)
    """What was put in for each post, its terms packed, so that it can be taken out again: the rows may be gone by then."""
    topic_posts: dict[str, set[str]] = field(default_factory=dict)
    solved: dict[str, SolvedFact] = field(default_factory=dict)
    weights: Weights = SHIPPED

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        return BASE + A_MEMBER * len(self.knowledge.facts) + A_POST * len(self.kept)


@dataclass(frozen=True)
class Study:
    """What the community's history taught: everybody's habits as of a time, what words have to do with each other, and the weights in force."""

    habits: Sequence[Habit] = ()
    at: float = 0.0
    meaning: Model | None = None
    weights: Weights = SHIPPED


@dataclass(frozen=True)
class Known:
    """A community's graph with what a ranking needs beside it."""

    knowledge: Knowledge
    weights: Weights


@dataclass(frozen=True)
class _Rows:
    """What was read to bring a graph up to date. ``whole`` says that everything was read."""

    revision: int
    whole: bool
    members: Sequence[MemberFact] = ()
    gone_members: Sequence[int] = ()
    posts: Sequence[PostFact] = ()
    gone_posts: Sequence[str] = ()
    likes: Mapping[str, Sequence[LikeFact]] = field(default_factory=dict)
    solved: Mapping[str, SolvedFact | None] = field(default_factory=dict)
    shown: Sequence[tuple[int, float]] = ()
    study: Study | None = None


class Graphs:
    """The graphs of the communities that this process serves: those that were used last, as far as there is room (``MENTORGRAPH_GRAPHS_MB``)."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._entries: dict[int, _Entry] = {}
        """The one that was used last is last."""
        self._crowded = False
        """Whether some that were to go were in use."""

    @property
    def held(self) -> tuple[int, ...]:
        """The communities whose graphs are in memory; the one that was used last is last."""
        return tuple(self._entries)

    async def get(self, installation_id: int) -> Knowledge:
        """The graph of a community as of now."""
        return (await self.known(installation_id)).knowledge

    async def known(self, installation_id: int) -> Known:
        """The graph of a community and the weights in force, as of now."""
        entry = self._entries.pop(installation_id, None) or _Entry()
        self._entries[installation_id] = entry
        async with entry.lock:
            rows = await self._runtime.database.read(installation_id, lambda unit: _read(unit, entry))
            if rows is not None:
                # In a thread: building a large graph must not hold up requests. The lock keeps it the only writer.
                await asyncio.to_thread(_apply, entry, rows)
            found = Known(entry.knowledge, entry.weights)
        if rows is not None or self._crowded:
            self._make_room(installation_id)
        return found

    def _make_room(self, needed: int) -> None:
        """Forget those that were not used for longest; who is using one keeps it until they are done."""
        left = sum(entry.size for entry in self._entries.values()) - self._runtime.settings.graphs_mb * 2**20
        for installation_id, entry in list(self._entries.items()):
            if left > 0 and installation_id != needed and not entry.lock.locked():
                left -= entry.size
                del self._entries[installation_id]
        self._crowded = left > 0 and len(self._entries) > 1

    def drop(self, installation_id: int) -> None:
        """Forget a community that is no longer served."""
        self._entries.pop(installation_id, None)


def _read(unit: UnitOfWork, entry: _Entry) -> _Rows | None:
    revision = unit.revision
    if revision == entry.revision:
        return None
    if entry.revision < 0:
        return _read_all(unit, revision)
    log = unit.changes.since(entry.revision)
    if revision < entry.revision or {one[0] for one in log} != set(range(entry.revision + 1, revision + 1)):
        # The log was pruned, or the database was restored: start afresh.
        return _read_all(unit, revision)
    subjects: dict[str, set[str]] = {}
    for _, kind, subject in log:
        subjects.setdefault(kind, set()).add(subject)
    return _read_some(unit, entry, subjects, revision)


def _read_all(unit: UnitOfWork, revision: int) -> _Rows:
    found = facts(unit)
    return _Rows(
        revision=revision,
        whole=True,
        members=found.members,
        posts=found.posts,
        likes=found.likes,
        solved=found.solved,
        shown=[(member, at.timestamp()) for member, at in unit.suggestions.shown(since=unit.now - SHOWN_WITHIN)],
        study=_study(unit),
    )


def _study(unit: UnitOfWork) -> Study:
    at, packed = unit.learned.studied_at(), unit.learned.meaning()
    return Study(
        habits=[Habit(*one) for one in unit.learned.habits()],
        at=at.timestamp() if at else 0.0,
        meaning=_model(packed),
        weights=weights_in_force(unit),
    )


def _model(packed: bytes | None) -> Model | None:
    try:
        return None if packed is None else Model.from_bytes(packed)
    except ValueError:
        # Of another version of the product: the next study makes a new one.
        return None


def _read_some(unit: UnitOfWork, entry: _Entry, subjects: Mapping[str, set[str]], revision: int) -> _Rows:
    # A hidden skill is hidden by all its names.
    hiding = set(unit.skills.all_choices()) if "names" in subjects else set()
    member_ids = {int(one) for one in subjects.get("member", ())} | hiding
    people = unit.members.many(member_ids)
    topic_ids = set(subjects.get("topic", ()))
    changed = set(subjects.get("post", ()))
    # What is known of a topic is part of what is known of its posts.
    wanted = changed | {post for topic in topic_ids for post in entry.topic_posts.get(topic, ())}
    posts = unit.posts.many(wanted)
    topics = unit.topics.many(topic_ids | {post.topic_id for post in posts.values()})
    siblings = [sibling for topic_id in {post.topic_id for post in posts.values()} for sibling in unit.posts.of_topic(topic_id)]
    live = {key: post for key, post in posts.items() if post.live}
    solutions = unit.posts.many([topic.solution_post_id for topic in topics.values() if topic.solution_post_id])
    return _Rows(
        revision=revision,
        whole=False,
        members=list(member_facts(unit, people.values(), choices=unit.skills.choices(people), loads=unit.mentorships.loads(people))),
        gone_members=sorted(member_ids - people.keys()),
        posts=post_facts(unit, list(posts.values()), topics, siblings=siblings, mentions=unit.posts.mentions(wanted)),
        gone_posts=sorted(wanted - live.keys()),
        likes=like_facts(live, unit.likes.of_posts(live)) | dict.fromkeys(wanted - live.keys(), ()),
        solved=solved_facts(topics.values(), {**posts, **solutions}) | dict.fromkeys(topic_ids - topics.keys()),
        shown=[(one.member_id, one.created_at.timestamp()) for need in subjects.get("shown", ()) for one in unit.suggestions.of_need(int(need))],
        study=_study(unit) if "learned" in subjects else None,
    )


def _apply(entry: _Entry, rows: _Rows) -> None:
    # A lock of the graph's own keeps readers out for each step; between two steps they see a state that is a little behind, never a broken one.
    if rows.whole:
        _begin(entry, rows)
    else:
        _follow(entry, rows)
    for member, at in rows.shown:
        entry.knowledge.note_shown(member, at)
    if rows.study is not None:
        entry.knowledge.put_habits(rows.study.habits, at=rows.study.at)
        entry.knowledge.put_meaning(rows.study.meaning)
        entry.weights = rows.study.weights
    entry.revision = rows.revision


def _begin(entry: _Entry, rows: _Rows) -> None:
    """Know everything at once: some seconds for what would take the increments minutes."""
    likes = [like for found in rows.likes.values() for like in found]
    solved = {topic: one for topic, one in rows.solved.items() if one is not None}
    entry.knowledge = bulk.build(members=rows.members, posts=rows.posts, likes=likes, solved=solved.values())
    entry.kept, entry.topic_posts, entry.solved = {}, {}, solved
    for post in rows.posts:
        _keep(entry, post)


def _follow(entry: _Entry, rows: _Rows) -> None:
    """Change only what changed."""
    graph = entry.knowledge
    for post_id in [*rows.gone_posts, *(post.post_id for post in rows.posts)]:
        _take_out(entry, post_id)
    for member in rows.gone_members:
        graph.remove_member(member)
    for fact in rows.members:
        graph.put_member(fact)
    for post in rows.posts:
        graph.put_post(post)
        _keep(entry, post)
    for likes in rows.likes.values():
        for like in likes:
            graph.put_like(like)
    for topic_id, solved in rows.solved.items():
        _settle_answer(entry, topic_id, solved)


def _keep(entry: _Entry, post: PostFact) -> None:
    entry.kept[post.post_id] = (replace(post, terms={}), pack_terms(post.terms))
    entry.topic_posts.setdefault(post.topic_id, set()).add(post.post_id)


def _settle_answer(entry: _Entry, topic_id: str, solved: SolvedFact | None) -> None:
    before = entry.solved.pop(topic_id, None)
    if before is not None and before != solved:
        entry.knowledge.remove_solved(before)
    if solved is not None:
        entry.knowledge.put_solved(solved)
        entry.solved[topic_id] = solved


def _take_out(entry: _Entry, post_id: str) -> None:
    """Take a post out as it was put in, with its likes and its acceptance."""
    kept = entry.kept.pop(post_id, None)
    if kept is not None:
        fact, terms = kept
        entry.knowledge.remove_post(replace(fact, terms=unpack_terms(terms)))
        entry.topic_posts[fact.topic_id].discard(post_id)
