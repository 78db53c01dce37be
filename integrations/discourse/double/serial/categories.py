"""Categories and tags as the forum shows them."""

import html

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Category, Tag
from integrations.discourse.double.text import slugify

DAY = 86_400


def counts(forum: Forum) -> dict[int, list[int]]:
    """By category: topics, posts, and topics of the last day, week, month and year."""
    found: dict[int, list[int]] = {number: [0] * 6 for number in forum.categories}
    now = forum.now()
    for topic in forum.topics.values():
        if topic.category_id in found and topic.deleted_at is None and topic.visible:
            row = found[topic.category_id]
            row[0] += 1
            row[1] += topic.posts_count
            for slot, days in ((2, 1), (3, 7), (4, 30), (5, 365)):
                row[slot] += topic.created_at > now - days * DAY
    return found


def basic_category(forum: Forum, category: Category, guardian: Guardian, row: list[int]) -> Json:
    """BasicCategorySerializer."""
    text = category.description or ""
    children = [other.id for other in forum.categories.values() if other.parent_category_id == category.id]
    body: Json = {
        "id": category.id,
        "name": category.name,
        "color": category.color,
        "text_color": "FFFFFF",
        "style_type": "square",
        "emoji": None,
        "icon": None,
        "slug": category.slug,
        "topic_count": row[0],
        "post_count": row[1],
        "position": category.position,
        "description": f"<p>{html.escape(text, quote=False)}</p>" if text else None,
        "description_text": text or None,
        "description_excerpt": text or None,
        "topic_url": f"/t/about-the-{category.slug}-category/{category.topic_id or category.id}",
        "read_restricted": category.read_restricted,
        "permission": guardian.category_level(category) or None,
        "notification_level": 1,
        "can_edit": guardian.admin,
        "topic_template": None,
        "topic_title_placeholder": None,
        "has_children": bool(children),
        "subcategory_count": len(children) or None,
        "sort_order": None,
        "sort_ascending": None,
        "show_subcategory_list": False,
        "num_featured_topics": 3,
        "default_view": None,
        "subcategory_list_style": "rows_with_featured_topics",
        "default_top_period": "all",
        "default_list_filter": "all",
        "minimum_required_tags": 0,
        "navigate_to_first_post_after_read": False,
        "uploaded_logo": None,
        "uploaded_logo_dark": None,
        "uploaded_background": None,
        "uploaded_background_dark": None,
    }
    if category.parent_category_id is not None:
        body["parent_category_id"] = category.parent_category_id
    return body


def detailed_category(forum: Forum, category: Category, guardian: Guardian, row: list[int]) -> Json:
    """CategoryDetailedSerializer, a line of ``/categories.json``."""
    children = [other.id for other in forum.categories.values() if other.parent_category_id == category.id and other.id in guardian.category_ids]
    body = basic_category(forum, category, guardian, row)
    body |= {
        "topics_day": row[2],
        "topics_week": row[3],
        "topics_month": row[4],
        "topics_year": row[5],
        "topics_all_time": row[0],
        "subcategory_ids": children,
        "subcategory_list": None,
    }
    if category.id == 1:
        body["is_uncategorized"] = True
    return body


def category_show(forum: Forum, category: Category, guardian: Guardian, row: list[int]) -> Json:
    """CategorySerializer; the permissions are for those who may edit it."""
    body = basic_category(forum, category, guardian, row)
    body |= {
        "form_template_ids": [],
        "custom_fields": {},
        "allowed_tags": [],
        "allowed_tag_groups": [],
        "allow_global_tags": False,
        "required_tag_groups": [],
        "read_only_banner": None,
    }
    if not guardian.admin:
        return body
    permissions = category.permissions or [[0, 1]]
    body |= {
        "category_setting": {"auto_bump_cooldown_days": 1, "num_auto_bump_daily": None, "require_reply_approval": None, "require_topic_approval": None},
        "available_groups": [group.name for group in forum.groups.values()],
        "auto_close_hours": None,
        "auto_close_based_on_last_post": False,
        "allow_unlimited_owner_edits_on_first_post": False,
        "default_slow_mode_seconds": None,
        "group_permissions": [
            {"permission_type": level, "group_name": forum.groups[group].name, "group_id": group} for group, level in permissions if group in forum.groups
        ],
        "email_in": None,
        "email_in_allow_strangers": False,
        "mailinglist_mirror": False,
        "all_topics_wiki": False,
        "can_delete": row[0] == 0 and category.id != 1,
        "allow_badges": True,
        "topic_featured_link_allowed": True,
        "search_priority": 0,
        "topic_posting_review_group_ids": [],
        "reply_posting_review_group_ids": [],
    }
    return body


def hook_category(forum: Forum, category: Category) -> Json:
    """WebHookCategorySerializer."""
    return category_show(forum, category, Guardian(forum, forum.users[-1]), counts(forum)[category.id])


def hook_tag(tag: Tag) -> Json:
    """TagSerializer."""
    return {"id": tag.id, "name": tag.name, "slug": slugify(tag.name), "topic_count": 0, "staff": False, "description": None}
