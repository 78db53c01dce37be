"""The forum's categories, topics and posts as events. Pure.

The same for deliveries and for answers of the API: both speak with the same keys, one more fully than the other. Each function gives ``None`` for an object
that lacks what the event needs or that is none of our business: whispers and small actions ("closed this topic"), anything in private messages.
"""

from integrations.discourse import addresses
from integrations.discourse.text import Plain, plain_cooked, plain_raw
from integrations.seen import Seen
from integrations.values import LONG, Json, entries, flag, identifier, mapping, moment, number, text
from mentorgraph.events import Access, PostChanged, SpaceChanged, TopicChanged

_EVERY_MEMBER = frozenset({0, 10})
"""Group ids that hold every signed-in member: ``everyone`` and ``trust_level_0``."""

_REGULAR = 1
"""The type of posts that are read; 3 is a small action and 4 a whisper among staff."""

_PUBLIC_ARCHETYPES = frozenset({"regular", "banner"})


# --------------------------------------------------------------------------------------------------------------------- spaces


def space(payload: Json, seen: Seen, *, base_url: str) -> SpaceChanged | None:
    """A category. One that is restricted and does not say to whom is closed."""
    space_id, name, slug = identifier(payload.get("id")), text(payload.get("name")), text(payload.get("slug")) or ""
    if space_id is None or not name:
        return None
    access, group_ids = space_access(payload)
    return SpaceChanged(
        **seen,
        space_id=space_id,
        name=name,
        slug=slug,
        url=addresses.space_url(base_url, space_id, slug),
        description=text(payload.get("description_text"), LONG) or text(payload.get("description_excerpt"), LONG),
        access=access,
        group_ids=group_ids,
        parent_id=identifier(payload.get("parent_category_id")),
    )


def space_access(payload: Json) -> tuple[Access | None, tuple[str, ...]]:
    """Who may read a category: ``read_restricted`` says whether it is limited, ``group_permissions`` to which groups."""
    restricted = flag(payload.get("read_restricted"))
    if restricted is None:
        return None, ()
    if not restricted:
        return Access.MEMBERS, ()
    ids = {found for item in entries(payload.get("group_permissions")) if (found := number(item.get("group_id"))) is not None}
    if ids & _EVERY_MEMBER:
        return Access.MEMBERS, ()
    return (Access.GROUPS, tuple(str(found) for found in sorted(ids))) if ids else (Access.NOBODY, ())


# --------------------------------------------------------------------------------------------------------------------- topics


def is_private(payload: Json, key: str) -> bool:
    """Whether a topic or post is, or might be, a private message; ``key`` names its archetype.

    Every public topic lies in a category. So an object that names no archetype must at least name a category, and an unknown archetype is private.
    """
    archetype = payload.get(key)
    return archetype not in _PUBLIC_ARCHETYPES if isinstance(archetype, str) else number(payload.get("category_id")) is None


def is_private_for_sure(payload: Json, key: str) -> bool:
    """Whether an object says of itself that it is not public."""
    archetype = payload.get(key)
    return isinstance(archetype, str) and archetype not in _PUBLIC_ARCHETYPES


def topic(payload: Json, seen: Seen, *, base_url: str) -> TopicChanged | None:
    """A public topic, from a delivery, a list or its own page. Tags are strings or objects, by version."""
    topic_id, title, slug = identifier(payload.get("id")), text(payload.get("title")), text(payload.get("slug")) or ""
    if topic_id is None or not title or is_private(payload, "archetype"):
        return None
    return TopicChanged(
        **seen,
        topic_id=topic_id,
        title=title,
        slug=slug,
        url=addresses.topic_url(base_url, topic_id, slug),
        space_id=identifier(payload.get("category_id")),
        tags=_tags(payload.get("tags")),
        author_id=_topic_author(payload),
        created_at=moment(payload.get("created_at")),
        bumped_at=moment(payload.get("bumped_at")) or moment(payload.get("last_posted_at")),
        visible=flag(payload.get("visible")) is not False,
        closed=flag(payload.get("closed")) is True or flag(payload.get("archived")) is True,
        solved=_solved(payload),
    )


def _tags(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    names = (text(item.get("name")) if isinstance(item, dict) else text(item) for item in value[:100])
    return tuple(dict.fromkeys(name for name in names if name))


def _topic_author(payload: Json) -> str | None:
    """Who began a topic. Lists name them only among the posters, with a description in the forum's language, but always first."""
    direct = identifier(payload.get("user_id")) or identifier(mapping(mapping(payload.get("details")).get("created_by")).get("id"))
    if direct is not None or "user_id" in payload:
        return direct
    first = next(entries(payload.get("posters")), None)
    return None if first is None else identifier(first.get("user_id")) or identifier(mapping(first.get("user")).get("id"))


def _solved(payload: Json) -> bool | None:
    said = flag(payload.get("has_accepted_answer"))
    if said is not None:
        return said
    answer = payload.get("accepted_answer")
    return True if isinstance(answer, dict) and answer else flag(answer)


# --------------------------------------------------------------------------------------------------------------------- posts


def is_read(payload: Json) -> bool:
    """Whether a post is of a kind that is read at all: no whisper, no small action, no word of a moderator's office, nothing of a kind that is not known.

    A forum's list of posts names regular ones alone, so that others which a delivery brought would be kept in one community and not in the next.
    """
    return "post_type" not in payload or number(payload["post_type"]) == _REGULAR


def is_gone(payload: Json) -> bool:
    """Whether a post was deleted by staff, or by its author and waits for that."""
    return payload.get("deleted_at") is not None or flag(payload.get("user_deleted")) is True


def post(payload: Json, seen: Seen, *, base_url: str) -> PostChanged | None:
    """A post of a public topic; whether it lies in one must be known to the caller where the payload names neither archetype nor category."""
    post_id, topic_id, author_id = (identifier(payload.get(key)) for key in ("id", "topic_id", "user_id"))
    created_at = moment(payload.get("created_at"))
    if post_id is None or topic_id is None or author_id is None or created_at is None or not is_read(payload):
        return None
    number_in_topic, slug, hidden = number(payload.get("post_number")) or 1, text(payload.get("topic_slug")), flag(payload.get("hidden")) is True
    words = None if hidden else _words(payload)
    return PostChanged(
        **seen,
        post_id=post_id,
        topic_id=topic_id,
        author_id=author_id,
        author_username=text(payload.get("username")),
        number=number_in_topic,
        reply_to_number=number(payload.get("reply_to_post_number")),
        created_at=created_at,
        updated_at=moment(payload.get("updated_at")) or created_at,
        version=number(payload.get("version")) or 1,
        text=words.text if words else None,
        mentions=words.mentions if words else (),
        url=addresses.post_url(base_url, topic_id, slug, number_in_topic),
        hidden=hidden,
        like_count=_likes(payload),
        accepted=flag(payload.get("accepted_answer")),
        topic_title=text(payload.get("topic_title")),
        space_id=identifier(payload.get("category_id")),
    )


def _words(payload: Json) -> Plain | None:
    raw, cooked = payload.get("raw"), payload.get("cooked")
    if isinstance(raw, str):
        return plain_raw(raw)
    return plain_cooked(cooked) if isinstance(cooked, str) else None


def _likes(payload: Json) -> int | None:
    """The count of likes: action 2 of ``actions_summary``, which leaves out what nobody did. Deliveries have no summary."""
    summary = payload.get("actions_summary")
    if not isinstance(summary, list):
        return number(payload.get("like_count"))
    return next((number(item.get("count")) or 0 for item in entries(summary) if number(item.get("id")) == 2), 0)
