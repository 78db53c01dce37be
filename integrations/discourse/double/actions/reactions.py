"""Likes and accepted answers."""

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.actions import notices, rules
from integrations.discourse.double.errors import failed, invalid_access, not_found
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Post, User


def like(forum: Forum, post: Post, *, by: User, fast: bool = False) -> None:
    """Like a post. Own posts and second likes are refused with 403, too many a day with 429."""
    guardian = Guardian(forum, by)
    if not guardian.can_see_post(post) or post.deleted_at is not None or post.user_id == by.id or by.id in post.likes or forum.topics[post.topic_id].archived:
        raise invalid_access()
    if not fast:
        rules.like_quota(forum, by)
    post.likes[by.id] = forum.user_likes[by.id][post.id] = forum.now()
    forum.recount(forum.topics[post.topic_id])
    events.post_liked(forum, post, by)
    if post.user_id is not None:
        notices.notify(forum, post.user_id, notices.LIKED, post=post, by=by)


def unlike(forum: Forum, post: Post, *, by: User) -> None:
    """Take a like back. Nothing tells the webhooks. Raises 404 when there was none."""
    if post.likes.pop(by.id, None) is None:
        raise not_found()
    forum.user_likes[by.id].pop(post.id, None)
    forum.recount(forum.topics[post.topic_id])


def accept(forum: Forum, post: Post, *, by: User) -> None:
    """Make a post the answer of its topic; an earlier answer is un-accepted first. Raises 403 or 404."""
    topic = forum.topics[post.topic_id]
    _answerable(forum, post, by)
    if post.post_number == 1:
        raise failed("The first post can't be the solution.", status=403)
    if topic.accepted_post_id == post.id:
        return
    if (earlier := forum.posts.get(topic.accepted_post_id or 0)) is not None:
        unaccept(forum, earlier, by=by)
    topic.accepted_post_id, topic.accepted_at = post.id, forum.now()
    forum.touch()
    events.solution_event(forum, "accepted_solution", post)
    if post.user_id is not None:
        notices.notify(forum, post.user_id, notices.SOLVED, post=post, by=by)


def unaccept(forum: Forum, post: Post, *, by: User) -> None:
    """The post is no longer the answer. Raises 403 or 404."""
    topic = forum.topics[post.topic_id]
    _answerable(forum, post, by)
    if topic.accepted_post_id != post.id:
        return
    topic.accepted_post_id = topic.accepted_at = None
    forum.touch()
    events.solution_event(forum, "unaccepted_solution", post)


def _answerable(forum: Forum, post: Post, by: User) -> None:
    if not forum.settings.solved_enabled:
        raise not_found()
    if post.deleted_at is not None or not Guardian(forum, by).can_accept_answer(forum.topics[post.topic_id]):
        raise invalid_access()
