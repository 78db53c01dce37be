"""The site as a whole."""

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json, not_found
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import UserField
from integrations.discourse.double.serial.categories import basic_category, counts
from integrations.discourse.double.serial.users import basic_user
from integrations.discourse.double.text import excerpt

routes = Routes()

NOTIFICATION_TYPES: dict[str, int] = {
    "mentioned": 1,
    "replied": 2,
    "quoted": 3,
    "edited": 4,
    "liked": 5,
    "private_message": 6,
    "invited_to_private_message": 7,
    "invitee_accepted": 8,
    "posted": 9,
    "moved_post": 10,
    "linked": 11,
    "granted_badge": 12,
    "invited_to_topic": 13,
    "custom": 14,
    "group_mentioned": 15,
    "group_message_summary": 16,
    "watching_first_post": 17,
    "topic_reminder": 18,
    "liked_consolidated": 19,
    "post_approved": 20,
    "code_review_commit_approved": 21,
    "membership_request_accepted": 22,
    "membership_request_consolidated": 23,
    "bookmark_reminder": 24,
    "reaction": 25,
    "votes_released": 26,
    "event_reminder": 27,
    "event_invitation": 28,
    "chat_mention": 29,
    "chat_message": 30,
    "chat_invitation": 31,
    "chat_group_mention": 32,
    "linked_consolidated": 39,
    "watching_category_or_tag": 36,
}
_FLAGS = ((3, "off_topic"), (4, "inappropriate"), (8, "spam"), (6, "notify_user"), (7, "notify_moderators"), (10, "illegal"))


def _flag(number: int, name: str, *, is_flag: bool = True) -> Json:
    title = name.replace("_", " ").capitalize()
    return {
        "id": number,
        "name_key": name,
        "name": title,
        "description": title,
        "short_description": title,
        "is_flag": is_flag,
        "require_message": name.startswith("notify"),
        "enabled": True,
        "applies_to": ["Post", "Topic"],
        "is_used": False,
        "position": number,
        "auto_action_type": False,
        "system": True,
    }


def user_field(item: UserField) -> Json:
    """UserFieldSerializer."""
    return {
        "id": item.id,
        "name": item.name,
        "description": item.description,
        "field_type": item.field_type,
        "editable": item.editable,
        "required": item.required,
        "requirement": "for_all_users" if item.required else "optional",
        "show_on_profile": item.show_on_profile,
        "show_on_user_card": item.show_on_user_card,
        "show_on_signup": True,
        "searchable": item.searchable,
        "position": item.id,
        "options": list(item.options) or None,
    }


@routes("GET", "/site", open_site=True)
def site(call: Call) -> Json:
    """What a client needs to know to begin."""
    forum, rows = call.forum, counts(call.forum)
    flags = [_flag(number, name) for number, name in _FLAGS]
    categories = [
        basic_category(forum, category, call.guardian, rows[category.id])
        | {"allow_global_tags": False, "required_tag_groups": [], "read_only_banner": None, "custom_fields": None, "form_template_ids": []}
        for category in forum.categories.values()
        if category.id in call.guardian.category_ids
    ]
    return {
        "default_archetype": "regular",
        "notification_types": NOTIFICATION_TYPES,
        "post_types": {"regular": 1, "moderator_action": 2, "small_action": 3, "whisper": 4},
        "trust_levels": {"newuser": 0, "basic": 1, "member": 2, "regular": 3, "leader": 4},
        "user_tips": {"first_notification": 1, "topic_timeline": 2, "post_menu": 3, "topic_notification_levels": 4, "suggested_topics": 5},
        "groups": [
            {"id": g.id, "name": g.name, "full_name": g.full_name or "", "display_name": g.name, "flair_url": None, "flair_bg_color": None, "flair_color": None}
            | {"automatic": g.automatic}
            for g in forum.groups.values()
            if call.guardian.can_see_group(g)
        ],
        "filters": ["latest", "unread", "new", "unseen", "top", "read", "posted", "bookmarks", "hot"],
        "homepage_choices": ["latest", "new", "unread", "top", "categories"],
        "periods": ["all", "yearly", "quarterly", "monthly", "weekly", "daily"],
        "top_menu_items": ["latest", "new", "unread", "top", "categories"],
        "anonymous_top_menu_items": ["latest", "top", "categories"],
        "uncategorized_category_id": 1,
        "user_field_max_length": 2048,
        "post_action_types": [_flag(2, "like", is_flag=False), *flags],
        "topic_flag_types": flags,
        "can_create_tag": call.guardian.staff,
        "can_tag_topics": call.user is not None,
        "can_tag_pms": call.guardian.staff,
        "tags_filter_regexp": "[\\/\\?#\\[\\]@!\\$&'\\(\\)\\*\\+,;=\\.%\\\\`^\\s|\\{\\}\"<>]+",
        "top_tags": [],
        "topic_featured_link_allowed_category_ids": [],
        "user_themes": [{"theme_id": 1, "name": "Default", "default": True, "color_scheme_id": None}],
        "user_color_schemes": [],
        "default_light_color_scheme": None,
        "default_dark_color_scheme": None,
        "censored_regexp": [],
        "custom_emoji_translation": {},
        "watched_words_replace": None,
        "watched_words_link": None,
        "email_configured": True,
        "categories": categories,
        "archetypes": [{"id": "regular", "name": "Regular Topic", "options": []}, {"id": "banner", "name": "Banner Topic", "options": []}],
        "user_fields": [user_field(item) for item in forum.fields.values()],
        "auth_providers": [],
        "full_name_required_for_signup": False,
        "full_name_visible_in_signup": True,
    }


@routes("GET", "/admin/customize/user_fields", "/admin/config/user_fields")
def user_fields(call: Call) -> Json:
    """The questions of the profile form."""
    call.admin()
    return {"user_fields": [user_field(item) for item in call.forum.fields.values()]}


@routes("POST", "/admin/customize/user_fields", "/admin/config/user_fields")
def create_user_field(call: Call) -> Json:
    """Add a question to the profile form."""
    call.admin()
    values = call.inner("user_field")
    number = call.forum.next_id("fields")
    item = UserField(
        id=number,
        name=str(values.get("name") or "Question"),
        description=str(values.get("description") or ""),
        field_type=str(values.get("field_type") or "text"),
        editable=values.get("editable", True) in (True, "true"),
    )
    call.forum.fields[number] = item
    return {"user_field": user_field(item)}


@routes("GET", "/site/basic-info", open_site=True)
def basic_info(call: Call) -> Json:
    """The site's face; also on sites that need a log-in."""
    base, rules = call.forum.settings.base_url, call.forum.settings
    logo = f"{base}/images/logo.svg"
    return {
        "logo_url": logo,
        "logo_small_url": logo,
        "apple_touch_icon_url": logo,
        "favicon_url": logo,
        "title": rules.title,
        "description": rules.description,
        "header_primary_color": "333333",
        "header_background_color": "ffffff",
        "login_required": rules.login_required,
        "locale": rules.locale,
        "include_in_discourse_discover": False,
        "mobile_logo_url": logo,
    }


@routes("GET", "/about")
def about(call: Call) -> Json:
    """The version and some numbers."""
    forum, rules = call.forum, call.forum.settings
    staff = [user for user in forum.users.values() if user.id > 0]
    return {
        "users": [basic_user(user) for user in staff if user.admin or user.moderator],
        "categories": [],
        "about": {
            "title": rules.title,
            "description": rules.description,
            "locale": rules.locale,
            "version": rules.version,
            "https": rules.base_url.startswith("https"),
            "stats": stats(forum),
            "admin_ids": [user.id for user in staff if user.admin],
            "moderator_ids": [user.id for user in staff if user.moderator],
        },
    }


def stats(forum: Forum) -> Json:
    """How much there is, and how much of it is new."""
    now = forum.now()
    public = [topic for topic in forum.topics.values() if topic.deleted_at is None and not topic.private]
    users = [user for user in forum.users.values() if user.id > 0 and user.active]
    body: Json = {
        "topics_count": len(public),
        "posts_count": sum(topic.posts_count for topic in public),
        "users_count": len(users),
        "likes_count": sum(topic.like_count for topic in public),
    }
    for label, days in (("last_day", 1), ("7_days", 7), ("30_days", 30)):
        since = now - days * 86_400
        body[f"topics_{label}"] = sum(topic.created_at > since for topic in public)
        body[f"users_{label}"] = sum(user.created_at > since for user in users)
        body[f"active_users_{label}"] = sum((user.last_seen_at or 0) > since for user in users)
    return body


@routes("GET", "/srv/status", open_site=True)
def status(_call: Call) -> str:
    """Whether it runs."""
    return "ok"


@routes("GET", "/site/statistics")
def statistics(call: Call) -> Json:
    """The numbers alone."""
    return stats(call.forum)


@routes("GET", "/user_actions")
def user_actions(call: Call) -> Json:
    """What a member did, newest first, thirty at a time: 1 likes given, 2 likes received, 4 topics, 5 replies."""
    user = call.forum.user_named(call.need("username"))
    if user is None or not call.guardian.can_see_profile(user):
        raise not_found()
    forum, wanted = call.forum, {int(item) for item in call.names("filter") if item.isdigit()} or {1, 2, 4, 5}
    found: list[tuple[float, int, int, int]] = []
    if 1 in wanted:
        found += [(when, 1, number, user.id) for number, when in forum.user_likes.get(user.id, {}).items()]
    for number in forum.user_posts.get(user.id, ()):
        post = forum.posts[number]
        if 2 in wanted:
            found += [(when, 2, number, liker) for liker, when in post.likes.items()]
        kind = 4 if post.post_number == 1 else 5
        if kind in wanted and post.post_type == 1:
            found.append((post.created_at, kind, number, user.id))
    shown = [row for row in found if _readable(call, row[2])]
    shown.sort(key=lambda row: (-row[0], -row[2]))
    offset, limit = call.number("offset", least=0), call.number("limit", 30, least=1, most=100)
    return {"user_actions": [_action(call, row, user.id) for row in shown[offset : offset + limit]]}


def _readable(call: Call, post_id: int) -> bool:
    post = call.forum.posts[post_id]
    topic = call.forum.topics[post.topic_id]
    return not topic.private and post.deleted_at is None and topic.deleted_at is None and call.guardian.can_see_post(post)


def _action(call: Call, row: tuple[float, int, int, int], subject: int) -> Json:
    when, kind, post_id, acting_id = row
    forum = call.forum
    post = forum.posts[post_id]
    topic = forum.topics[post.topic_id]
    author, acting, target = forum.author(post), forum.users.get(acting_id), forum.users[subject]
    writer = basic_user(author) if author else {"id": -1, "username": "", "name": "", "avatar_template": ""}
    actor = basic_user(acting) if acting else writer
    return {
        "excerpt": excerpt(post.cooked),
        "action_type": kind,
        "created_at": iso(when),
        "avatar_template": writer["avatar_template"],
        "acting_avatar_template": actor["avatar_template"],
        "slug": topic.slug,
        "topic_id": topic.id,
        "target_user_id": target.id,
        "target_name": target.name,
        "target_username": target.username,
        "post_number": post.post_number,
        "post_id": None if kind == 4 else post.id,
        "username": writer["username"],
        "name": writer["name"],
        "user_id": writer["id"],
        "acting_username": actor["username"],
        "acting_name": actor["name"],
        "acting_user_id": actor["id"],
        "title": topic.title,
        "deleted": False,
        "hidden": post.hidden,
        "post_type": post.post_type,
        "action_code": post.action_code,
        "category_id": topic.category_id,
        "closed": topic.closed,
        "archived": topic.archived,
    }
