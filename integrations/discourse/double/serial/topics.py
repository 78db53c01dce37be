"""Topics and lists of topics as the forum shows them."""

import html
from collections.abc import Sequence

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import WHISPER, Post, Topic, User
from integrations.discourse.double.serial.posts import post_view
from integrations.discourse.double.serial.users import basic_user
from integrations.discourse.double.text import excerpt, slugify

CHUNK = 20
PER_PAGE = 30


def fancy(title: str) -> str:
    """A title made safe for HTML."""
    return html.escape(title, quote=False)


def tag_objects(forum: Forum, names: Sequence[str]) -> list[Json]:
    """Tags as the newer API sends them."""
    return [{"id": forum.ensure_tag(name).id, "name": name, "slug": slugify(name)} for name in names]


def topic_core(forum: Forum, topic: Topic) -> Json:
    """What all views of a topic share."""
    return {
        "id": topic.id,
        "title": topic.title,
        "fancy_title": fancy(topic.title),
        "slug": topic.slug,
        "posts_count": topic.posts_count,
        "reply_count": topic.reply_count,
        "highest_post_number": topic.highest_post_number,
        "created_at": iso(topic.created_at),
        "last_posted_at": iso(topic.last_posted_at),
        "archetype": topic.archetype,
        "visible": topic.visible,
        "closed": topic.closed,
        "archived": topic.archived,
        "tags": tag_objects(forum, topic.tags),
        "tags_descriptions": {},
        "views": topic.views,
        "like_count": topic.like_count,
        "category_id": topic.category_id,
        "featured_link": None,
        "pinned_globally": topic.pinned_globally,
        "bookmarked": False,
    }


def list_item(forum: Forum, topic: Topic, people: dict[int, User]) -> Json:
    """A line of a list; whoever it names is added to ``people``."""
    last = forum.users.get(topic.last_post_user_id or 0)
    body = topic_core(forum, topic)
    body |= {
        "image_url": None,
        "bumped": True,
        "bumped_at": iso(topic.bumped_at),
        "unseen": False,
        "last_read_post_number": topic.highest_post_number,
        "unread_posts": 0,
        "notification_level": 1,
        "pinned": topic.pinned_at is not None,
        "unpinned": None,
        "liked": False,
        "has_summary": False,
        "last_poster_username": last.username if last else "",
        "op_like_count": len(first.likes) if (first := forum.first_post(topic.id)) else 0,
        "excerpt": excerpt(first.cooked) if first else "",
        "posters": _posters(forum, topic, people),
    }
    if forum.settings.solved_enabled and not topic.private:
        body |= {"has_accepted_answer": topic.accepted_post_id is not None}
    if topic.private:
        body |= {
            "allowed_user_count": len(topic.allowed_users),
            "participants": [_poster(forum.users[number], None, "") for number in topic.allowed_users if number in forum.users],
        }
        people.update({number: forum.users[number] for number in topic.allowed_users if number in forum.users})
    return body


def _poster(user: User, description: str | None, extras: str) -> Json:
    return {"extras": extras, "description": description, "user_id": user.id, "primary_group_id": None}


def _posters(forum: Forum, topic: Topic, people: dict[int, User]) -> list[Json]:
    seen: dict[int, None] = {}
    for post in forum.posts_of(topic.id):
        if post.deleted_at is None and post.user_id is not None and post.post_type != WHISPER:
            seen.setdefault(post.user_id, None)
    last = topic.last_post_user_id
    order = [number for number in seen if number != last][:4]
    order = ([*order, last] if last != topic.user_id else [last, *order]) if last is not None else order
    shown = [user for number in order if (user := forum.users.get(number))]
    people.update({user.id: user for user in shown})
    return [_poster(user, _role(topic, user.id), "latest" if user.id == last else "") for user in shown]


def _role(topic: Topic, user_id: int) -> str:
    roles = ["Original Poster"] * (user_id == topic.user_id) + ["Most Recent Poster"] * (user_id == topic.last_post_user_id)
    return ", ".join(roles) or "Frequent Poster"


def topic_list(forum: Forum, topics: Sequence[Topic], guardian: Guardian, *, more: str | None = None, extra: Json | None = None) -> Json:
    """A page of topics with the people in it."""
    people: dict[int, User] = {}
    items = [list_item(forum, topic, people) for topic in topics]
    listed: Json = {"can_create_topic": guardian.user is not None}
    if more:
        listed["more_topics_url"] = more
    listed |= {"draft": None, "draft_key": "new_topic", "draft_sequence": 0, "per_page": PER_PAGE} | (extra or {})
    listed |= {"top_tags": [], "topics": items}
    return {"users": [basic_user(user) for user in people.values()], "primary_groups": [], "flair_groups": [], "topic_list": listed}


def visible_posts(forum: Forum, topic: Topic, guardian: Guardian, *, deleted: bool = False) -> list[Post]:
    """The posts of a topic that a reader gets; deleted ones only when staff asks for them."""
    posts = forum.posts_of(topic.id)
    return [post for post in posts if (post.deleted_at is None or (deleted and guardian.staff)) and (post.post_type != WHISPER or guardian.staff)]


def topic_view(forum: Forum, topic: Topic, guardian: Guardian, *, near: int | None = None, page: int | None = None, raw: bool = False) -> Json:
    """TopicViewSerializer: twenty posts, and the ids of all."""
    posts = visible_posts(forum, topic, guardian, deleted=topic.deleted_at is not None)
    start = 0
    if near is not None:
        index = next((i for i, post in enumerate(posts) if post.post_number >= near), 0)
        start = max(0, min(index - 5, len(posts) - CHUNK))
    elif page is not None:
        start = (page - 1) * CHUNK
    body: Json = {
        "post_stream": {
            "posts": [stream_post(forum, post, guardian, raw=raw) for post in posts[start : start + CHUNK]],
            "stream": [post.id for post in posts],
        },
        "timeline_lookup": [[1, 0]],
        "suggested_topics": [],
    }
    body |= topic_core(forum, topic) | _view_tail(forum, topic, guardian, posts)
    if topic.external_id:
        body["external_id"] = topic.external_id
    if topic.private:
        body["pm_with_non_human_user"] = False
    if forum.settings.solved_enabled and not topic.private and (accepted := accepted_answer(forum, topic)):
        body["accepted_answer"] = accepted
    return body


def stream_post(forum: Forum, post: Post, guardian: Guardian, *, raw: bool = False) -> Json:
    """A post within its topic."""
    body = post_view(forum, post, guardian, raw=raw) | {"read": True, "link_counts": [], "reviewable_id": 0}
    for name in ("posts_count", "post_url", "flair_group_id"):
        body.pop(name)
    return body


def accepted_answer(forum: Forum, topic: Topic) -> Json | None:
    """What the solved plugin says of a topic's answer."""
    post = forum.posts.get(topic.accepted_post_id) if topic.accepted_post_id else None
    author = forum.author(post) if post else None
    if post is None or author is None:
        return None
    return {
        "post_number": post.post_number,
        "username": author.username,
        "name": author.name,
        "excerpt": excerpt(post.cooked),
        "accepter_name": None,
        "accepter_username": None,
    }


def _view_tail(forum: Forum, topic: Topic, guardian: Guardian, posts: Sequence[Post]) -> Json:
    deleter = forum.users.get(topic.deleted_by) if topic.deleted_by is not None else None
    authors = dict.fromkeys(post.user_id for post in posts if post.user_id is not None)
    return {
        "has_summary": False,
        "word_count": sum(len(post.cooked.split()) for post in posts),
        "deleted_at": iso(topic.deleted_at),
        "user_id": topic.user_id,
        "pinned_at": iso(topic.pinned_at),
        "pinned_until": None,
        "image_url": None,
        "slow_mode_seconds": 0,
        "draft": None,
        "draft_key": f"topic_{topic.id}",
        "draft_sequence": 0,
        "unpinned": None,
        "pinned": topic.pinned_at is not None,
        "current_post_number": 1,
        "deleted_by": basic_user(deleter) if deleter else None,
        "has_deleted": guardian.staff and len(posts) < len(forum.topic_posts.get(topic.id, ())),
        "actions_summary": [{"id": number, "count": 0, "hidden": False, "can_act": guardian.user is not None} for number in (4, 8, 7)],
        "chunk_size": CHUNK,
        "bookmarks": [],
        "topic_timer": None,
        "message_bus_last_id": 0,
        "participant_count": len(authors),
        "show_read_indicator": False,
        "thumbnails": None,
        "slow_mode_enabled_until": None,
        "details": _details(forum, topic, guardian, posts),
    }


def _details(forum: Forum, topic: Topic, guardian: Guardian, posts: Sequence[Post]) -> Json:
    counts: dict[int, int] = {}
    for post in posts:
        if post.user_id is not None:
            counts[post.user_id] = counts.get(post.user_id, 0) + 1
    staff = guardian.staff
    rights: tuple[str, ...] = (
        "can_edit",
        "can_move_posts",
        "can_delete",
        "can_remove_allowed_users",
        "can_convert_topic",
        "can_review_topic",
        "can_close_topic",
    )
    rights += (
        "can_archive_topic",
        "can_split_merge_topic",
        "can_edit_staff_notes",
        "can_toggle_topic_visibility",
        "can_pin_unpin_topic",
        "can_moderate_category",
    )
    body: Json = dict.fromkeys(rights, staff)
    creator, last = forum.users.get(topic.user_id), forum.users.get(topic.last_post_user_id or 0)
    body |= {
        "notification_level": 1,
        "can_create_post": guardian.can_reply(topic),
        "can_reply_as_new_topic": guardian.user is not None,
        "can_remove_self_id": guardian.user.id if guardian.user else None,
        "participants": [
            basic_user(user)
            | {"post_count": count, "primary_group_name": None, "flair_name": None, "flair_url": None, "flair_color": None, "flair_bg_color": None}
            | {"flair_group_id": None, "admin": user.admin, "moderator": user.moderator, "trust_level": user.trust_level}
            for number, count in sorted(counts.items(), key=lambda item: -item[1])[:24]
            if (user := forum.users.get(number))
        ],
        "created_by": basic_user(creator) if creator else None,
        "last_poster": basic_user(last) if last else None,
    }
    if topic.private:
        body["allowed_users"] = [basic_user(forum.users[number]) for number in topic.allowed_users if number in forum.users]
        body["allowed_groups"] = [{"id": number, "name": forum.groups[number].name} for number in topic.allowed_groups if number in forum.groups]
    return body


def hook_topic(forum: Forum, topic: Topic) -> Json:
    """WebHookTopicViewSerializer: no text."""
    posts = [post for post in forum.posts_of(topic.id) if post.deleted_at is None]
    tail = _view_tail(forum, topic, Guardian(forum, forum.users[-1]), posts)
    details = tail["details"]
    body = topic_core(forum, topic)
    body |= {
        name: tail[name] for name in ("word_count", "deleted_at", "user_id", "pinned_at", "pinned_until", "unpinned", "pinned", "deleted_by", "has_deleted")
    }
    body |= {"participant_count": tail["participant_count"], "queued_posts_count": 0, "thumbnails": None}
    if isinstance(details, dict):
        body |= {"created_by": details["created_by"], "last_poster": details["last_poster"]}
    if not forum.settings.webhook_tags_as_objects:
        body["tags"] = list(topic.tags)
    if topic.external_id:
        body["external_id"] = topic.external_id
    return body
