"""Topics and their lists."""

from collections.abc import Callable

from starlette.responses import RedirectResponse

from integrations.discourse.double.actions import posting, topics
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import parse_time
from integrations.discourse.double.errors import Json, Refused, invalid_access, invalid_parameters, not_found
from integrations.discourse.double.model import Topic, User
from integrations.discourse.double.serial.topics import PER_PAGE, fancy, stream_post, topic_list, topic_view
from integrations.discourse.double.serial.users import basic_user

routes = Routes()
PERIODS = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365, "all": 100_000}

_ORDERS: dict[str, Callable[[Topic], float]] = {
    "created": lambda topic: topic.created_at,
    "activity": lambda topic: topic.bumped_at,
    "default": lambda topic: topic.bumped_at,
    "views": lambda topic: topic.views,
    "posts": lambda topic: topic.posts_count,
    "likes": lambda topic: topic.like_count,
    "op_likes": lambda topic: topic.like_count,
    "category": lambda topic: topic.category_id or 0,
}


def listed(call: Call, test: Callable[[Topic], bool] = lambda _topic: True) -> list[Topic]:
    """The public topics that who asks may see and that pass a test; unlisted ones for staff only."""
    seen, staff = call.guardian.category_ids, call.guardian.staff
    return [
        topic
        for topic in call.forum.topics.values()
        if topic.deleted_at is None
        and topic.archetype == "regular"
        and (topic.visible or staff)
        and (topic.category_id is None or topic.category_id in seen)
        and test(topic)
    ]


def page_of(call: Call, found: list[Topic], path: str, *, pinned: bool = True) -> Json:
    """One page of topics in the order asked for, with the address of the next."""
    order = call.text("order")
    key = _ORDERS.get(order or "default")
    if key is None:
        raise invalid_parameters("order")
    page = call.number("page")
    if page < 0 or page > 10**6:
        raise invalid_parameters("page")
    per_page = max(1, min(call.number("per_page", PER_PAGE), 100))
    found.sort(key=lambda topic: (key(topic), topic.id), reverse=not call.flag("ascending"))
    if pinned and not order:
        found.sort(key=lambda topic: topic.pinned_at is None)
    shown = found[page * per_page : (page + 1) * per_page]
    more = None
    if len(found) > (page + 1) * per_page:
        asked = "".join(f"&{name}={call.text(name)}" for name in ("order", "ascending", "per_page", "period") if call.text(name))
        more = f"{path}?no_definitions=true{asked}&page={page + 1}"
    return topic_list(call.forum, shown, call.guardian, more=more)


@routes("GET", "/latest", scopes="topics:read_lists")
def latest(call: Call) -> Json:
    """Topics by their latest activity; pages start at 0."""
    return page_of(call, listed(call), "/latest")


@routes("GET", "/new", scopes="topics:read_lists")
def newest(call: Call) -> Json:
    """Topics by their age."""
    call.values.setdefault("order", "created")
    return page_of(call, listed(call), "/new")


@routes("GET", "/top", "/top/{period}", scopes="topics:read_lists")
def top(call: Call) -> Json:
    """Topics by likes in a period."""
    period = call.path.get("period") or call.text("period") or "yearly"
    if period not in PERIODS:
        raise invalid_parameters("period")
    since = call.forum.now() - PERIODS[period] * 86_400
    call.values.setdefault("order", "likes")
    body = page_of(call, listed(call, lambda topic: topic.bumped_at > since), "/top", pinned=False)
    listing = body["topic_list"]
    if isinstance(listing, dict):
        listing["for_period"] = period
    return body


@routes("GET", "/c/{slug}/{id:int}", "/c/{parent}/{slug}/{id:int}", "/c/{slug}/{id:int}/l/latest", "/c/{id:int}", scopes="topics:read_lists")
def in_category(call: Call) -> Json:
    """The topics of a category and of those in it."""
    category = call.category(call.path["id"])
    inside = {category.id} | {other.id for other in call.forum.categories.values() if other.parent_category_id == category.id}
    return page_of(call, listed(call, lambda topic: topic.category_id in inside), f"/c/{category.slug}/{category.id}/l/latest")


@routes("GET", "/tag/{name}", "/tags/{name}", "/tag/{name}/{id:int}", scopes="topics:read_lists")
def with_tag(call: Call) -> Json:
    """The topics with a tag."""
    tag = call.forum.tags.get(call.path["name"])
    if tag is None:
        raise not_found()
    found = listed(call, lambda topic: tag.name in topic.tags)
    body = page_of(call, found, f"/tag/{tag.name}")
    listing = body["topic_list"]
    if isinstance(listing, dict):
        listing["tags"] = [{"id": tag.id, "name": tag.name, "topic_count": len(found), "staff": False}]
    return body


# --------------------------------------------------------------------------------------------------------------------- messages


def _inbox_of(call: Call) -> User:
    user = call.named_user()
    if not (call.guardian.admin or call.guardian.is_self(user)):
        raise invalid_access()
    return user


@routes("GET", "/topics/private-messages/{username}", scopes="topics:read_lists")
def inbox(call: Call) -> Json:
    """A member's messages that somebody else has a part in."""
    user, forum = _inbox_of(call), call.forum
    found = [topic for number in forum.messages if _has(topic := forum.topics[number], user)]
    found = [topic for topic in found if any(post.user_id != user.id and post.deleted_at is None for post in forum.posts_of(topic.id))]
    return page_of(call, found, f"/topics/private-messages/{user.username}", pinned=False)


@routes("GET", "/topics/private-messages-sent/{username}", scopes="topics:read_lists")
def sent(call: Call) -> Json:
    """A member's messages in which they have written."""
    user, forum = _inbox_of(call), call.forum
    found = [topic for number in forum.messages if _has(topic := forum.topics[number], user)]
    found = [topic for topic in found if any(post.user_id == user.id and post.deleted_at is None for post in forum.posts_of(topic.id))]
    return page_of(call, found, f"/topics/private-messages-sent/{user.username}", pinned=False)


def _has(topic: Topic, user: User) -> bool:
    return topic.deleted_at is None and user.id in topic.allowed_users


@routes("GET", "/topics/private-messages-group/{username}/{group}", scopes="topics:read_lists")
def group_inbox(call: Call) -> Json:
    """A group's messages, for its members."""
    group = call.forum.group_named(call.path["group"])
    if group is None or not (call.guardian.admin or group.id in call.guardian.group_ids):
        raise not_found()
    found = [topic for number in call.forum.messages if group.id in (topic := call.forum.topics[number]).allowed_groups and topic.deleted_at is None]
    return page_of(call, found, f"/topics/private-messages-group/{call.path['username']}/{group.name}", pinned=False)


@routes("GET", "/topics/created-by/{username}", scopes="topics:read_lists")
def created_by(call: Call) -> Json:
    """The topics that a member opened."""
    user = call.named_user()
    return page_of(call, listed(call, lambda topic: topic.user_id == user.id), f"/topics/created-by/{user.username}", pinned=False)


# --------------------------------------------------------------------------------------------------------------------- one topic


@routes("GET", "/t/{id:int}", "/t/{slug}/{id:int}", "/t/{slug}/{id:int}/{near:int}", "/t/{id:int}/{near:int}", scopes="topics:read")
def show(call: Call) -> Json:
    """Twenty posts of a topic, and the ids of all. ``page`` and a post's number move the window."""
    topic = call.topic()
    near = call.id("near") if "near" in call.path else None
    page = call.number("page", 1) if "page" in call.values else None
    if page is not None and (page < 1 or (page > 1 and (page - 1) * 20 >= len(call.forum.topic_posts[topic.id]))):
        raise not_found()
    topic.views += 1
    return topic_view(call.forum, topic, call.guardian, near=near, page=page, raw=call.flag("include_raw"))


@routes("GET", "/t/{id:int}/posts", "/t/{slug}/{id:int}/posts", scopes="topics:read")
def posts(call: Call) -> Json:
    """Some posts of a topic by id; without ids the first twenty."""
    topic = call.topic()
    wanted = call.names("post_ids")
    numbers = [int(item) for item in wanted if item.isdigit()] if wanted else call.forum.topic_posts[topic.id][:20]
    if len(numbers) > 400:
        raise Refused(400, ["You supplied invalid parameters to the request: post_ids"], error_type="invalid_parameters")
    found = [post for number in numbers if (post := call.forum.posts.get(number)) and post.topic_id == topic.id and call.guardian.can_see_post(post)]
    shown = [
        stream_post(call.forum, post, call.guardian, raw=call.flag("include_raw")) for post in found if post.deleted_at is None or call.flag("show_deleted")
    ]
    return {"post_stream": {"posts": shown}, "id": topic.id}


@routes("GET", "/t/external_id/{external_id}", scopes="topics:read")
def by_external(call: Call) -> RedirectResponse:
    """By the id that its creator gave it: a redirect to its address."""
    number = call.forum.by_external_id.get(call.path["external_id"])
    topic = call.topic(number if number is not None else -1)
    return RedirectResponse(f"{call.forum.settings.base_url}/t/{topic.slug}/{topic.id}" + (".json" if call.json else ""), status_code=301)


@routes("PUT", "/t/{slug}/{id:int}", "/t/{id:int}", scopes="topics:update")
def update(call: Call) -> Json:
    """Change title, category or tags; also nested under ``topic``."""
    me, topic = call.member(), call.topic()
    nested = call.values.get("topic")
    if isinstance(nested, dict):
        call.values |= nested
    category = None
    if call.text("category_id"):
        category = call.forum.categories.get(call.number("category_id"))
        if category is None:
            raise invalid_parameters("category_id")
    topics.update_topic(
        call.forum,
        topic,
        by=me,
        title=call.maybe("title"),
        category=category,
        tags=call.names("tags") if "tags" in call.values else None,
        external_id=call.maybe("external_id"),
    )
    return {"basic_topic": {"id": topic.id, "title": topic.title, "fancy_title": fancy(topic.title), "slug": topic.slug, "posts_count": topic.posts_count}}


@routes("DELETE", "/t/{id:int}", scopes="topics:update")
def destroy(call: Call) -> None:
    """Delete a topic with its first post."""
    me, topic = call.member(), call.topic()
    first = call.forum.first_post(topic.id)
    if first is None or topic.deleted_at is not None:
        raise not_found()
    posting.delete_post(call.forum, first, by=me)


@routes("PUT", "/t/{id:int}/recover", scopes="topics:update")
def recover(call: Call) -> None:
    """Take the deletion back."""
    me, topic = call.staff(), call.topic()
    if first := call.forum.first_post(topic.id):
        posting.recover_post(call.forum, first, by=me)


@routes("PUT", "/t/{id:int}/status", scopes="topics:update")
def status(call: Call) -> Json:
    """Close, archive, hide, pin; or the reverse."""
    me, topic = call.member(), call.topic()
    enabled = call.need("enabled")
    topics.set_status(call.forum, topic, call.need("status"), enabled=enabled == "true", by=me)
    return {"success": "OK", "topic_status_update": None}


@routes("PUT", "/t/{id:int}/bookmark")
def bookmark(call: Call) -> None:
    """Taken and forgotten."""
    call.member()
    call.topic()


@routes("POST", "/t/{id:int}/notifications")
def notification_level(call: Call) -> Json:
    """Taken and forgotten."""
    call.member()
    call.topic()
    if call.need("notification_level") not in ("0", "1", "2", "3"):
        raise invalid_parameters("notification_level")
    return {"success": "OK"}


@routes("PUT", "/t/{id:int}/change-timestamp")
def change_timestamp(call: Call) -> Json:
    """Move a topic in time."""
    call.staff()
    topic, stamp = call.topic(), call.need("timestamp")
    try:
        moment = float(stamp) if stamp.replace(".", "", 1).isdigit() else parse_time(stamp)
    except ValueError:
        raise invalid_parameters("timestamp") from None
    shift = moment - topic.created_at
    topic.created_at, topic.bumped_at = moment, topic.bumped_at + shift
    for post in call.forum.posts_of(topic.id):
        post.created_at += shift
    call.forum.recount(topic)
    return {"success": "OK"}


@routes("POST", "/t/{id:int}/invite")
def invite(call: Call) -> Json:
    """Bring somebody into a private message."""
    me, topic = call.member(), call.topic()
    name = call.text("user") or call.text("email")
    user = call.forum.user_named(name) or call.forum.user_by_email(name)
    if user is None:
        raise Refused(422, ["Sorry, that user can't be invited."])
    topics.invite_user(call.forum, topic, user, by=me)
    return {"user": basic_user(user)}


@routes("POST", "/t/{id:int}/invite-group")
def invite_group(call: Call) -> Json:
    """Bring a group into a private message."""
    me, topic = call.member(), call.topic()
    group = call.forum.group_named(call.need("group"))
    if group is None:
        raise not_found()
    topics.invite_group(call.forum, topic, group, by=me)
    return {"group": {"id": group.id, "name": group.name}}


@routes("PUT", "/t/{id:int}/remove-allowed-user")
def remove_allowed_user(call: Call) -> Json:
    """Take somebody out of a private message."""
    me, topic = call.member(), call.topic()
    user = call.forum.user_named(call.need("username"))
    if user is None:
        raise not_found()
    topics.remove_allowed_user(call.forum, topic, user, by=me)
    return {"success": "OK"}
