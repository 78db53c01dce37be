"""Knowing a whole community at once: columns in, columns out, a few seconds for what takes the increments minutes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Column
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.forward import Stretch
from plugin.graph.knowledge import MAX_TERMS, Knowledge
from plugin.graph.postings import MAX_COUNT, Segment, segment

BATCH = 1_000_000
"""Posts of a batch, roughly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostBatch:
    """Posts of whole topics as columns.

    ``topic`` says for each post which of ``topic_ids`` it is in; ``asker`` and ``category`` belong to topics. Ids are texts, or an array where they are plain
    numbers. The terms of post ``i`` are ``terms[offsets[i]:offsets[i + 1]]``, the most frequent first, with ``counts``. A category is a place in ``categories``
    or -1. No post and no topic is in two batches.
    """

    post_ids: Sequence[str] | NDArray[np.int64]
    topic: NDArray[np.int32]
    author: NDArray[np.int64]
    at: NDArray[np.float64]
    opening: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    terms: NDArray[np.int64]
    counts: NDArray[np.uint8]
    topic_ids: Sequence[str] | NDArray[np.int64]
    asker: NDArray[np.int64]
    category: NDArray[np.int32]
    categories: Sequence[str] = ()
    tags: dict[int, tuple[str, ...]] = field(default_factory=dict)


def build(
    *,
    members: Iterable[MemberFact] = (),
    posts: Iterable[PostFact] = (),
    likes: Iterable[LikeFact] = (),
    solved: Iterable[SolvedFact] = (),
    max_terms: int = MAX_TERMS,
) -> Knowledge:
    """Know everything at once. Of posts with the same id the first counts."""
    return build_from_batches(members=members, batches=_batches(posts), likes=likes, solved=solved, max_terms=max_terms)


def build_from_batches(
    *,
    members: Iterable[MemberFact] = (),
    batches: Iterable[PostBatch] = (),
    likes: Iterable[LikeFact] = (),
    solved: Iterable[SolvedFact] = (),
    max_terms: int = MAX_TERMS,
) -> Knowledge:
    """Know everything at once, from columns. For communities whose posts do not fit into memory as objects."""
    knowledge = Knowledge(max_terms=max_terms)
    for member in members:
        knowledge.put_member(member)
    _Builder(knowledge).load(batches)
    for like in likes:
        knowledge.put_like(like)
    for solution in solved:
        knowledge.put_solved(solution)
    return knowledge


def _batches(posts: Iterable[PostFact]) -> Iterator[PostBatch]:
    topics: dict[str, list[PostFact]] = {}
    seen: set[str] = set()
    for post in sorted(posts, key=lambda post: post.at):
        if post.post_id not in seen:
            seen.add(post.post_id)
            topics.setdefault(post.topic_id, []).append(post)
    batch: list[list[PostFact]] = []
    size = 0
    for topic in topics.values():
        batch.append(topic)
        size += len(topic)
        if size >= BATCH:
            yield _batch(batch)
            batch, size = [], 0
    if batch:
        yield _batch(batch)


def _batch(topics: Sequence[Sequence[PostFact]]) -> PostBatch:
    posts = [post for topic in topics for post in topic]
    heads = [topic[0] for topic in topics]
    categories = {name: place for place, name in enumerate(dict.fromkeys(head.category for head in heads if head.category is not None))}
    terms = [sorted(post.terms.items(), key=lambda item: -item[1]) for post in posts]
    return PostBatch(
        post_ids=[post.post_id for post in posts],
        topic=np.repeat(np.arange(len(topics), dtype=np.int32), [len(topic) for topic in topics]),
        author=np.array([post.author for post in posts], np.int64),
        at=np.array([post.at for post in posts], np.float64),
        opening=np.array([post.number == 1 for post in posts], bool),
        offsets=np.concatenate([[0], np.cumsum([len(found) for found in terms])]).astype(np.int64),
        terms=np.array([term for found in terms for term, _ in found], np.int64),
        counts=np.array([min(count, MAX_COUNT) for found in terms for _, count in found], np.uint8),
        topic_ids=[head.topic_id for head in heads],
        asker=np.array([head.asker for head in heads], np.int64),
        category=np.array([-1 if head.category is None else categories[head.category] for head in heads], np.int32),
        categories=list(categories),
        tags={place: head.tags for place, head in enumerate(heads) if head.tags},
    )


class _Builder:
    """Puts batch after batch to the end of the columns, then links the rows."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.k = knowledge
        self.questions: list[Segment] = []
        self.replies: list[Segment] = []
        self.stretches: list[Stretch] = []
        self.topic_names: list[Sequence[str] | NDArray[np.int64]] = []
        self.post_names: list[Sequence[str] | NDArray[np.int64]] = []

    def load(self, batches: Iterable[PostBatch]) -> None:
        k = self.k
        with k.lock:
            for batch in batches:
                self._add(batch)
            if not self.post_names:
                return
            k.revision += 1
            k.post_ids.build(_joined(self.post_names))
            k.topic_ids.build(_joined(self.topic_names))
            k.parts_of_topic.build(k.part_topic.view, count=k.topic_asker.size)
            k.parts_of_author.build(k.part_author.view, count=k.member_numbers.size)
            k.posts_of_part.build(k.post_part.view, count=k.part_topic.size)
            k.questions.load(self.questions)
            k.replies.load(self.replies)
            k.topic_terms.load(self.stretches)
            k.refade()

    def _add(self, batch: PostBatch) -> None:
        k = self.k
        first_topic, first_part, first_post = k.topic_asker.size, k.part_topic.size, k.post_part.size
        self.post_names.append(batch.post_ids)
        self.topic_names.append(batch.topic_ids)
        author, asker = self._members(batch.author), self._members(batch.asker)
        at = np.clip(np.floor(batch.at), 1, 2**32 - 1).astype(np.uint32)
        part, part_topic, part_author, first, last = _parts(batch.topic, author, at)
        lengths, kept = self._bounded(batch)
        words = np.add.reduceat(np.append(np.where(kept, np.minimum(batch.counts, MAX_COUNT), 0).astype(np.int64), 0), batch.offsets[:-1])
        words[lengths == 0] = 0
        post_of_term = np.repeat(np.arange(len(batch.topic)), lengths)
        own = author == asker[batch.topic]
        opening, reply = batch.opening, ~batch.opening & ~own
        self._topics(batch, asker, at, words, first_topic)
        _extend(k.part_topic.size, ((k.part_topic, part_topic + first_topic), (k.part_author, part_author)))
        k.part_first.grow(first_part + len(first))
        k.part_first.data[first_part : first_part + len(first)] = first
        k.part_last.grow(first_part + len(last))
        k.part_last.data[first_part : first_part + len(last)] = last
        _extend(first_part, ((k.part_length, np.bincount(part[reply], weights=words[reply], minlength=len(first))),))
        _extend(first_post, ((k.post_part, part + first_part),))
        k.post_at.grow(first_post + len(at))
        k.post_at.data[first_post : first_post + len(at)] = at
        self._activity(author, asker, at)
        k.question_count += int(opening.sum())
        k.question_words += int(words[opening].sum())
        k.reply_count += int(reply.sum())
        k.reply_words += int(words[reply].sum())
        for chosen, documents, into in ((opening, batch.topic + first_topic, self.questions), (reply, part + first_part, self.replies)):
            of = kept & chosen[post_of_term]
            into.append(segment(batch.terms[of], documents[post_of_term[of]].astype(np.int32), batch.counts[of]))
        self._forward(batch, kept & opening[post_of_term], post_of_term, first_topic)

    def _members(self, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        distinct, inverse = np.unique(numbers, return_inverse=True)
        rows = np.fromiter((self.k.member_row(number) for number in distinct.tolist()), np.int32, count=len(distinct))
        return rows[inverse]

    def _bounded(self, batch: PostBatch) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """How many terms each post has, and which of all terms count."""
        lengths = np.diff(batch.offsets)
        place = np.arange(len(batch.terms)) - np.repeat(batch.offsets[:-1], lengths)
        return lengths, place < self.k.max_terms

    def _topics(self, batch: PostBatch, asker: NDArray[np.int32], at: NDArray[np.uint32], words: NDArray[np.int64], first: int) -> None:
        k, count = self.k, len(asker)
        names = np.array([k.categories.setdefault(name, len(k.categories)) for name in batch.categories] or [-1], np.int32)
        category = np.where(batch.category >= 0, names[batch.category], -1)
        opened, opening = np.zeros(count, np.int64), np.flatnonzero(batch.opening)
        opened[batch.topic[opening]] = at[opening]
        length = np.bincount(batch.topic[opening], weights=words[opening], minlength=count)
        posts = np.bincount(batch.topic, minlength=count)
        _extend(first, ((k.topic_asker, asker), (k.topic_category, category), (k.topic_length, length), (k.topic_posts, posts)))
        k.topic_at.grow(first + count)
        k.topic_at.data[first : first + count] = opened
        k.topic_tags.update({first + place: tags for place, tags in batch.tags.items()})

    def _activity(self, author: NDArray[np.int32], asker: NDArray[np.int32], at: NDArray[np.uint32]) -> None:
        k = self.k
        np.maximum.at(k.member_last.data, author, at)
        k.member_posts.view[:] += np.bincount(author, minlength=k.member_posts.size).astype(np.int32)
        k.member_named.view[:] += np.bincount(asker, minlength=k.member_named.size).astype(np.int32)
        hours = at // 3600 % 24
        for hour, column in enumerate(k.member_hours):
            column.view[:] += np.bincount(author[hours == hour], minlength=column.size).astype(np.int32)

    def _forward(self, batch: PostBatch, chosen: NDArray[np.bool_], post_of_term: NDArray[np.int64], first: int) -> None:
        topics = batch.topic[post_of_term[chosen]]
        order = np.argsort(topics, kind="stable")
        names = self.questions[-1].terms
        ranks = np.searchsorted(names, batch.terms[chosen][order]).astype(np.int32)
        sizes = np.bincount(topics, minlength=len(batch.asker))
        self.stretches.append(Stretch(first, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), ranks, names))


Parts = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]


def _parts(topic: NDArray[np.int32], author: NDArray[np.int32], at: NDArray[np.uint32]) -> Parts:
    """The participations, by the time of their first post: of each post, then topics, authors, first and last times."""
    keys, inverse = np.unique(topic.astype(np.int64) << 32 | author, return_inverse=True)
    first, last = np.full(len(keys), 2**32 - 1, np.uint32), np.zeros(len(keys), np.uint32)
    np.minimum.at(first, inverse, at)
    np.maximum.at(last, inverse, at)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(keys), np.int64)
    place[order] = np.arange(len(keys))
    return place[inverse], keys[order] >> 32, keys[order] & 0xFFFFFFFF, first[order], last[order]


def _extend(start: int, columns: Iterable[tuple[Column[np.int32], NDArray[np.int32] | NDArray[np.int64] | NDArray[np.float64]]]) -> None:
    for column, values in columns:
        column.grow(start + len(values))
        column.data[start : start + len(values)] = values


def _joined(names: Sequence[Sequence[str] | NDArray[np.int64]]) -> Sequence[str] | NDArray[np.int64]:
    arrays = [one for one in names if isinstance(one, np.ndarray)]
    if len(arrays) == len(names):
        return np.concatenate(arrays)
    return [str(name) for one in names for name in (one.tolist() if isinstance(one, np.ndarray) else one)]
