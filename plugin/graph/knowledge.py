"""What is known of one community, in memory, ready for questions.

Everything is kept as columns of whole numbers, so that a change is small and undoing it is exact: taking a post out leaves the state as if it had never been
there. Words are not kept, only keyed digests; of replies only the index from term to document. Removing a post therefore needs the fact that was put.

One lock guards everything: a writer holds it for one fact, a reader for one ranking. Several threads may read and one may write.
"""

from collections.abc import Iterable

import numpy as np

from plugin.graph import decay
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.fading import ACCEPTED, LIKED, SHOWN
from plugin.graph.habits import Habit
from plugin.graph.meaning import DIMENSIONS, MAX_TOPICS, Model, learn
from plugin.graph.rows import MAX_TERMS, Rows, seconds

__all__ = ["MAX_TERMS", "USUAL_CAPACITY", "Knowledge"]

USUAL_CAPACITY = 3
"""How many people somebody is taken to have room for who has not said."""

MANY = 10_000


class Knowledge(Rows):
    """A community's members, posts, likes and accepted answers.

    ``max_terms`` bounds how many terms of a post are kept; less memory, and less to match on. ``revision`` grows with every change.
    """

    # ------------------------------------------------------------------------------------------------------------------ members

    def put_member(self, fact: MemberFact) -> None:
        """Know a member, or know them better. Only members that were put are ever suggested."""
        with self.lock:
            self.revision += 1
            row = self.member_row(fact.member)
            self._forget_statements(row)
            self.facts[row] = fact
            self.member_ready.data[row] = fact.available
            self.member_seen.data[row] = seconds(fact.last_seen) if fact.last_seen is not None else 0
            self.member_willing.data[row] = {True: 1, None: 0, False: -1}[fact.willing]
            self.member_load.data[row] = min(max(fact.load, 0), MANY)
            self.member_capacity.data[row] = min(max(fact.capacity, 0), MANY) if fact.capacity is not None else USUAL_CAPACITY
            if fact.hidden:
                self.hidden[row] = fact.hidden
            self._put_statements(row, fact)

    def remove_member(self, member: int) -> None:
        """Forget what is known of a member and what they say. Their posts are taken out one by one, by :meth:`remove_post`."""
        with self.lock:
            row = self.member_rows.get(member)
            if row is None:
                return
            self.revision += 1
            self._forget_statements(row)
            self.facts.pop(row, None)
            for column in (self.member_load, self.member_capacity):
                column.data[row] = 0
            self.member_ready.data[row] = self.member_willing.data[row] = 0
            self.member_seen.data[row] = 0
            self.habits.forget(row)
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

    def put_habits(self, habits: Iterable[Habit], *, at: float) -> None:
        """Know everybody's habits as of ``at``, in place of what was known of them. Those of members that are not known are left out."""
        with self.lock:
            self.revision += 1
            self.habits.clear(at=at)
            for one in habits:
                row = self.member_rows.get(one.member)
                if row is not None:
                    self.habits.answered.data[row], self.habits.expected.data[row] = one.answered, one.expected

    def put_meaning(self, model: Model | None) -> None:
        """Know what words have to do with each other, in place of what was known; takes as long as a pass over all topics' terms."""
        with self.lock:
            self.revision += 1
            live = self.part_topic.view >= 0
            answered, authors = self.part_topic.view[live], self.part_author.view[live]
            others = self.topic_asker.data[answered] != authors
            if model is None:
                directions = np.zeros((self.topic_asker.size, DIMENSIONS), np.int32)
            else:
                pieces = self.topic_terms.pieces(self.topic_asker.size)
                none = np.zeros((0, DIMENSIONS), np.int32)
                directions = np.concatenate([none, *(model.directions(topics, terms, count=count) for topics, terms, count in pieces)])
            self.meaning.load(model, authors[others], answered[others], directions)

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

    def learn_meaning(self) -> Model | None:
        """What the words of the latest topics have to do with each other."""
        with self.lock:
            live = np.flatnonzero(self.topic_at.view > 0)
            latest = live[np.argsort(self.topic_at.view[live], kind="stable")][-MAX_TOPICS:]
            topics = [self.topic_terms.get(topic) for topic in latest.tolist()]
        return learn(topics)

    def advance(self, now: float) -> None:
        """Let time pass. Rankings do it themselves; every sixteen days it takes as long as a pass over all posts."""
        with self.lock:
            origin = decay.reference(now)
            if origin != self.fading.origin:
                self.fading.origin = origin
                self.refade()

    def terms_of(self, topic: int) -> list[int]:
        """The terms of a topic's opening post."""
        return self.topic_terms.get(topic)

    def posts_of(self, part: int) -> list[str]:
        """Ids of a member's posts in a topic: the accepted one first, then by likes, then the earliest."""
        posts = self.posts_of_part.of(part)
        posts.sort(key=lambda post: (post not in self.solved, -len(self.likes_of_post.of(post)), int(self.post_at.data[post]), post))
        return [self.post_ids.name(post) for post in posts]
