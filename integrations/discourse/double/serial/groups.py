"""Groups as the forum shows them."""

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Group, Membership, User
from integrations.discourse.double.serial.users import avatar_template
from integrations.discourse.double.text import cook, excerpt


def basic_group(forum: Forum, group: Group, guardian: Guardian, *, display_name: bool = True) -> Json:
    """BasicGroupSerializer."""
    cooked = cook(group.bio_raw) if group.bio_raw else None
    body: Json = {"id": group.id, "automatic": group.automatic, "name": group.name}
    if display_name:
        body["display_name"] = group.name
    body |= {
        "user_count": user_count(forum, group),
        "mentionable_level": group.mentionable_level,
        "messageable_level": group.messageable_level,
        "visibility_level": group.visibility_level,
        "primary_group": group.primary_group,
        "title": group.title,
        "grant_trust_level": None,
        "incoming_email": None,
        "has_messages": False,
        "flair_url": None,
        "flair_bg_color": None,
        "flair_color": None,
        "bio_raw": group.bio_raw,
        "bio_cooked": cooked,
        "bio_excerpt": excerpt(cooked) if cooked else None,
        "public_admission": group.public_admission,
        "public_exit": group.public_exit,
        "allow_membership_requests": group.allow_membership_requests,
        "full_name": group.full_name,
        "default_notification_level": group.default_notification_level,
        "membership_request_template": None,
        "members_visibility_level": group.members_visibility_level,
        "can_see_members": guardian.can_see_group_members(group),
        "can_admin_group": guardian.owns(group),
        "publish_read_state": group.publish_read_state,
    }
    return body


def group_show(forum: Forum, group: Group, guardian: Guardian) -> Json:
    """GroupShowSerializer."""
    membership = forum.group_members[group.id].get(guardian.user.id) if guardian.user else None
    body = basic_group(forum, group, guardian, display_name=False)
    body |= {
        "can_edit_group": guardian.owns(group),
        "is_group_user": guardian.user is not None and (membership is not None or group.id in guardian.group_ids),
        "is_group_owner_display": membership is not None and membership.owner,
        "mentionable": group.mentionable_level == 99 or guardian.staff,
        "messageable": group.messageable_level == 99 or guardian.staff,
        "automatic_membership_email_domains": None,
        "smtp_server": None,
        "smtp_port": None,
        "smtp_ssl_mode": None,
        "email_username": None,
        "email_password": None,
        "message_count": sum(1 for number in forum.messages if group.id in forum.topics[number].allowed_groups),
        "allow_unknown_sender_topic_replies": False,
        "associated_group_ids": [],
    }
    body |= {f"{level}_category_ids": [] for level in ("watching", "tracking", "watching_first_post", "regular", "muted")}
    return body


def hook_group(forum: Forum, group: Group) -> Json:
    """WebHookGroupSerializer."""
    return basic_group(forum, group, Guardian(forum, forum.users[-1]))


def hook_group_user(membership: Membership) -> Json:
    """WebHookGroupUserSerializer: ids only."""
    return {
        "id": membership.id,
        "group_id": membership.group_id,
        "user_id": membership.user_id,
        "notification_level": membership.notification_level,
        "created_at": iso(membership.created_at),
    }


def group_member(user: User, added_at: float) -> Json:
    """A line of a group's list of members."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "avatar_template": avatar_template(user.username),
        "title": user.title,
        "last_posted_at": iso(user.last_posted_at),
        "last_seen_at": iso(user.last_seen_at),
        "added_at": iso(added_at),
        "timezone": user.timezone,
    }


def user_count(forum: Forum, group: Group) -> int:
    """How many members a group has."""
    return len(forum.group_members[group.id]) if not group.automatic else len(forum.member_ids(group))
