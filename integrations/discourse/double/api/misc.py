"""Notifications, invites, search, events, themes."""

import io
import json
import re
import secrets
import tarfile
import zipfile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.datastructures import UploadFile
from starlette.responses import PlainTextResponse

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.api.topics import listed
from integrations.discourse.double.clock import iso, parse_time
from integrations.discourse.double.errors import Json, Refused, failed, invalid_access, invalid_parameters, not_found
from integrations.discourse.double.hooks.events import notification_body
from integrations.discourse.double.limits import Limits
from integrations.discourse.double.model import Invite, Post, Theme
from integrations.discourse.double.serial.categories import basic_category, counts
from integrations.discourse.double.serial.posts import post_core
from integrations.discourse.double.serial.topics import list_item
from integrations.discourse.double.serial.users import basic_user
from integrations.discourse.double.text import excerpt, slugify

routes = Routes()


@routes("GET", "/notifications")
def notifications(call: Call) -> Json:
    """The notices of who asks."""
    me, forum, offset = call.member(), call.forum, call.number("offset", least=0)
    numbers = list(reversed(forum.user_notifications.get(me.id, [])))
    limit = call.number("limit", 60, least=1, most=60)
    return {
        "notifications": [notification_body(forum, forum.notifications[number]) for number in numbers[offset : offset + limit]],
        "total_rows_notifications": len(numbers),
        "seen_notification_id": 0,
        "load_more_notifications": f"/notifications?offset={offset + limit}&username={me.username}",
    }


@routes("PUT", "/notifications/mark-read")
def mark_read(call: Call) -> Json:
    """Mark one notice or all of them as read."""
    me = call.member()
    for number in call.forum.user_notifications.get(me.id, ()):
        if not call.number("id") or number == call.number("id"):
            call.forum.notifications[number].read = True
    return {"success": "OK"}


# --------------------------------------------------------------------------------------------------------------------- invites


def _invite(call: Call, email: str | None) -> Invite:
    forum, me = call.forum, call.member()
    if email and (forum.user_by_email(email) is not None):
        raise failed(f"There's no need to invite {email}, they already have an account!")
    group_ids = [int(item) for item in call.names("group_ids") if item.isdigit()]
    group_ids += [group.id for name in call.names("group_names") if (group := forum.group_named(name))]
    if group_ids and not call.guardian.staff:
        raise invalid_access()
    try:
        expires = parse_time(call.text("expires_at")) if call.text("expires_at") else forum.now() + 90 * 86_400
    except ValueError:
        raise invalid_parameters("expires_at") from None
    invite = Invite(
        id=forum.next_id("invites"),
        invite_key=secrets.token_urlsafe(8)[:10],
        invited_by=me.id,
        created_at=forum.now(),
        expires_at=expires,
        email=email,
        custom_message=call.maybe("custom_message"),
        max_redemptions_allowed=call.number("max_redemptions_allowed", 1),
        topic_id=call.number("topic_id") or None,
        group_ids=group_ids,
    )
    forum.invites[invite.id] = invite
    return invite


def _invite_view(call: Call, invite: Invite) -> Json:
    return {
        "id": invite.id,
        "invite_key": invite.invite_key,
        "link": f"{call.forum.settings.base_url}/invites/{invite.invite_key}",
        "description": invite.description,
        "email": invite.email,
        "domain": None,
        "emailed": bool(invite.email) and not call.flag("skip_email"),
        "can_delete_invite": True,
        "custom_message": invite.custom_message,
        "created_at": iso(invite.created_at),
        "updated_at": iso(invite.created_at),
        "expires_at": iso(invite.expires_at),
        "expired": invite.expires_at < call.forum.now(),
        "grants_admin": False,
        "grants_moderator": False,
        "topics": [],
        "groups": [{"id": number, "name": call.forum.groups[number].name} for number in invite.group_ids if number in call.forum.groups],
    }


@routes("POST", "/invites")
def invite(call: Call) -> Json:
    """Invite by address or by link."""
    return _invite_view(call, _invite(call, call.text("email") or None))


@routes("POST", "/invites/create-multiple")
def invite_many(call: Call) -> Json:
    """Invite several addresses."""
    call.member()
    done: list[Json] = []
    wrong: list[Json] = []
    for email in call.names("email"):
        try:
            done.append({"email": email, "invite": _invite_view(call, _invite(call, email))})
        except Refused as refusal:
            wrong.append({"email": email, "error": refusal.body["errors"]})
    return {
        "num_successfully_created_invitations": len(done),
        "num_failed_invitations": len(wrong),
        "failed_invitations": wrong,
        "successful_invitations": done,
    }


# --------------------------------------------------------------------------------------------------------------------- search


@routes("GET", "/search", "/search/query", scopes="search:query search:show")
def search(call: Call) -> Json:
    """Posts that have all the words; ``@name``, ``#category`` and ``tags:x`` narrow it."""
    Limits.search(call.limits, call.user.username if call.user else "anonymous")
    forum, query = call.forum, call.text("q") or call.text("term")
    words, filters = _query(query)
    page, per_page = max(1, call.number("page", 1)), 50
    hits = [post for post in _candidates(call, filters) if all(word in post.raw.lower() or word in forum.topics[post.topic_id].title.lower() for word in words)]
    hits = hits if words or filters else []
    hits.sort(key=lambda post: (-len(post.likes), -post.id))
    shown = hits[(page - 1) * per_page : page * per_page]
    topics = list({post.topic_id: forum.topics[post.topic_id] for post in shown}.values())
    users = [user for user in forum.users.values() if user.id > 0 and words and all(word in user.username.lower() for word in words)][:5]
    rows = counts(forum)
    found = [item for item in forum.categories.values() if item.id in call.guardian.category_ids and words and all(word in item.name.lower() for word in words)]
    body: Json = {
        "posts": [_hit(call, post) for post in shown],
        "topics": [list_item(forum, topic, {}) for topic in topics],
        "users": [basic_user(user) for user in users],
        "categories": [basic_category(forum, item, call.guardian, rows[item.id]) for item in found],
        "tags": [{"id": tag.id, "name": tag.name, "slug": slugify(tag.name)} for tag in forum.tags.values() if tag.name in words],
        "groups": [],
        "grouped_search_result": {
            "more_posts": None,
            "more_users": None,
            "more_categories": None,
            "term": query,
            "search_log_id": 1,
            "more_full_page_results": True if len(hits) > page * per_page else None,
            "can_create_topic": call.user is not None,
            "error": None,
            "extra": {"categories": None},
            "post_ids": [post.id for post in shown],
            "user_ids": [user.id for user in users],
            "category_ids": [item.id for item in found],
            "tag_ids": [],
            "group_ids": [],
        },
    }
    return body


def _query(query: str) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    filters: dict[str, str] = {}
    for part in query.lower().split():
        if part[0] in "@#" and len(part) > 1:
            filters[part[0]] = part[1:]
        elif part.startswith(("tags:", "order:", "in:", "status:", "before:", "after:", "topic:", "category:")):
            name, _, value = part.partition(":")
            filters["#" if name == "category" else name] = value
        else:
            words.append(part)
    return [word for word in words if len(word) > 2], filters


def _candidates(call: Call, filters: dict[str, str]) -> list[Post]:
    forum = call.forum
    topics = listed(call)
    if "#" in filters:
        category = forum.category_named(filters["#"])
        topics = [topic for topic in topics if category is not None and topic.category_id == category.id]
    if "tags" in filters:
        topics = [topic for topic in topics if filters["tags"] in topic.tags]
    posts = [post for topic in topics for post in forum.posts_of(topic.id) if post.deleted_at is None and call.guardian.can_see_post(post)]
    if "@" in filters:
        user = forum.user_named(filters["@"])
        posts = [post for post in posts if user is not None and post.user_id == user.id]
    return posts


def _hit(call: Call, post: Post) -> Json:
    core = post_core(call.forum, post, call.forum.topics[post.topic_id])
    names = ("id", "name", "username", "avatar_template", "created_at", "post_number", "topic_id")
    return {name: core[name] for name in names} | {"like_count": len(post.likes), "blurb": excerpt(post.cooked)}


# --------------------------------------------------------------------------------------------------------------------- events

_EVENT = re.compile(r"\[event\s+([^\]]*)\]", re.S)
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|(\S+))")


def event_of(raw: str) -> dict[str, str] | None:
    """The attributes of the first event in a text, by lower-case name without dashes."""
    match = _EVENT.search(raw)
    if match is None:
        return None
    found = {name.lower().replace("-", ""): a or b or c for name, a, b, c in _ATTRIBUTE.findall(match[1])}
    return found if found.get("start") else None


def _moment(text: str | None, zone: str) -> float | None:
    if not text:
        return None
    try:
        stamp = text if re.search(r"(Z|[+-]\d\d:?\d\d)$", text) else None
        return parse_time(text) if stamp else parse_time(text) - _offset(text, zone)
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _offset(text: str, zone: str) -> float:
    from_zone = ZoneInfo(zone).utcoffset(_naive(text))
    return from_zone.total_seconds() if from_zone else 0.0


def _naive(text: str):  # type: ignore[no-untyped-def]
    raise NotImplementedError
