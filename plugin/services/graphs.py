"""The graph in memory of each community, kept in step with the store.

Built from rows at the first use; after that each use asks for the revision and applies what changed since. Every process does this for itself, so a change
made by one shows in all of them at their next use.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plugin.domain.content import Post, Topic
from plugin.domain.members import Consent, Member
from plugin.graph import text
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.knowledge import Knowledge
from plugin.services.runtime import Runtime
from plugin.store.types import pack_terms, unpack_terms
from plugin.store.unit_of_work import UnitOfWork

SHOWN_WITHIN = timedelta(days=30)
"""How far back it matters that someone was suggested."""
TITLE_WEIGHT = 2
"""A word of the title counts as much as this many in the first post."""


@dataclass
class _Entry:
    knowledge: Knowledge = field(default_factory=Knowledge)
    revision: int = -1
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    kept: dict[str, tuple[PostFact, bytes]] = field(default_factory=dict)
    """What was put in for each post, its terms packed, so that it can be taken out again: the rows may be gone by then."""
    topic_posts: dict[str, set[str]] = field(default_factory=dict)
    solved: dict[str, SolvedFact] = field(default_factory=dict)


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


class Graphs:
    """The graphs of all communities that this process serves."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._entries: dict[int, _Entry] = {}

    async def get(self, installation_id: int) -> Knowledge:
        """The graph of a community as of now."""
        entry = self._entries.setdefault(installation_id, _Entry())
        async with entry.lock:
            rows = await self._runtime.database.read(installation_id, lambda unit: _read(unit, entry))
            if rows is not None:
                # In a thread: building a large graph must not hold up requests. The lock keeps it the only writer.
                await asyncio.to_thread(_apply, entry, rows)
        return entry.knowledge

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
    topics = {topic.id: topic for topic in unit.topics.all()}
    posts = list(unit.posts.each())
    return _Rows(
        revision=revision,
        whole=True,
        members=list(_member_facts(unit, unit.members.all())),
        posts=_post_facts(unit, posts, topics, siblings=posts, mentions=unit.posts.mentions()),
        likes=_like_facts({post.id: post for post in posts}, unit.likes.all()),
        solved=_solved_facts(topics.values(), {post.id: post for post in posts}),
        shown=[(member, at.timestamp()) for member, at in unit.suggestions.shown(since=unit.now - SHOWN_WITHIN)],
    )


def _read_some(unit: UnitOfWork, entry: _Entry, subjects: Mapping[str, set[str]], revision: int) -> _Rows:
    member_ids = {int(one) for one in subjects.get("member", ())}
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
        members=list(_member_facts(unit, people.values())),
        gone_members=sorted(member_ids - people.keys()),
        posts=_post_facts(unit, list(posts.values()), topics, siblings=siblings, mentions=unit.posts.mentions(wanted)),
        gone_posts=sorted(wanted - live.keys()),
        likes=_like_facts(live, unit.likes.of_posts(live)) | dict.fromkeys(wanted - live.keys(), ()),
        solved=_solved_facts(topics.values(), {**posts, **solutions}) | dict.fromkeys(topic_ids - topics.keys()),
        shown=[(one.member_id, one.created_at.timestamp()) for need in subjects.get("shown", ()) for one in unit.suggestions.of_need(int(need))],
    )


def _member_facts(unit: UnitOfWork, members: Iterable[Member]) -> Iterable[MemberFact]:
    policy, key = unit.policy, unit.keys.terms
    hidden = {member for member, given in unit.consents.in_force(Consent.EXPERT).items() if not given}
    mentors = unit.groups.members_of(policy.mentor_group) if policy.mentor_group else set()
    for member in members:
        offers = member.fields.get(policy.offers_field, "")
        places = _number(member.fields.get(policy.places_field, ""))
        willing = member.id in mentors or bool(places) or bool(offers.strip())
        stated = f"{offers} {member.title} {member.bio}"
        yield MemberFact(
            member=member.id,
            joined=member.created_at.timestamp() if member.created_at else 0.0,
            last_seen=member.last_seen_at.timestamp() if member.last_seen_at else None,
            timezone=member.timezone or None,
            locale=member.locale or None,
            offers=text.term_counts(stated, key=key),
            wants=text.term_counts(member.fields.get(policy.wants_field, ""), key=key),
            willing=True if willing else (False if places == 0 else None),
            capacity=places,
            available=member.takes_part and member.id not in hidden,
        )


def _number(word: str) -> int | None:
    digits = word.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else None


def _post_facts(
    unit: UnitOfWork, posts: Sequence[Post], topics: Mapping[str, Topic], *, siblings: Sequence[Post], mentions: Sequence[tuple[str, int]]
) -> list[PostFact]:
    author_at = {(post.topic_id, post.number): post.author_id for post in siblings}
    named: dict[str, list[int]] = {}
    for post_id, member in mentions:
        named.setdefault(post_id, []).append(member)
    facts = []
    for post in posts:
        topic = topics.get(post.topic_id)
        if not post.live or topic is None:
            continue
        terms = dict(post.terms)
        if post.number == 1:
            for digest, count in text.term_counts(topic.title, key=unit.keys.terms).items():
                terms[digest] = terms.get(digest, 0) + TITLE_WEIGHT * count
        asker = topic.author_id if topic.author_id is not None else author_at.get((post.topic_id, 1), post.author_id)
        facts.append(
            PostFact(
                post_id=post.id,
                topic_id=post.topic_id,
                author=post.author_id,
                at=post.created_at.timestamp(),
                number=post.number,
                asker=asker,
                reply_to_author=None if post.reply_to_number is None else author_at.get((post.topic_id, post.reply_to_number)),
                terms=terms,
                category=topic.space_id,
                tags=topic.tags,
                mentions=tuple(sorted(named.get(post.id, ()))),
            )
        )
    return facts


def _like_facts(posts: Mapping[str, Post], likes: Iterable[tuple[str, int, datetime]]) -> dict[str, list[LikeFact]]:
    found: dict[str, list[LikeFact]] = {}
    for post_id, member, at in likes:
        post = posts.get(post_id)
        if post is not None and post.author_id != member:
            found.setdefault(post_id, []).append(LikeFact(post_id=post_id, member=member, author=post.author_id, at=at.timestamp()))
    return found


def _solved_facts(topics: Iterable[Topic], posts: Mapping[str, Post]) -> dict[str, SolvedFact | None]:
    found: dict[str, SolvedFact | None] = {}
    for topic in topics:
        post = posts.get(topic.solution_post_id) if topic.solution_post_id else None
        found[topic.id] = (
            None if post is None or not post.live else SolvedFact(topic_id=topic.id, post_id=post.id, author=post.author_id, at=post.created_at.timestamp())
        )
    return found


def _apply(entry: _Entry, rows: _Rows) -> None:
    if rows.whole:
        entry.knowledge = Knowledge.build(members=rows.members)
        entry.kept, entry.topic_posts, entry.solved = {}, {}, {}
    graph = entry.knowledge
    # A lock of the graph's own keeps readers out for each step; between two steps they see a state that is a little behind, never a broken one.
    for post_id in [*rows.gone_posts, *(post.post_id for post in rows.posts)]:
        _take_out(entry, post_id)
    for member in rows.gone_members:
        graph.remove_member(member)
    if not rows.whole:
        for fact in rows.members:
            graph.put_member(fact)
    for post in rows.posts:
        graph.put_post(post)
        entry.kept[post.post_id] = (replace(post, terms={}), pack_terms(post.terms))
        entry.topic_posts.setdefault(post.topic_id, set()).add(post.post_id)
    for likes in rows.likes.values():
        for like in likes:
            graph.put_like(like)
    for topic_id, solved in rows.solved.items():
        _settle_answer(entry, topic_id, solved)
    for member, at in rows.shown:
        graph.note_shown(member, at)
    entry.revision = rows.revision


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
