"""What is known of one community, in memory, ready for questions.

Everything is kept as columns of whole numbers, so that a change is small and undoing it is exact: taking a post out leaves the state as if it had never been
there. Words are not kept, only keyed digests; of replies only the index from term to document. Removing a post therefore needs the fact that was put.

One lock guards everything: a writer holds it for one fact, a reader for one ranking. Several threads may read and one may write.
"""

from collections.abc import Iterable, Mapping
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from plugin.graph import decay
from plugin.graph.columns import Chains, Column
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.fading import ACCEPTED, HELPED, LIKED, POSTED, SHOWN, Fading
from plugin.graph.forward import TopicTerms
from plugin.graph.ids import Ids
from plugin.graph.postings import Postings

MAX_TERMS = 64
"""How many terms of a post count, unless the knowledge is told otherwise."""

USUAL_CAPACITY = 3
"""How many people somebody is taken to have room for who has not said."""

MANY = 10_000


def seconds(at: float) -> int:
    """A time as the columns hold it, where 0 means none."""
    return min(max(int(at), 1), 2**32 - 1)


class Knowledge:
    """A community's members, posts, likes and accepted answers.

    ``max_terms`` bounds how many terms of a post are kept; less memory, and less to match on. ``revision`` grows with every change.
    """

    def __init__(self, *, max_terms: int = MAX_TERMS) -> None:
        self.lock = RLock()
        self.revision = 0
        self.max_terms = max_terms
        self.facts: dict[int, MemberFact] = {}
        self.offers: dict[int, dict[int, int]] = {}
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
        self.question_count = self.question_words = 0
        self.reply_count = self.reply_words = 0

    @classmethod
    def build(
        cls,
        *,
        members: Iterable[MemberFact] = (),
        posts: Iterable[PostFact] = (),
        likes: Iterable[LikeFact] = (),
        solved: Iterable[SolvedFact] = (),
        max_terms: int = MAX_TERMS,
    ) -> "Knowledge":
        """See :func:`plugin.graph.bulk.build`."""
        from plugin.graph.bulk import build  # noqa: PLC0415  # the builder fills an instance of this class

        return build(members=members, posts=posts, likes=likes, solved=solved, max_terms=max_terms)

    # ------------------------------------------------------------------------------------------------------------------ members

    def put_member(self, fact: MemberFact) -> None:
        """Know a member, or know them better. Only members that were put are ever suggested."""
        with self.lock:
            self.revision += 1
            row = self.member_row(fact.member)
            self._forget_offers(row)
            self.facts[row] = fact
            self.member_ready.data[row] = fact.available
            self.member_seen.data[row] = seconds(fact.last_seen) if fact.last_seen is not None else 0
            self.member_willing.data[row] = {True: 1, None: 0, False: -1}[fact.willing]
            self.member_load.data[row] = min(max(fact.load, 0), MANY)
            self.member_capacity.data[row] = min(max(fact.capacity, 0), MANY) if fact.capacity is not None else USUAL_CAPACITY
            for term, count in fact.offers.items():
                self.offers.setdefault(term, {})[row] = count

    def remove_member(self, member: int) -> None:
        """Forget what is known of a member and what they say. Their posts are taken out one by one, by :meth:`remove_post`."""
        with self.lock:
            row = self.member_rows.get(member)
            if row is None:
                return
            self.revision += 1
            self._forget_offers(row)
            self.facts.pop(row, None)
            for column in (self.member_load, self.member_capacity):
                column.data[row] = 0
            self.member_ready.data[row] = self.member_willing.data[row] = 0
            self.member_seen.data[row] = 0
            for at in self.shown.pop(row, []):
                self.fading.add(SHOWN, row, at, times=-1)
            self._drop_member(row)

    def note_shown(self, member: int, at: float) -> None:
        """Remember that a member was suggested to somebody; others get their turn next."""
        with self.lock:
            row = self.member_row(member)
            self.revision += 1
            self.shown.setdefault(row, []).append(seconds(at))
            self.fading.add(SHOWN, row, seconds(at))

    def forget_shown(self) -> None:
        """Forget who was suggested to anybody."""
        with self.lock:
            self.revision += 1
            self.fading.load(SHOWN, np.empty(0, np.int32), np.empty(0))
            rows, self.shown = list(self.shown), {}
            for row in rows:
                self._drop_member(row)

    # ------------------------------------------------------------------------------------------------------------------ posts

    def put_post(self, fact: PostFact) -> bool:
        """Know a post. False, and no change, when a post of this id is known: an edited post is removed as it was and put as it is."""
        with self.lock:
            if self.post_ids.find(fact.post_id) >= 0:
                return False
            self.revision += 1
            at, author = seconds(fact.at), self.member_row(fact.author)
            topic = self._topic(fact)
            part = self._part(topic, author)
            if part < 0:
                part = self._new_part(topic, author)
            post = self.post_ids.add(fact.post_id)
            self.post_part.grow(post + 1)
            self.post_at.grow(post + 1)
            self.post_part.data[post], self.post_at.data[post] = part, at
            self.posts_of_part.add(part, post)
            self._retime(part)
            self._count_terms(fact, topic=topic, part=part, times=1)
            self._count_activity(author, at, times=1)
            self.topic_posts.data[topic] += 1
            return True

    def remove_post(self, fact: PostFact) -> bool:
        """Forget a post with all it led to: likes, acceptance, terms. ``fact`` is what was put. False when no such post is known."""
        with self.lock:
            post = self.post_ids.find(fact.post_id)
            if post < 0:
                return False
            self.revision += 1
            part, at = int(self.post_part.data[post]), int(self.post_at.data[post])
            topic, author = int(self.part_topic.data[part]), int(self.part_author.data[part])
            for like in self.likes_of_post.of(post):
                self._unlike(post, like, author=author)
            self._unsolve(post, author=author)
            self._count_terms(fact, topic=topic, part=part, times=-1)
            self.posts_of_part.remove(part, post)
            self.post_part.data[post], self.post_at.data[post] = -1, 0
            self.post_ids.free(post)
            self._retime(part)
            self._count_activity(author, at, times=-1)
            self.topic_posts.data[topic] -= 1
            if not self.topic_posts.data[topic]:
                self._drop_topic(topic)
            self._drop_member(author)
            return True

    # ------------------------------------------------------------------------------------------------------------------ likes and answers

    def put_like(self, fact: LikeFact) -> bool:
        """Know a like. False when its post is not known or the like is."""
        with self.lock:
            post = self.post_ids.find(fact.post_id)
            if post < 0 or self._like(post, fact.member) >= 0:
                return False
            self.revision += 1
            row = self.like_member.append(self._name(fact.member))
            self.like_post.append(post)
            self.like_at.append(seconds(fact.at))
            self.likes_of_post.add(post, row)
            self.fading.add(LIKED, self._author(post), seconds(fact.at))
            return True

    def remove_like(self, fact: LikeFact) -> bool:
        """Forget a like. False when it is not known."""
        with self.lock:
            post = self.post_ids.find(fact.post_id)
            like = self._like(post, fact.member) if post >= 0 else -1
            if like < 0:
                return False
            self.revision += 1
            self._unlike(post, like, author=self._author(post))
            return True

    def put_solved(self, fact: SolvedFact) -> bool:
        """Know that a post is the accepted answer of its topic. False when the post is not known or is accepted."""
        with self.lock:
            post = self.post_ids.find(fact.post_id)
            if post < 0 or post in self.solved:
                return False
            self.revision += 1
            self.solved[post] = seconds(fact.at)
            self.fading.add(ACCEPTED, self._author(post), seconds(fact.at))
            return True

    def remove_solved(self, fact: SolvedFact) -> bool:
        """Forget an acceptance. False when it is not known."""
        with self.lock:
            post = self.post_ids.find(fact.post_id)
            if post not in self.solved:
                return False
            self.revision += 1
            self._unsolve(post, author=self._author(post))
            return True

    # ------------------------------------------------------------------------------------------------------------------ reading

    def advance(self, now: float) -> None:
        """Let time pass. Rankings do it themselves; every sixteen days it takes as long as a pass over all posts."""
        with self.lock:
            origin = decay.reference(now)
            if origin != self.fading.origin:
                self.fading.origin = origin
                self.refade()

    def numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The callers' numbers of members."""
        return self.member_numbers.data[rows]

    def terms_of(self, topic: int) -> list[int]:
        """The terms of a topic's opening post."""
        return self.topic_terms.get(topic)

    def posts_of(self, part: int) -> list[str]:
        """Ids of a member's posts in a topic: the accepted one first, then by likes, then the earliest."""
        posts = self.posts_of_part.of(part)
        posts.sort(key=lambda post: (post not in self.solved, -len(self.likes_of_post.of(post)), int(self.post_at.data[post]), post))
        return [self.post_ids.name(post) for post in posts]

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

    def _forget_offers(self, row: int) -> None:
        fact = self.facts.get(row)
        for term in fact.offers if fact else ():
            self.offers[term].pop(row)
            if not self.offers[term]:
                del self.offers[term]

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
        category = int(self.topic_category.data[topic])
        if category >= 0:
            self.fading.add_category(category, author, at, times=times)

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
            else:
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
        return {term: min(count, 3) for term, count in kept}

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
