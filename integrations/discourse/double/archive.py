"""A forum's public archive, one topic a line in the keys of its own topic JSON, taken over with its ids and times."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from integrations.discourse.double.clock import parse_time
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Category, Post, Topic, User
from integrations.discourse.double.text import plain_text


def read_lines(path: Path) -> Iterator[Json]:
    """The objects of a JSON-lines file, gzipped or not. Raises :class:`ValueError` with the number of a bad line."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                found = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise ValueError(f"{path.name}, line {number}: not JSON ({error})") from None
            if not isinstance(found, dict):
                raise ValueError(f"{path.name}, line {number}: not an object")  # noqa: TRY004  # one kind of error for all that is wrong with a file
            yield found


def load_archive(forum: Forum, topics: Path, users: Path | None = None, *, webhooks: bool = False, limit: int = 0) -> tuple[int, int]:
    """Take over an archive; with ``webhooks`` every topic and post is told of. Returns how many topics and posts came."""
    muted, forum.hooks.muted = forum.hooks.muted, not webhooks
    try:
        if users is not None:
            add_users(forum, read_lines(users))
        return add_topics(forum, read_lines(topics), limit=limit)
    finally:
        forum.hooks.muted = muted


def _time(value: object) -> float | None:
    return parse_time(value) if isinstance(value, str) else None


def _number(value: object, default: int = 0) -> int:
    return value if isinstance(value, int) else default


def add_users(forum: Forum, rows: Iterable[Json]) -> int:
    """Add the users of an archive; who is there already, is left."""
    count = 0
    for row in rows:
        number, username = _number(row.get("id")), str(row["username"])
        if number in forum.users or username.lower() in forum.by_username:
            continue
        seen = _time(row.get("last_posted_at"))
        user = User(
            id=number,
            username=username,
            name=str(row["name"]) if row.get("name") else None,
            email=f"{username}@members.invalid",
            created_at=_time(row.get("created_at")) or forum.now(),
            admin=row.get("admin") is True,
            moderator=row.get("moderator") is True,
            trust_level=_number(row.get("trust_level"), 1),
            last_posted_at=seen,
            last_seen_at=seen,
        )
        forum.add_user(user)
        events.user_event(forum, "user_created", user)
        count += 1
    return count


def add_topics(forum: Forum, rows: Iterable[Json], *, limit: int = 0) -> tuple[int, int]:
    """Add the topics of an archive with their posts; a topic whose id is taken, is left."""
    topics = posts = 0
    for row in rows:
        if limit and topics >= limit:
            break
        if _number(row["id"]) in forum.topics:
            continue
        posts += _add_topic(forum, row)
        topics += 1
    for numbers in forum.user_posts.values():
        numbers.sort()
    return topics, posts


def _add_topic(forum: Forum, row: Json) -> int:
    lines = row.get("posts")
    posts = lines if isinstance(lines, list) else []
    category_id = _number(row.get("category_id"), 1)
    if category_id not in forum.categories:
        forum.claim_id("categories", category_id)
        forum.categories[category_id] = Category(id=category_id, name=f"Category {category_id}", slug=f"category-{category_id}", position=category_id)
    tags = row.get("tags")
    created = _time(row.get("created_at")) or forum.now()
    topic = Topic(
        id=_number(row["id"]),
        title=str(row["title"]),
        category_id=category_id,
        user_id=_number(row.get("user_id"), -1),
        created_at=created,
        slug=str(row.get("slug") or "topic"),
        visible=row.get("visible") is not False,
        closed=row.get("closed") is True,
        archived=row.get("archived") is True,
        tags=[str(tag.get("name") if isinstance(tag, dict) else tag) for tag in tags] if isinstance(tags, list) else [],
        views=_number(row.get("views")),
        bumped_at=_time(row.get("last_posted_at")) or created,
        last_posted_at=_time(row.get("last_posted_at")),
        updated_at=created,
    )
    forum.add_topic(topic)
    for line in posts:
        _add_post(forum, topic, line)
    forum.recount(topic)
    events.topic_event(forum, "topic_created", topic)
    for number in forum.topic_posts[topic.id]:
        events.post_event(forum, "post_created", forum.posts[number])
    return len(posts)


def _add_post(forum: Forum, topic: Topic, row: Json) -> None:
    user_id, username = _number(row.get("user_id"), -1), str(row.get("username") or "")
    created = _time(row.get("created_at")) or topic.created_at
    if user_id not in forum.users and username:
        forum.add_user(User(id=user_id, username=username, name=None, email=f"{username}@members.invalid", created_at=created, last_posted_at=created))
    cooked = str(row.get("cooked") or "")
    reply_to = row.get("reply_to_post_number")
    accepted = row.get("accepted_answer") is True
    post = Post(
        id=_number(row["id"]),
        topic_id=topic.id,
        user_id=user_id,
        post_number=_number(row["post_number"]),
        raw=str(row["raw"]) if row.get("raw") else plain_text(cooked),
        cooked=cooked,
        created_at=created,
        updated_at=_time(row.get("updated_at")) or created,
        post_type=_number(row.get("post_type"), 1),
        reply_to=reply_to if isinstance(reply_to, int) else None,
        reads=_number(row.get("reads")),
    )
    forum.add_post(post)
    if accepted:
        topic.accepted_post_id, topic.accepted_at = post.id, created
