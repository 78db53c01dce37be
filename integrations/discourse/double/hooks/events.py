"""What happened, turned into deliveries. One function an event; each freezes its payload now."""

from collections.abc import Callable

import orjson

from integrations.discourse.double.clock import iso
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.catalog import IDS, root, subscription
from integrations.discourse.double.hooks.queue import Job
from integrations.discourse.double.model import Category, Grant, Group, Membership, Notification, Post, Tag, Topic, User, WebHook
from integrations.discourse.double.serial.badges import grant_basic
from integrations.discourse.double.serial.categories import hook_category, hook_tag
from integrations.discourse.double.serial.groups import hook_group, hook_group_user
from integrations.discourse.double.serial.posts import hook_post
from integrations.discourse.double.serial.profiles import hook_promoted, hook_user
from integrations.discourse.double.serial.topics import hook_topic
from integrations.discourse.double.serial.users import basic_user


def listeners(forum: Forum, event: str) -> list[WebHook]:
    """The active hooks that subscribed to an event."""
    wanted = IDS.get(subscription(event))
    return [hook for hook in forum.web_hooks.values() if hook.active and (hook.wildcard_web_hook or wanted in hook.event_type_ids)]


def emit(
    forum: Forum,
    event: str,
    payload: Callable[[], object],
    *,
    category_id: int | None = None,
    tags: tuple[str, ...] = (),
    group_ids: tuple[int, ...] = (),
) -> None:
    """Queue an event for every hook that subscribed to it. Filters are applied when it is sent."""
    if forum.hooks.muted or not (hooks := listeners(forum, event)):
        return
    body = orjson.dumps({root(event): payload()})
    for hook in hooks:
        forum.hooks.put(Job(hook.id, root(event), event, body, due=forum.now(), category_id=category_id, tags=tags, group_ids=group_ids))


def ping(forum: Forum, hook: WebHook) -> None:
    """Try a hook; filters do not matter, but it must be active."""
    forum.hooks.put(Job(hook.id, "ping", "ping", b'{"ping":"OK"}', due=forum.now()))


def user_event(forum: Forum, event: str, user: User) -> None:
    """Anything about a user. It has no category, tag or group, so filtered hooks never get it."""
    if user.id > 0:
        emit(forum, event, lambda: hook_user(forum, user))


def user_promoted(forum: Forum, user: User) -> None:
    """A trust level went up."""
    emit(forum, "user_promoted", lambda: hook_promoted(forum, user))


def post_event(forum: Forum, event: str, post: Post) -> None:
    """Anything about a post, private messages included."""
    topic = forum.topics[post.topic_id]
    emit(forum, event, lambda: hook_post(forum, post), category_id=topic.category_id, tags=tuple(topic.tags))


def topic_event(forum: Forum, event: str, topic: Topic) -> None:
    """Anything about a topic, private messages included."""
    emit(forum, event, lambda: hook_topic(forum, topic), category_id=topic.category_id, tags=tuple(topic.tags))


def post_liked(forum: Forum, post: Post, liker: User) -> None:
    """A like; taking it back has no event."""
    topic = forum.topics[post.topic_id]
    payload: Callable[[], object] = lambda: {"post": hook_post(forum, post), "user": basic_user(liker)}  # noqa: E731
    emit(forum, "post_liked", payload, category_id=topic.category_id, tags=tuple(topic.tags), group_ids=tuple(forum.group_ids(liker)))


def solution_event(forum: Forum, event: str, post: Post) -> None:
    """An answer was accepted, or no longer is."""
    topic = forum.topics[post.topic_id]
    emit(forum, event, lambda: hook_post(forum, post), category_id=topic.category_id, tags=tuple(topic.tags))


def group_event(forum: Forum, event: str, group: Group) -> None:
    """Anything about a group itself."""
    emit(forum, event, lambda: hook_group(forum, group))


def group_user_event(forum: Forum, event: str, membership: Membership) -> None:
    """Somebody came to a group or left it."""
    emit(forum, event, lambda: hook_group_user(membership), group_ids=(membership.group_id,))


def category_event(forum: Forum, event: str, category: Category) -> None:
    """Anything about a category."""
    emit(forum, event, lambda: hook_category(forum, category), category_id=category.id)


def tag_event(forum: Forum, event: str, tag: Tag) -> None:
    """Anything about a tag."""
    emit(forum, event, lambda: hook_tag(tag), tags=(tag.name,))


def badge_event(forum: Forum, event: str, grant: Grant) -> None:
    """A badge was granted or revoked."""
    emit(forum, event, lambda: grant_basic(grant))


def notification_created(forum: Forum, notice: Notification) -> None:
    """A notice for a member."""
    emit(forum, "notification_created", lambda: notification_body(forum, notice))


def notification_body(forum: Forum, notice: Notification) -> dict[str, object]:
    """NotificationSerializer."""
    topic = forum.topics.get(notice.topic_id or 0)
    body: dict[str, object] = {
        "id": notice.id,
        "user_id": notice.user_id,
        "notification_type": notice.notification_type,
        "read": notice.read,
        "high_priority": notice.high_priority,
        "created_at": iso(notice.created_at),
        "post_number": notice.post_number,
        "topic_id": notice.topic_id,
        "slug": topic.slug if topic else None,
        "data": notice.data,
    }
    if topic:
        body["fancy_title"] = topic.title
    return body
