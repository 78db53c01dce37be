"""Badges and who holds them."""

from collections.abc import Sequence

from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Badge, Grant
from integrations.discourse.double.serial.users import basic_user
from integrations.discourse.double.text import slugify

BADGE_TYPES: list[Json] = [
    {"id": 1, "name": "Gold", "sort_order": 9},
    {"id": 2, "name": "Silver", "sort_order": 8},
    {"id": 3, "name": "Bronze", "sort_order": 7},
]


def badge_basic(forum: Forum, badge: Badge) -> Json:
    """BadgeSerializer."""
    return {
        "id": badge.id,
        "name": badge.name,
        "description": badge.description,
        "grant_count": sum(1 for grant in forum.grants.values() if grant.badge_id == badge.id),
        "allow_title": badge.allow_title,
        "multiple_grant": badge.multiple_grant,
        "icon": badge.icon,
        "image_url": None,
        "listable": badge.listable,
        "enabled": badge.enabled,
        "badge_grouping_id": 5,
        "system": badge.system,
        "slug": slugify(badge.name),
        "manually_grantable": not badge.system,
        "badge_type_id": badge.badge_type_id,
    }


def badge_admin(forum: Forum, badge: Badge) -> Json:
    """AdminBadgeSerializer."""
    return badge_basic(forum, badge) | {
        "long_description": badge.description,
        "query": None,
        "trigger": None,
        "target_posts": False,
        "auto_revoke": True,
        "show_posts": False,
        "image_upload_id": None,
        "show_in_post_header": False,
    }


def grant_basic(grant: Grant) -> Json:
    """UserBadgeSerializer, with ids only."""
    return {
        "id": grant.id,
        "granted_at": iso(grant.granted_at),
        "created_at": iso(grant.granted_at),
        "badge_id": grant.badge_id,
        "user_id": grant.user_id,
        "granted_by_id": grant.granted_by,
    }


def grant_line(grant: Grant) -> Json:
    """A line of a user's badges."""
    return {
        "id": grant.id,
        "granted_at": iso(grant.granted_at),
        "grouping_position": 50,
        "is_favorite": None,
        "can_favorite": True,
        "badge_id": grant.badge_id,
        "granted_by_id": grant.granted_by,
    }


def grants_view(forum: Forum, grants: Sequence[Grant]) -> Json:
    """A user's badges, with everything they refer to."""
    badges = dict.fromkeys(grant.badge_id for grant in grants)
    granters = dict.fromkeys(grant.granted_by for grant in grants)
    return {
        "badges": [badge_basic(forum, forum.badges[number]) for number in badges],
        "badge_types": BADGE_TYPES,
        "granted_bies": [
            basic_user(user) | {"flair_name": None, "admin": user.admin, "moderator": user.moderator, "trust_level": user.trust_level}
            for number in granters
            if (user := forum.users.get(number))
        ],
        "user_badges": [grant_line(grant) for grant in grants],
    }
