"""Posts as the forum shows them."""

import html

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Post, Topic, User
from integrations.discourse.double.serial.users import avatar_template, basic_user
from integrations.discourse.double.text import excerpt, mentions, quote_count

LIKE = 2


def post_core(forum: Forum, post: Post, topic: Topic) -> Json:
    """What all views of a post share."""
    author = forum.author(post)
    return {
        "id": post.id,
        "name": author.name if author else None,
        "username": author.username if author else None,
        "avatar_template": avatar_template(author.username) if author else None,
        "created_at": iso(post.created_at),
        "cooked": post.cooked,
        "post_number": post.post_number,
        "post_type": post.post_type,
        "posts_count": topic.posts_count,
        "updated_at": iso(post.updated_at),
        "reply_count": reply_count(forum, post),
        "reply_to_post_number": post.reply_to,
        "quote_count": quote_count(post.raw),
        "incoming_link_count": 0,
        "reads": post.reads,
        "score": round(len(post.likes) * 15 + post.reads * 0.2, 1),
        "topic_id": topic.id,
        "topic_slug": topic.slug,
        "display_username": author.name if author else None,
        "primary_group_name": None,
        "flair_name": None,
        "flair_group_id": None,
        "version": post.version,
        "user_title": author.title if author else None,
        "bookmarked": False,
        "moderator": bool(author and author.moderator),
        "admin": bool(author and author.admin),
        "staff": bool(author and (author.admin or author.moderator)),
        "user_id": post.user_id,
        "hidden": post.hidden,
        "trust_level": author.trust_level if author else None,
        "deleted_at": iso(post.deleted_at),
        "user_deleted": post.user_deleted,
        "edit_reason": post.edit_reason,
        "wiki": post.wiki,
        "reviewable_id": None,
        "reviewable_score_count": 0,
        "reviewable_score_pending_count": 0,
        "post_url": f"/t/{topic.slug}/{topic.id}/{post.post_number}",
    }


def reply_count(forum: Forum, post: Post) -> int:
    """How many posts answer this one."""
    topic = forum.topics[post.topic_id]
    if topic.reply_count == 0:
        return 0
    return sum(1 for other in forum.posts_of(topic.id) if other.reply_to == post.post_number and other.deleted_at is None)


def _reply_to_user(forum: Forum, post: Post) -> User | None:
    if post.reply_to is None:
        return None
    target = forum.post_at(post.topic_id, post.reply_to)
    return forum.author(target) if target else None


def actions_summary(post: Post, guardian: Guardian) -> list[Json]:
    """The likes of a post, as this reader may act on them."""
    summary: Json = {"id": LIKE}
    liked = guardian.user is not None and guardian.user.id in post.likes
    if post.likes:
        summary["count"] = len(post.likes)
    if liked:
        summary |= {"acted": True, "can_undo": True}
    elif guardian.user is not None and post.user_id != guardian.user.id:
        summary["can_act"] = True
    shown = [summary] if len(summary) > 1 else []
    if guardian.user is not None and post.user_id != guardian.user.id:
        shown += [{"id": number, "can_act": True} for number in (3, 4, 8, 7)]
    return shown


def post_view(forum: Forum, post: Post, guardian: Guardian, *, raw: bool, draft_sequence: int | None = None) -> Json:
    """PostSerializer for one reader."""
    topic = forum.topics[post.topic_id]
    body = post_core(forum, post, topic)
    can_delete = guardian.can_delete_post(post)
    body |= {
        "readers_count": max(0, post.reads - 1),
        "yours": guardian.user is not None and guardian.user.id == post.user_id,
        "flair_url": None,
        "flair_bg_color": None,
        "flair_color": None,
        "can_edit": guardian.can_edit_post(post),
        "can_delete": can_delete and (post.post_number > 1 or guardian.staff),
        "can_recover": post.deleted_at is not None and guardian.staff,
        "can_see_hidden_post": guardian.staff,
        "can_wiki": guardian.staff,
        "actions_summary": actions_summary(post, guardian),
        "can_view_edit_history": guardian.user is not None,
    }
    if raw:
        body["raw"] = post.raw
    if draft_sequence is not None:
        body["draft_sequence"] = draft_sequence
    if post.action_code:
        body["action_code"] = post.action_code
    if target := _reply_to_user(forum, post):
        body["reply_to_user"] = basic_user(target)
    if topic.private:
        body.pop("category_id", None)
    if post.hidden and not guardian.staff and body["yours"] is False:
        body |= {"cooked": "<p>This post was flagged by the community and is temporarily hidden.</p>", "cooked_hidden": True}
        body.pop("raw", None)
    return body | solved_keys(forum, post, topic, guardian)


def solved_keys(forum: Forum, post: Post, topic: Topic, guardian: Guardian) -> Json:
    """What the solved plugin adds to a post."""
    if not forum.settings.solved_enabled or topic.private:
        return {}
    accepted = topic.accepted_post_id == post.id
    may = guardian.can_accept_answer(topic)
    return {
        "can_accept_answer": may and not accepted and post.post_number > 1,
        "can_unaccept_answer": may and accepted,
        "accepted_answer": accepted,
        "topic_accepted_answer": topic.accepted_post_id is not None,
    }


def mentioned_users(forum: Forum, post: Post) -> list[Json]:
    """The members that a post names."""
    found = (forum.user_named(name) for name in mentions(post.raw)) if "@" in post.raw else ()
    return [basic_user(user) for user in found if user]


def latest_post(forum: Forum, post: Post, guardian: Guardian) -> Json:
    """A line of ``/posts.json``, which also says where the post stands."""
    topic = forum.topics[post.topic_id]
    body = post_view(forum, post, guardian, raw=True)
    body |= {
        "topic_title": topic.title,
        "topic_html_title": html.escape(topic.title, quote=False),
        "category_id": topic.category_id,
        "badges_granted": [],
        "excerpt": excerpt(post.cooked),
        "truncated": len(post.cooked) > 220,
    }
    return body


def hook_post(forum: Forum, post: Post) -> Json:
    """WebHookPostSerializer: with the raw text, also of private messages, and without what depends on a reader."""
    topic = forum.topics[post.topic_id]
    body = post_core(forum, post, topic)
    body |= {
        "topic_title": topic.title,
        "category_id": topic.category_id,
        "raw": post.raw,
        "topic_posts_count": topic.posts_count,
        "topic_filtered_posts_count": topic.posts_count,
        "topic_archetype": topic.archetype,
    }
    if category := forum.categories.get(topic.category_id or 0):
        body["category_slug"] = category.slug
    if target := _reply_to_user(forum, post):
        body["reply_to_user"] = basic_user(target)
    if forum.settings.solved_enabled and not topic.private:
        body |= {"accepted_answer": topic.accepted_post_id == post.id, "topic_accepted_answer": topic.accepted_post_id is not None}
    return body
