"""The rows behind what is known of a community, and what is counted from them.

Everything is kept as columns of whole numbers, so that a change is small and undoing it is exact. Words are not kept, only keyed digests; of replies only the
index from term to document.
"""

from collections.abc import Mapping
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Chains, Column
from plugin.graph.facts import MemberFact, PostFact
from plugin.graph.fading import ACCEPTED, HELPED, LIKED, POSTED, SHOWN, Fading
from plugin.graph.forward import TopicTerms
from plugin.graph.habits import Habits
from plugin.graph.ids import Ids
from plugin.graph.meaning import Meaning
from plugin.graph.postings import MAX_COUNT, Postings

MAX_TERMS = 64
"""How many terms of a post count, unless the knowledge is told otherwise."""


def seconds(at: float) -> int:
    """A time as the columns hold it, where 0 means none."""
    return min(max(int(at), 1), 2**32 - 1)


class Rows:
    """Members, topics, participations of members in topics, posts, likes and accepted answers by row. Callers hold ``lock``."""

    def __init__(self, *, max_terms: int = MAX_TERMS) -> None:
        self.lock = RLock()
        self.revision = 0
        self.max_terms = max_terms
        self.facts: dict[int, MemberFact] = {}
        self.offers: dict[int, dict[int, int]] = {}
        self.about: dict[int, dict[int, int]] = {}
        self.hidden: dict[int, tuple[frozenset[int], ...]] = {}
        self.member_rows: dict[int, int] = {}
        self.member_numbers = Column(np.int64, fill=-1)
        self.member_last = Column(np.uint32)
        self.member_posts = Column(np.int32)
        self.member_ready = Column(np.int8)
        self.member_seen = Column(np.uint32)
        self.member_willing = Column(np.int8)
        self.member_load = Column(np.int32)
        self.member_capacity = Column(np.int32)
        self.member_named = Column(np.int32)  # how many topics and likes refer to the member
        self.member_hours: list[Column[np.int32]] = [Column(np.int32) for _ in range(24)]
        self.fading = Fading()
        self.habits = Habits()
        self.meaning = Meaning()
        self.topic_ids = Ids()
        self.topic_asker = Column(np.int32, fill=-1)
        self.topic_category = Column(np.int32, fill=-1)
        self.topic_length = Column(np.int32)
        self.topic_posts = Column(np.int32)
        self.topic_at = Column(np.uint32)
        self.topic_terms = TopicTerms()
        self.topic_tags: dict[int, tuple[str, ...]] = {}
        self.categories: dict[str, int] = {}
        self.part_topic = Column(np.int32, fill=-1)
        self.part_author = Column(np.int32, fill=-1)
        self.part_first = Column(np.uint32)
        self.part_last = Column(np.uint32)
        self.part_length = Column(np.int32)
        self.parts_of_topic = Chains()
        self.parts_of_author = Chains()
        self.post_ids = Ids()
        self.post_part = Column(np.int32, fill=-1)
        self.post_at = Column(np.uint32)
        self.posts_of_part = Chains()
        self.like_member = Column(np.int32, fill=-1)
        self.like_post = Column(np.int32, fill=-1)
        self.like_at = Column(np.uint32)
        self.likes_of_post = Chains()
        self.solved: dict[int, int] = {}
        self.shown: dict[int, list[int]] = {}
        self.questions = Postings()
        self.replies = Postings()
        self.question_count = self.question_words = self.reply_count = self.reply_words = 0

    def numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The callers' numbers of members."""
        return self.member_numbers.data[rows]

    # ------------------------------------------------------------------------------------------------------------------ rows

    def member_row(self, number: int) -> int:
        """The row of a member, a new one for whoever is new. The caller holds the lock."""
        row = self.member_rows.get(number)
        if row is None:
            row = self.member_rows[number] = self.member_numbers.append(number)
            for moment in (self.member_last, self.member_seen):
                moment.grow(row + 1)
            for small in (self.member_ready, self.member_willing):
                small.grow(row + 1)
            for column in (self.member_load, self.member_capacity, self.member_posts, self.member_named, *self.member_hours):
                column.grow(row + 1)
            self.fading.grow(row + 1)
            self.habits.grow(row + 1)
        return row

    def _name(self, number: int) -> int:
        row = self.member_row(number)
        self.member_named.data[row] += 1
        return row

    def _unname(self, row: int) -> None:
        self.member_named.data[row] -= 1
        self._drop_member(row)

    def _drop_member(self, row: int) -> None:
        if row in self.facts or row in self.shown or self.member_posts.data[row] or self.member_named.data[row]:
            return
        number = int(self.member_numbers.data[row])
        if self.member_rows.get(number) == row:
            del self.member_rows[number]
        self.member_numbers.data[row] = -1

    def _put_statements(self, row: int, fact: MemberFact) -> None:
        for said, index in ((fact.offers, self.offers), (fact.about, self.about)):
            for term, count in said.items():
                index.setdefault(term, {})[row] = count

    def _forget_statements(self, row: int) -> None:
        self.hidden.pop(row, None)
        fact = self.facts.get(row)
        for said, index in ((fact.offers, self.offers), (fact.about, self.about)) if fact else ():
            for term in said:
                index[term].pop(row)
                if not index[term]:
                    del index[term]

    def _topic(self, fact: PostFact) -> int:
        topic = self.topic_ids.find(fact.topic_id)
        if topic < 0:
            topic = self.topic_ids.add(fact.topic_id)
            self.topic_at.grow(topic + 1)
            for column in (self.topic_asker, self.topic_category, self.topic_length, self.topic_posts):
                column.grow(topic + 1)
            self.topic_asker.data[topic] = self._name(fact.asker)
            if fact.category is not None:
                self.topic_category.data[topic] = self.categories.setdefault(fact.category, len(self.categories))
            if fact.tags:
                self.topic_tags[topic] = fact.tags
        return topic

    def _drop_topic(self, topic: int) -> None:
        self.topic_ids.free(topic)
        self.topic_tags.pop(topic, None)
        asker = int(self.topic_asker.data[topic])
        self.topic_asker.data[topic] = self.topic_category.data[topic] = -1
        self._unname(asker)

    def _part(self, topic: int, author: int) -> int:
        for part in self.parts_of_topic.of(topic):
            if self.part_author.data[part] == author:
                return part
        return -1

    def _new_part(self, topic: int, author: int) -> int:
        part = self.part_topic.append(topic)
        self.part_author.append(author)
        self.part_first.grow(part + 1)
        self.part_last.grow(part + 1)
        self.part_length.grow(part + 1)
        self.parts_of_topic.add(topic, part)
        self.parts_of_author.add(author, part)
        return part

    def _author(self, post: int) -> int:
        return int(self.part_author.data[self.post_part.data[post]])

    def _like(self, post: int, member: int) -> int:
        row = self.member_rows.get(member)
        for like in self.likes_of_post.of(post):
            if self.like_member.data[like] == row:
                return like
        return -1

    # ------------------------------------------------------------------------------------------------------------------ what follows from rows

    def _retime(self, part: int) -> None:
        """Bring a participation in line with its posts."""
        topic, author = int(self.part_topic.data[part]), int(self.part_author.data[part])
        posts = self.posts_of_part.of(part)
        times = [int(self.post_at.data[post]) for post in posts]
        first, last = (min(times), max(times)) if times else (0, 0)
        if first != self.part_first.data[part] and author != self.topic_asker.data[topic]:
            for at, change in ((int(self.part_first.data[part]), -1), (first, 1)):
                if at:
                    self._count_help(topic, author, at, times=change)
        self.part_first.data[part], self.part_last.data[part] = first, last
        if not posts:
            self.parts_of_topic.remove(topic, part)
            self.parts_of_author.remove(author, part)
            self.part_topic.data[part] = self.part_author.data[part] = -1

    def _count_help(self, topic: int, author: int, at: int, *, times: int) -> None:
        self.fading.add(HELPED, author, at, times=times)
        self.meaning.count(author, self._direction(topic), times=times)
        category = int(self.topic_category.data[topic])
        if category >= 0:
            self.fading.add_category(category, author, at, times=times)

    def _direction(self, topic: int) -> NDArray[np.int32] | None:
        return None if self.meaning.model is None else self.meaning.model.direction(self.topic_terms.get(topic))

    def _count_meaning(self, topic: int, *, times: int) -> None:
        """Count what a topic is about in or out for everybody who answered it so far."""
        direction = self._direction(topic)
        for part in self.parts_of_topic.of(topic) if direction is not None else ():
            author = int(self.part_author.data[part])
            if author != self.topic_asker.data[topic]:
                self.meaning.count(author, direction, times=times)

    def _count_activity(self, author: int, at: int, *, times: int) -> None:
        self.member_posts.data[author] += times
        self.member_hours[at // 3600 % 24].data[author] += times
        self.fading.add(POSTED, author, at, times=times)
        if times > 0:
            self.member_last.data[author] = max(int(self.member_last.data[author]), at)
        elif at == self.member_last.data[author]:
            lasts = self.part_last.data[self.parts_of_author.of(author)]
            self.member_last.data[author] = lasts.max() if len(lasts) else 0

    def _count_terms(self, fact: PostFact, *, topic: int, part: int, times: int) -> None:
        """Opening posts say what a topic is about, replies of others what their authors can speak about; an asker's own replies say neither."""
        terms = self._bounded(fact.terms)
        words = sum(terms.values())
        change = self.questions if fact.number == 1 else self.replies
        if fact.number == 1:
            self.topic_length.data[topic] += times * words
            self.topic_at.data[topic] = seconds(fact.at) if times > 0 else 0
            if times > 0:
                self.topic_terms.put(topic, terms)
                self._count_meaning(topic, times=1)
            else:
                self._count_meaning(topic, times=-1)
                self.topic_terms.drop(topic)
            self.question_count += times
            self.question_words += times * words
        elif fact.author == fact.asker:
            return
        else:
            self.part_length.data[part] += times * words
            self.reply_count += times
            self.reply_words += times * words
        if times > 0:
            change.add(topic if fact.number == 1 else part, terms)
        else:
            change.subtract(topic if fact.number == 1 else part, terms)

    def _bounded(self, terms: Mapping[int, int]) -> dict[int, int]:
        kept = sorted(terms.items(), key=lambda item: -item[1])[: self.max_terms] if len(terms) > self.max_terms else terms.items()
        return {term: min(count, MAX_COUNT) for term, count in kept}

    def _unlike(self, post: int, like: int, *, author: int) -> None:
        self.fading.add(LIKED, author, int(self.like_at.data[like]), times=-1)
        self.likes_of_post.remove(post, like)
        liker = int(self.like_member.data[like])
        self.like_member.data[like], self.like_post.data[like], self.like_at.data[like] = -1, -1, 0
        self._unname(liker)

    def _unsolve(self, post: int, *, author: int) -> None:
        at = self.solved.pop(post, None)
        if at is not None:
            self.fading.add(ACCEPTED, author, at, times=-1)

    def refade(self) -> None:
        """Make all fading sums anew from the rows. The caller holds the lock."""
        live = self.part_topic.view >= 0
        topics, authors = self.part_topic.view[live], self.part_author.view[live]
        others = self.topic_asker.data[topics] != authors
        topics, authors, first = topics[others], authors[others], self.part_first.view[live][others].astype(np.float64)
        self.fading.load(HELPED, authors, first)
        categories = self.topic_category.data[topics]
        known = categories >= 0
        self.fading.load_categories(categories[known], authors[known], first[known])
        posts = self.post_part.view >= 0
        self.fading.load(POSTED, self.part_author.data[self.post_part.view[posts]], self.post_at.view[posts].astype(np.float64))
        likes = self.like_post.view >= 0
        liked = self.part_author.data[self.post_part.data[self.like_post.view[likes]]]
        self.fading.load(LIKED, liked, self.like_at.view[likes].astype(np.float64))
        solved = np.fromiter(self.solved, np.int64, count=len(self.solved))
        self.fading.load(ACCEPTED, self.part_author.data[self.post_part.data[solved]], np.fromiter(self.solved.values(), np.float64, count=len(solved)))
        shown = [(row, at) for row, times in self.shown.items() for at in times]
        self.fading.load(SHOWN, np.array([r for r, _ in shown], np.int32), np.array([a for _, a in shown], np.float64))
