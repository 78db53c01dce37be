"""The ways in which an account ends: destroyed, anonymised, merged."""

from integrations.discourse.double.actions.accounts import log_out, updated
from integrations.discourse.double.actions.posting import delete_post
from integrations.discourse.double.errors import Refused, invalid_access
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import User


def destroy(forum: Forum, user: User, *, by: User, delete_posts: bool = False) -> None:
    """Remove an account. Raises 403 for admins, and when posts are left and were not to be deleted."""
    if user.admin or user.id <= 0:
        raise invalid_access()
    mine = [forum.posts[number] for number in forum.user_posts.get(user.id, ()) if forum.posts[number].deleted_at is None]
    if mine and not delete_posts:
        message = f"User {user.username} has {len(mine)} posts, so they can't be deleted."
        raise Refused(403, [message], extra={"deleted": False, "message": message})
    for post in sorted(mine, key=lambda item: -item.post_number):
        if post.deleted_at is None:
            delete_post(forum, post, by=by)
    _forget(forum, user)


def _forget(forum: Forum, user: User) -> None:
    topics = {forum.posts[number].topic_id for number in forum.user_likes.pop(user.id, {}) if forum.posts[number].likes.pop(user.id, None) is not None}
    for number in forum.user_posts.pop(user.id, []):
        forum.posts[number].user_id = None
    for membership in list(forum.user_groups.get(user.id, {}).values()):
        forum.drop_membership(membership)
    for number in list(forum.user_grants.pop(user.id, [])):
        forum.grants.pop(number, None)
    for number in forum.user_notifications.pop(user.id, []):
        forum.notifications.pop(number, None)
    for topic in forum.topics.values():
        if user.id in topic.allowed_users:
            topic.allowed_users.remove(user.id)
    _drop_keys(forum, user)
    events.user_event(forum, "user_destroyed", user)
    forum.drop_user(user)
    for number in topics:
        forum.recount(forum.topics[number])


def _drop_keys(forum: Forum, user: User) -> None:
    for key in [key for key in forum.api_keys.values() if key.user_id == user.id]:
        forum.api_keys.pop(key.id)
        forum.by_key.pop(key.key, None)


def anonymize(forum: Forum, user: User) -> None:
    """Take everything personal from an account; its posts stay under a name like ``anon123``. No webhook is certain."""
    if user.admin or user.moderator or user.id <= 0:
        raise invalid_access()
    forum.unindex_user(user)
    number = 1000 + user.id
    while f"anon{number}" in forum.by_username:
        number += 10_000
    user.username, user.name, user.email = f"anon{number}", None, f"anon{number}@anonymized.invalid"
    user.title = user.bio_raw = user.location = user.website = user.timezone = user.locale = None
    user.user_fields, user.external_ids, user.secondary_emails, user.unconfirmed_emails = {}, {}, [], []
    user.sso_external_id, user.trust_level = None, 1
    user.updated_at = forum.now()
    forum.index_user(user)
    _drop_keys(forum, user)
    log_out(forum, user)
    forum.touch()
    if forum.settings.anonymize_sends_user_updated:
        updated(forum, user)


def merge(forum: Forum, source: User, target: User) -> None:
    """Move everything of ``source`` to ``target`` and destroy the source."""
    if source.admin or source.id <= 0 or source.id == target.id:
        raise invalid_access()
    _move_posts(forum, source, target)
    for topic in forum.topics.values():
        if topic.user_id == source.id:
            topic.user_id = target.id
        if source.id in topic.allowed_users and target.id not in topic.allowed_users:
            topic.allowed_users.append(target.id)
    for membership in list(forum.user_groups.get(source.id, {}).values()):
        forum.drop_membership(membership)
        if membership.group_id not in forum.user_groups[target.id]:
            membership.user_id = target.id
            forum.add_membership(membership)
    held = {forum.grants[number].badge_id for number in forum.user_grants.get(target.id, ())}
    for number in list(forum.user_grants.get(source.id, ())):
        grant = forum.grants[number]
        forum.drop_grant(grant)
        if grant.badge_id not in held:
            grant.user_id = target.id
            forum.add_grant(grant)
    target.last_posted_at = max((moment for moment in (source.last_posted_at, target.last_posted_at) if moment), default=None)
    _forget(forum, source)


def _move_posts(forum: Forum, source: User, target: User) -> None:
    for number in forum.user_posts.pop(source.id, []):
        forum.posts[number].user_id = target.id
        forum.user_posts[target.id].append(number)
    forum.user_posts[target.id].sort()
    topics = {forum.posts[number].topic_id for number in forum.user_posts[target.id]}
    for number, when in forum.user_likes.pop(source.id, {}).items():
        post = forum.posts[number]
        post.likes.pop(source.id, None)
        if post.user_id != target.id:
            post.likes.setdefault(target.id, when)
            forum.user_likes[target.id].setdefault(number, when)
        topics.add(post.topic_id)
    for number in topics:
        forum.recount(forum.topics[number])
