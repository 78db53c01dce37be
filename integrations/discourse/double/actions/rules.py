"""What a title, a body and a busy member must keep to (PostCreator, PostValidator, RateLimiter)."""

from collections.abc import Sequence

from integrations.discourse.double.errors import failed, rate_limited
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Topic, User

DAY = 86_400


def is_staff(user: User) -> bool:
    """Admins and moderators; they are excused from the limits of members."""
    return user.admin or user.moderator


def title_errors(forum: Forum, title: str, *, private: bool, keep: Topic | None = None) -> list[str]:
    """What is wrong with a title."""
    rules = forum.settings
    least = rules.min_personal_message_title_length if private else rules.min_topic_title_length
    if not title.strip():
        return ["Title can't be blank"]
    if len(title) < least:
        return [f"Title is too short (minimum is {least} characters)"]
    if len(title) > rules.max_topic_title_length:
        return [f"Title is too long (maximum is {rules.max_topic_title_length} characters)"]
    if not private and not rules.allow_duplicate_topic_titles and _title_used(forum, title, keep):
        return ["Title has already been used"]
    return []


def _title_used(forum: Forum, title: str, keep: Topic | None) -> bool:
    wanted = title.strip().lower()
    return any(
        topic.title.lower() == wanted and topic.deleted_at is None and not topic.private and topic is not keep for topic in reversed(forum.topics.values())
    )


def body_errors(forum: Forum, raw: str, *, private: bool) -> list[str]:
    """What is wrong with a text."""
    rules = forum.settings
    least = rules.min_personal_message_post_length if private else rules.min_post_length
    if not raw.strip():
        return ["Body can't be blank"]
    if len(raw.strip()) < least:
        return [f"Body is too short (minimum is {least} characters)"]
    if len(raw) > rules.max_post_length:
        return [f"Body is limited to {rules.max_post_length} characters; you entered {len(raw)}."]
    return []


def repeats(forum: Forum, user: User, raw: str) -> bool:
    """Whether the member wrote the same a few minutes ago; staff is not asked unless the site says so."""
    minutes = forum.settings.unique_posts_mins
    if not minutes or (is_staff(user) and not forum.settings.unique_posts_for_staff):
        return False
    since, wanted = forum.now() - minutes * 60, " ".join(raw.split())
    for number in reversed(forum.user_posts.get(user.id, ())):
        post = forum.posts[number]
        if post.created_at < since:
            return False
        if post.deleted_at is None and " ".join(post.raw.split()) == wanted:
            return True
    return False


def check(errors: Sequence[str], *, action: str = "create_post") -> None:
    """Raise 422 with all that is wrong."""
    if errors:
        raise failed(*errors, action=action)


def quota(forum: Forum, user: User, *, new_topic: bool, private: bool) -> None:
    """Raise 429 when a member who is not staff writes too fast or too much in a day."""
    if is_staff(user):
        return
    rules, now = forum.settings, forum.now()
    recent = [post for number in reversed(forum.user_posts.get(user.id, ())[-200:]) if (post := forum.posts[number]).created_at > now - DAY]
    opened = [post for post in recent if post.post_number == 1 and forum.topics[post.topic_id].private == private]
    least = rules.rate_limit_create_topic if new_topic else rules.rate_limit_create_post
    latest = next((post.created_at for post in (opened if new_topic else recent)), None)
    if least and latest is not None and now - latest < least:
        raise rate_limited(max(1, round(least - (now - latest))), code="create_topic" if new_topic else "create_post")
    most = rules.max_personal_messages_per_day if private else rules.max_topics_per_day
    if new_topic and most and len(opened) >= most:
        wait = max(1, round(opened[-1].created_at + DAY - now))
        raise rate_limited(wait, code="pms_per_day" if private else "topics_per_day", what="reached the maximum number for today")


def like_quota(forum: Forum, user: User) -> None:
    """Raise 429 when a member who is not staff has given today's likes."""
    most, now = forum.settings.max_likes_per_day, forum.now()
    given = sum(1 for when in forum.user_likes.get(user.id, {}).values() if when > now - DAY)
    if most and not is_staff(user) and given >= most:
        raise rate_limited(3600, code="likes_per_day")
