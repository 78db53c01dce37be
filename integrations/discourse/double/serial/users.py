"""Users as the forum shows them, by who looks."""

import zlib

from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import User
from integrations.discourse.double.text import cook, excerpt

COLOURS = ("c0e974", "ee59a6", "4da419", "74df9d", "8797f3", "f475e1", "b9bd4f", "779978", "e9c0ed", "9fc8e7", "d07c76", "c5a1d2")


def avatar_template(username: str) -> str:
    """A letter on a colour; ``{size}`` stays in it, and it is relative to the forum."""
    letter = username[0].lower() if username[:1].isalnum() else "_"
    return f"/letter_avatar_proxy/v4/letter/{letter}/{COLOURS[zlib.crc32(username.encode()) % len(COLOURS)]}/{{size}}.png"


def basic_user(user: User) -> Json:
    """BasicUserSerializer."""
    return {"id": user.id, "username": user.username, "name": user.name or "", "avatar_template": avatar_template(user.username)}


def is_suspended(user: User, now: float) -> bool:
    """Whether a suspension is in force."""
    return user.suspended_till is not None and user.suspended_till > now


def is_silenced(user: User, now: float) -> bool:
    """Whether a silence is in force."""
    return user.silenced_till is not None and user.silenced_till > now


def _age(moment: float | None, now: float) -> float | None:
    return None if moment is None else round(now - moment, 3)


def admin_list_item(forum: Forum, user: User, *, emails: bool) -> Json:
    """AdminUserListSerializer; addresses only when asked for, suspension and silence only when set."""
    now = forum.now()
    body: Json = {"id": user.id, "username": user.username, "name": user.name, "avatar_template": avatar_template(user.username)}
    if emails:
        body |= {"email": user.email, "secondary_emails": list(user.secondary_emails)}
    body |= {
        "active": user.active,
        "admin": user.admin,
        "moderator": user.moderator,
        "last_seen_at": iso(user.last_seen_at),
        "last_emailed_at": None,
        "created_at": iso(user.created_at),
        "last_seen_age": _age(user.last_seen_at, now),
        "last_emailed_age": None,
        "created_at_age": _age(user.created_at, now),
        "trust_level": user.trust_level,
        "manual_locked_trust_level": None,
        "title": user.title,
        "time_read": user.time_read,
        "staged": user.staged,
        "days_visited": user.days_visited,
        "posts_read_count": 0,
        "topics_entered": 0,
        "post_count": forum.post_count(user.id),
    }
    if forum.settings.must_approve_users:
        body["approved"] = user.approved
    if is_suspended(user, now):
        body |= {"suspended": True, "suspended_at": iso(user.suspended_at), "suspended_till": iso(user.suspended_till)}
    if is_silenced(user, now):
        body |= {"silenced": True, "silenced_at": iso(user.silenced_at), "silenced_till": iso(user.silenced_till)}
    return body


def admin_detail(forum: Forum, user: User, groups: list[Json]) -> Json:
    """AdminDetailedUserSerializer."""
    own = forum.user_posts.get(user.id, ())
    body = admin_list_item(forum, user, emails=False)
    body |= {
        "associated_accounts": [],
        "can_send_activation_email": not user.active,
        "can_activate": not user.active,
        "can_deactivate": user.active,
        "can_change_trust_level": True,
        "ip_address": "127.0.0.1",
        "registration_ip_address": None,
        "can_grant_admin": not user.admin,
        "can_revoke_admin": user.admin,
        "can_grant_moderation": not user.moderator,
        "can_revoke_moderation": user.moderator,
        "can_impersonate": not user.admin,
        "like_count": forum.likes_received(user.id),
        "like_given_count": len(forum.user_likes.get(user.id, ())),
        "topic_count": forum.topic_count(user.id),
        "flags_given_count": 0,
        "flags_received_count": 0,
        "private_topics_count": sum(1 for number in forum.messages if user.id in forum.topics[number].allowed_users),
        "can_delete_all_posts": True,
        "can_be_deleted": not user.admin and not any(forum.posts[number].deleted_at is None for number in own),
        "can_be_anonymized": not (user.admin or user.moderator),
        "can_be_merged": not user.admin,
        "full_suspend_reason": user.suspend_reason,
        "silence_reason": user.silence_reason,
        "full_silence_reason": user.silence_reason,
        "post_edits_count": 0,
        "primary_group_id": user.primary_group_id,
        "badge_count": len(forum.user_grants.get(user.id, ())),
        "warnings_received_count": 0,
        "bounce_score": 0,
        "reset_bounce_score_after": None,
        "can_view_action_logs": True,
        "can_disable_second_factor": False,
        "can_delete_sso_record": user.sso_external_id is not None,
        "api_key_count": sum(1 for key in forum.api_keys.values() if key.user_id == user.id),
        "similar_users_count": 0,
        "single_sign_on_record": None if user.sso_external_id is None else {"external_id": user.sso_external_id},
        "approved_by": None,
        "suspended_by": _by(forum, user.suspended_by),
        "silenced_by": _by(forum, user.silenced_by),
        "penalty_counts": {"silenced": int(user.silenced_at is not None), "suspended": int(user.suspended_at is not None)},
        "groups": groups,
        "external_ids": dict(user.external_ids),
        "include_ip": True,
    }
    return body


def _by(forum: Forum, user_id: int | None) -> Json | None:
    user = forum.users.get(user_id) if user_id is not None else None
    return basic_user(user) if user else None


def user_core(forum: Forum, user: User) -> Json:
    """What every full view of a user starts with."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "avatar_template": avatar_template(user.username),
        "last_posted_at": iso(user.last_posted_at),
        "last_seen_at": iso(user.last_seen_at),
        "created_at": iso(user.created_at),
        "muted": False,
        "trust_level": user.trust_level,
        "moderator": user.moderator,
        "admin": user.admin,
        "title": user.title,
        "badge_count": len(forum.user_grants.get(user.id, ())),
        "time_read": user.time_read,
        "recent_time_read": 0,
        "primary_group_id": user.primary_group_id,
        "primary_group_name": None,
        "flair_group_id": None,
        "flair_name": None,
        "flair_url": None,
        "flair_bg_color": None,
        "flair_color": None,
        "featured_topic": None,
        "staged": user.staged,
        "pending_count": 0,
        "profile_view_count": 0,
        "second_factor_enabled": False,
        "can_upload_profile_header": True,
        "can_upload_user_card_background": True,
        "post_count": forum.post_count(user.id) + forum.topic_count(user.id),
    }


def about_me(forum: Forum, user: User) -> Json:
    """The parts of a profile that appear only when they are set."""
    body: Json = {}
    if user.bio_raw:
        cooked = cook(user.bio_raw)
        body |= {"bio_raw": user.bio_raw, "bio_cooked": cooked, "bio_excerpt": excerpt(cooked)}
    if user.location:
        body["location"] = user.location
    if user.website:
        body |= {"website": user.website, "website_name": user.website.split("//")[-1].split("/")[0]}
    if forum.fields:
        body["user_fields"] = {str(number): user.user_fields.get(str(number)) for number in forum.fields}
    return body


def user_option(user: User) -> Json:
    """Preferences, as far as they matter here."""
    return {
        "user_id": user.id,
        "mailing_list_mode": False,
        "mailing_list_mode_frequency": 1,
        "email_digests": True,
        "email_level": 1,
        "email_messages_level": 0,
        "external_links_in_new_tab": False,
        "bookmark_auto_delete_preference": 3,
        "color_scheme_id": None,
        "dark_scheme_id": None,
        "dynamic_favicon": False,
        "enable_quoting": True,
        "enable_smart_lists": True,
        "enable_markdown_monospace_font": True,
        "digest_after_minutes": 10080,
        "automatically_unpin_topics": True,
        "auto_track_topics_after_msecs": 240_000,
        "notification_level_when_replying": 2,
        "new_topic_duration_minutes": 2880,
        "email_previous_replies": 2,
        "email_in_reply_to": True,
        "like_notification_frequency": 1,
        "notify_on_linked_posts": True,
        "push_notification_level": "all",
        "enable_upcoming_change_available_notifications": False,
        "include_tl0_in_digests": False,
        "theme_ids": [],
        "theme_key_seq": 0,
        "allow_private_messages": user.allow_private_messages,
        "enable_allowed_pm_users": False,
        "homepage_id": None,
        "hide_profile_and_presence": user.hide_profile,
        "hide_profile": user.hide_profile,
        "hide_presence": user.hide_profile,
        "text_size": "normal",
        "text_size_seq": 0,
        "title_count_mode": "notifications",
        "timezone": user.timezone,
        "skip_new_user_tips": False,
        "default_calendar": "none_selected",
        "oldest_search_log_date": None,
        "sidebar_link_to_filtered_list": False,
        "sidebar_show_count_of_new_items": False,
        "watched_precedence_over_muted": False,
        "seen_popups": None,
        "topics_unread_when_closed": True,
        "composition_mode": 1,
        "interface_color_mode": 1,
        "automatically_translate": False,
        "understood_languages": [],
        "show_original_content": False,
        "send_shortcut": "meta_enter",
    }
