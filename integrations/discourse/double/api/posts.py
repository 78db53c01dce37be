"""Posts: new ones, lists, edits, likes, accepted answers."""

from integrations.discourse.double.actions import posting, reactions
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import parse_time
from integrations.discourse.double.errors import Json, failed, invalid_access, invalid_parameters, not_found
from integrations.discourse.double.model import REGULAR, Category, Post
from integrations.discourse.double.serial.posts import LIKE, latest_post, mentioned_users, post_view
from integrations.discourse.double.serial.users import basic_user

routes = Routes()
WINDOW = 50


@routes("GET", "/posts")
def latest(call: Call) -> Json:
    """The posts among fifty ids downwards from ``before``, or from the newest: a page may be short or empty although older ones exist."""
    forum = call.forum
    highest = call.number("before")
    if highest <= 0:
        highest = max(forum.posts, default=0)
    found = [forum.posts[number] for number in range(highest, max(0, highest - WINDOW), -1) if number in forum.posts]
    return {"latest_posts": [latest_post(forum, post, call.guardian) for post in found if _is_public(call, post)]}


def _is_public(call: Call, post: Post) -> bool:
    topic = call.forum.topics[post.topic_id]
    if post.post_type != REGULAR or post.deleted_at is not None or topic.private or topic.deleted_at is not None or not topic.visible:
        return False
    return (not post.hidden or call.guardian.staff) and call.guardian.can_see_post(post)


@routes("GET", "/posts/{id:int}", scopes="topics:read")
def show(call: Call) -> Json:
    """One post with its text."""
    post = call.post()
    return post_view(call.forum, post, call.guardian, raw=True) | {"mentioned_users": mentioned_users(call.forum, post)}


@routes("GET", "/posts/by_number/{topic_id:int}/{number:int}", scopes="topics:read")
def by_number(call: Call) -> Json:
    """One post by its place in a topic."""
    post = call.forum.post_at(call.topic(call.id("topic_id")).id, call.id("number"))
    if post is None:
        raise not_found()
    return post_view(call.forum, call.post(post.id), call.guardian, raw=True)


@routes("GET", "/posts/{id:int}/replies", scopes="topics:read")
def replies(call: Call) -> list[Json]:
    """The posts that answer one."""
    post = call.post()
    found = [other for other in call.forum.posts_of(post.topic_id) if other.reply_to == post.post_number and call.guardian.can_see_post(other)]
    return [post_view(call.forum, other, call.guardian, raw=False) for other in found if other.deleted_at is None]


@routes("GET", "/posts/{id:int}/raw", "/raw/{topic_id:int}", scopes="topics:read")
def raw(call: Call) -> str:
    """The text as it was written."""
    if "topic_id" in call.path:
        first = call.forum.first_post(call.topic(call.id("topic_id")).id)
        return first.raw if first else ""
    return call.post().raw


def _draft(call: Call) -> posting.Draft:
    trusted = call.key is not None and call.guardian.staff
    created = call.text("created_at")
    try:
        created_at = parse_time(created) if created and trusted else None
    except ValueError:
        raise invalid_parameters("created_at") from None
    reply_to = call.number("reply_to_post_number")
    return posting.Draft(
        raw=call.text("raw"),
        title=call.text("title"),
        tags=call.names("tags"),
        external_id=call.text("external_id") or None,
        created_at=created_at,
        reply_to=reply_to if reply_to > 0 else None,
        whisper=call.flag("whisper") and call.guardian.staff,
        free=call.flag("skip_validations") and trusted,
    )


def _category(call: Call) -> Category | None:
    text = call.text("category").strip()
    if not text:
        return None
    forum = call.forum
    found = forum.categories.get(int(text)) if text.isdigit() else forum.category_named(text)
    if found is None:
        raise invalid_parameters("category")
    return found


@routes("POST", "/posts", scopes="topics:write")
def create(call: Call) -> Json:
    """A topic, a private message or a reply, by what is sent."""
    me = call.member()
    if "raw" not in call.values:
        call.need("raw")
    draft = _draft(call)
    topic_id = call.number("topic_id")
    if topic_id:
        topic = call.forum.topics.get(topic_id)
        if topic is None or not call.guardian.can_see_topic(topic):
            raise invalid_access() if topic is None or self_hidden(call) else not_found()
        post = posting.reply(call.forum, me, topic, draft)
    elif call.text("archetype") == "private_message":
        names = call.names("target_recipients") or call.names("target_usernames")
        post = posting.create_message(call.forum, me, draft, to=[*names, *call.names("target_group_names"), *call.names("target_emails")])
    else:
        draft.category = _category(call)
        post = posting.create_topic(call.forum, me, draft)
    return post_view(call.forum, post, call.guardian, raw=True, draft_sequence=0) | {"mentioned_users": mentioned_users(call.forum, post)}


def self_hidden(call: Call) -> bool:
    """Whether the site says that a thing is private instead of missing."""
    return call.forum.settings.detailed_404


@routes("PUT", "/posts/{id:int}", scopes="posts:edit")
def update(call: Call) -> Json:
    """Change a text."""
    me, post = call.member(), call.post()
    values = call.inner("post")
    new = values.get("raw")
    if not isinstance(new, str):
        raise invalid_parameters("raw")
    reason = values.get("edit_reason")
    posting.edit_post(call.forum, post, new, by=me, reason=str(reason) if reason else None, bump=not call.flag("bypass_bump"))
    return {"post": post_view(call.forum, post, call.guardian, raw=True, draft_sequence=0)}


@routes("DELETE", "/posts/{id:int}", scopes="posts:edit")
def destroy(call: Call) -> None:
    """Delete a post; the first one takes its topic along."""
    posting.delete_post(call.forum, call.post(), by=call.member())


@routes("PUT", "/posts/{id:int}/recover", scopes="posts:edit")
def recover(call: Call) -> Json:
    """Take a deletion back."""
    post = call.post()
    posting.recover_post(call.forum, post, by=call.member())
    return post_view(call.forum, post, call.guardian, raw=True)


@routes("PUT", "/posts/{id:int}/locked")
def lock(call: Call) -> Json:
    """Keep the author from editing."""
    call.staff()
    post = call.post()
    post.locked = call.text("locked") == "true"
    return {"locked": post.locked}


@routes("POST", "/post_actions")
def act(call: Call) -> Json:
    """Like a post; the other actions are flags, which are taken and forgotten."""
    me = call.member()
    post = call.forum.posts.get(call.number("id"))
    if post is None:
        raise not_found()
    kind = call.number("post_action_type_id")
    if kind == LIKE:
        reactions.like(call.forum, call.post(post.id), by=me)
    elif kind not in (3, 4, 6, 7, 8):
        raise invalid_parameters("post_action_type_id")
    return post_view(call.forum, post, call.guardian, raw=False) | {"badges_granted": []}


@routes("DELETE", "/post_actions/{id:int}")
def undo(call: Call) -> Json:
    """Take a like back."""
    post = call.post()
    reactions.unlike(call.forum, post, by=call.member())
    return post_view(call.forum, post, call.guardian, raw=False)


@routes("GET", "/post_action_users")
def likers(call: Call) -> Json:
    """Who liked a post."""
    post = call.post(call.number("id"))
    if call.number("post_action_type_id") != LIKE:
        raise invalid_parameters("post_action_type_id")
    users = [call.forum.users[number] for number in post.likes if number in call.forum.users]
    return {"post_action_users": [basic_user(user) | {"post_url": None, "unknown": False} for user in users], "total_rows_post_action_users": len(users)}


@routes("POST", "/solution/accept")
def accept(call: Call) -> Json:
    """Accept an answer (plugin solved)."""
    me, post = call.member(), _answer(call)
    reactions.accept(call.forum, post, by=me)
    return {"success": "OK", "accepted_answer": {"post_number": post.post_number}}


@routes("POST", "/solution/unaccept")
def unaccept(call: Call) -> Json:
    """Take that back (plugin solved)."""
    me, post = call.member(), _answer(call)
    reactions.unaccept(call.forum, post, by=me)
    return {"success": "OK"}


def _answer(call: Call) -> Post:
    if not call.forum.settings.solved_enabled:
        raise not_found()
    if not call.number("id"):
        raise failed("param is missing or the value is empty: id", status=400)
    return call.post(call.number("id"))
