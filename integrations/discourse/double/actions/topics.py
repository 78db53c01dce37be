"""Changes of whole topics: title, place, status; who is in a message."""

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.actions import notices, rules
from integrations.discourse.double.actions.posting import small_action
from integrations.discourse.double.errors import failed, invalid_access, invalid_parameters
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Category, Group, Topic, User
from integrations.discourse.double.text import slugify

STATUSES = ("closed", "archived", "visible", "pinned", "pinned_globally")


def update_topic(
    forum: Forum,
    topic: Topic,
    *,
    by: User,
    title: str | None = None,
    category: Category | None = None,
    tags: list[str] | None = None,
    external_id: str | None = None,
) -> None:
    """Change a title, a category or tags. One ``topic_edited`` tells of all of it. Raises 403 or 422."""
    guardian = Guardian(forum, by)
    if not (guardian.staff or topic.user_id == by.id) or not guardian.can_see_topic(topic):
        raise invalid_access()
    if title is not None and title.strip() != topic.title:
        rules.check(rules.title_errors(forum, title, private=topic.private, keep=topic), action="update_topic")
        topic.title, topic.slug = title.strip(), slugify(title)
    if category is not None and not topic.private:
        if not guardian.can_create_in(category):
            raise invalid_access()
        topic.category_id = category.id
    if tags is not None:
        if len(tags) > forum.settings.max_tags_per_topic:
            raise failed(f"You can only add up to {forum.settings.max_tags_per_topic} tags to a topic")
        topic.tags = [slugify(name) for name in dict.fromkeys(tags)]
        for name in topic.tags:
            if name not in forum.tags:
                events.tag_event(forum, "tag_created", forum.ensure_tag(name))
    if external_id is not None:
        forum.by_external_id.pop(topic.external_id or "", None)
        topic.external_id = external_id
        forum.by_external_id[external_id] = topic.id
    topic.updated_at = forum.now()
    forum.touch()
    if topic.deleted_at is None:
        events.topic_event(forum, "topic_edited", topic)


def set_status(forum: Forum, topic: Topic, status: str, *, enabled: bool, by: User) -> None:
    """Close, archive, hide or pin a topic, or take it back. Raises 400 or 403."""
    if status not in STATUSES:
        raise invalid_parameters("status")
    if not rules.is_staff(by):
        raise invalid_access()
    if status in ("pinned", "pinned_globally"):
        topic.pinned_at = forum.now() if enabled else None
        topic.pinned_globally = enabled and status == "pinned_globally"
    elif getattr(topic, status) == enabled:
        return
    else:
        setattr(topic, status, enabled)
    topic.updated_at = forum.now()
    forum.touch()
    events.topic_event(forum, f"topic_{status}_status_updated", topic)
    small_action(forum, by, topic, f"{status}.{'enabled' if enabled else 'disabled'}")


def invite_user(forum: Forum, topic: Topic, user: User, *, by: User) -> None:
    """Bring somebody into a private message. Raises 403 or 422."""
    if not Guardian(forum, by).can_see_topic(topic):
        raise invalid_access()
    if user.id in topic.allowed_users:
        raise failed(f"{user.username} has already been invited to this topic.")
    if len(topic.allowed_users) >= forum.settings.max_allowed_message_recipients and not rules.is_staff(by):
        raise failed("This message already has the maximum number of recipients.")
    if topic.private:
        topic.allowed_users.append(user.id)
        small_action(forum, by, topic, "invited_user")
    if first := forum.first_post(topic.id):
        notices.notify(forum, user.id, notices.INVITED_TO_PM, post=first, by=by)
    forum.touch()


def invite_group(forum: Forum, topic: Topic, group: Group, *, by: User) -> None:
    """Bring a group into a private message. Raises 403."""
    if not topic.private or not Guardian(forum, by).can_see_topic(topic):
        raise invalid_access()
    if group.id not in topic.allowed_groups:
        topic.allowed_groups.append(group.id)
        small_action(forum, by, topic, "invited_group")
    forum.touch()


def remove_allowed_user(forum: Forum, topic: Topic, user: User, *, by: User) -> None:
    """Take somebody out of a private message. Raises 403."""
    if not rules.is_staff(by) and by.id not in (user.id, topic.user_id):
        raise invalid_access()
    if user.id in topic.allowed_users:
        topic.allowed_users.remove(user.id)
        small_action(forum, by, topic, "user_left" if by.id == user.id else "removed_user")
    forum.touch()
