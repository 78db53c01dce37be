"""A user's page and the body of user webhooks."""

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import STAFF, Forum
from integrations.discourse.double.model import User
from integrations.discourse.double.serial.groups import basic_group
from integrations.discourse.double.serial.users import about_me, avatar_template, basic_user, user_core, user_option

_CATEGORY_LISTS = (
    "muted_category_ids",
    "regular_category_ids",
    "tracked_category_ids",
    "watched_category_ids",
    "watched_first_post_category_ids",
)
_TAG_LISTS = ("watched_tags", "watching_first_post_tags", "tracked_tags", "muted_tags")


def groups_of(forum: Forum, user: User, guardian: Guardian) -> list[Json]:
    """The groups of a user that a reader may see."""
    seen = [forum.groups[number] for number in forum.group_ids(user) if guardian.can_see_group(forum.groups[number])]
    return [basic_group(forum, group, guardian) for group in seen]


def hidden_profile(user: User) -> Json:
    """HiddenProfileSerializer."""
    return basic_user(user) | {"profile_hidden": True}


def profile(forum: Forum, user: User, guardian: Guardian) -> Json:
    """UserSerializer; private parts only for themselves and staff."""
    mine = guardian.staff or guardian.is_self(user)
    body = user_core(forum, user)
    body |= {
        "ignored": False,
        "can_ignore_user": guardian.user is not None and not guardian.is_self(user),
        "can_mute_user": guardian.user is not None and not guardian.is_self(user),
        "can_send_private_messages": guardian.user is not None,
        "can_send_private_message_to_user": guardian.user is not None and not guardian.is_self(user) and user.allow_private_messages,
        "can_edit": mine,
        "can_edit_username": mine,
        "can_edit_email": mine,
        "can_edit_name": mine,
        "custom_fields": {"first_name": None},
        "uploaded_avatar_id": None,
        "has_title_badges": False,
        "topic_count": forum.topic_count(user.id),
        "can_be_deleted": guardian.staff and not forum.user_posts.get(user.id),
        "can_delete_all_posts": guardian.staff,
        "timezone": user.timezone,
    }
    body |= about_me(forum, user)
    if forum.settings.solved_enabled:
        body["accepted_answers"] = accepted_answers(forum, user)
    if mine:
        body |= _private(user)
    if guardian.is_self(user) or (guardian.staff and user.staged):
        body |= {"email": user.email, "secondary_emails": list(user.secondary_emails), "unconfirmed_emails": list(user.unconfirmed_emails)}
    body |= {
        "invited_by": None,
        "featured_user_badge_ids": [],
        "groups": groups_of(forum, user, guardian),
        "group_users": [
            {"group_id": number, "user_id": user.id, "notification_level": membership.notification_level, "owner": membership.owner}
            for number, membership in sorted(forum.user_groups.get(user.id, {}).items())
        ],
        "user_option": user_option(user) if mine else {"allow_private_messages": user.allow_private_messages},
    }
    return body


def accepted_answers(forum: Forum, user: User) -> int:
    """How many answers of a user were accepted."""
    accepted = {topic.accepted_post_id for topic in forum.topics.values() if topic.accepted_post_id is not None}
    return sum(1 for number in forum.user_posts.get(user.id, ()) if number in accepted)


def _private(user: User) -> Json:
    body: Json = {name: [] for name in (*_CATEGORY_LISTS, *_TAG_LISTS)}
    schedule: Json = {"enabled": False}
    schedule |= {f"day_{day}_{edge}_time": minute for day in range(7) for edge, minute in (("start", 480), ("end", 1020))}
    body |= {
        "locale": user.locale,
        "system_avatar_upload_id": None,
        "system_avatar_template": avatar_template(user.username),
        "muted_usernames": [],
        "ignored_usernames": [],
        "allowed_pm_usernames": [],
        "can_mute_users": True,
        "can_ignore_users": user.trust_level >= 2,
        "mailing_list_posts_per_day": 0,
        "can_change_bio": True,
        "can_change_location": True,
        "can_change_website": True,
        "can_change_tracking_preferences": True,
        "user_api_keys": None,
        "user_auth_tokens": [],
        "user_notification_schedule": schedule,
        "use_logo_small_as_avatar": False,
    }
    return body


def hook_user(forum: Forum, user: User) -> Json:
    """WebHookUserSerializer: seen by system, with the address, and without active, approved, suspended and silenced."""
    guardian = Guardian(forum, forum.users[-1])
    body = user_core(forum, user) | about_me(forum, user) | _private(user)
    for name in ("user_api_keys", "user_auth_tokens", "use_logo_small_as_avatar", "can_change_tracking_preferences"):
        body.pop(name, None)
    body |= {
        "email": user.email,
        "secondary_emails": list(user.secondary_emails),
        "timezone": user.timezone,
        "featured_user_badge_ids": [],
        "invited_by": None,
        "groups": groups_of(forum, user, guardian),
        "user_option": user_option(user),
    }
    if user.sso_external_id is not None:
        body["external_id"] = user.sso_external_id
    return body


def hook_promoted(forum: Forum, user: User) -> Json:
    """UserSerializer as ``user_promoted`` sends it: with tokens, without an address."""
    return profile(forum, user, Guardian(forum, forum.users[-1]))


def current_user(forum: Forum, user: User) -> Json:
    """CurrentUserSerializer, for ``/session/current.json``."""
    guardian = Guardian(forum, user)
    unread = [forum.notifications[number] for number in forum.user_notifications.get(user.id, ()) if not forum.notifications[number].read]
    return basic_user(user) | {
        "unread_notifications": len(unread),
        "unread_high_priority_notifications": sum(1 for item in unread if item.high_priority),
        "admin": user.admin,
        "moderator": user.moderator,
        "staff": STAFF in guardian.group_ids,
        "trust_level": user.trust_level,
        "title": user.title,
        "timezone": user.timezone,
        "groups": [
            {"id": number, "name": forum.groups[number].name, "automatic": forum.groups[number].automatic}
            for number in forum.group_ids(user)
            if guardian.can_see_group(forum.groups[number])
        ],
    }
