"""Search."""

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.api.topics import listed
from integrations.discourse.double.errors import Json
from integrations.discourse.double.model import Post
from integrations.discourse.double.serial.categories import basic_category, counts
from integrations.discourse.double.serial.posts import post_core
from integrations.discourse.double.serial.topics import list_item
from integrations.discourse.double.serial.users import basic_user
from integrations.discourse.double.text import excerpt, slugify

routes = Routes()


@routes("GET", "/search", "/search/query", scopes="search:query search:show")
def search(call: Call) -> Json:
    """Posts that have all the words; ``@name``, ``#category`` and ``tags:x`` narrow it."""
    call.limits.search(call.user.username if call.user else "anonymous")
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
