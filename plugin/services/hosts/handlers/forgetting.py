"""How posts and topics are hidden and forgotten, with their traces."""

from dataclasses import replace

from plugin.domain.content import Post
from plugin.services.departures.erasure import ask_again
from plugin.store.unit_of_work import UnitOfWork


def _take_back_reasons(post_id: str, unit: UnitOfWork) -> None:
    needs = unit.suggestions.needs_resting_on(post_id)
    if needs:
        ask_again(needs, unit)


def hide_post(post: Post, unit: UnitOfWork) -> None:
    """Let a post count for nothing until the host was asked about it."""
    if post.live:
        unit.posts.put(replace(post, live=False))
        unit.change("post", post.id)
        _take_back_reasons(post.id, unit)


def forget_post(post_id: str, unit: UnitOfWork) -> None:
    """Remove a post and every trace of its words."""
    post = unit.posts.get(post_id)
    if post is None:
        return
    _take_back_reasons(post_id, unit)
    unit.posts.remove(post_id)
    unit.change("post", post_id)
    others = {digest for one in unit.posts.many(unit.posts.of_author(post.author_id)).values() for digest in one.terms}
    unit.words.unlearn(post.author_id, sorted(set(post.terms) - others))
    topic = unit.topics.get(post.topic_id)
    if topic is not None and topic.solution_post_id == post_id:
        unit.topics.put(replace(topic, solution_post_id=None))
        unit.change("topic", topic.id)


def forget_topic(topic_id: str, unit: UnitOfWork) -> None:
    """Remove a topic, its posts, the need that it was, and their traces."""
    for post in unit.posts.of_topic(topic_id):
        forget_post(post.id, unit)
    need = unit.needs.of_topic(topic_id)
    if need is not None:
        unit.outbox.take_back([f"suggestions:{need.id}"], why="the topic that it is about is gone")
        unit.needs.remove([need.id])
    if unit.topics.get(topic_id) is not None:
        unit.topics.remove(topic_id)
        unit.change("topic", topic_id)
