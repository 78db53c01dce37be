"""What Circle says of members, spaces, posts and comments, in the service's words."""

from collections.abc import Mapping

from integrations.circle.community import Community, Space
from integrations.markup import words_of_html
from integrations.seen import Seen
from integrations.values import LONG, Json, entries, identifier, mapping, moment, number, text
from mentorgraph.events import Access, BadgeGranted, MemberChanged, PostChanged, SpaceChanged, TopicChanged

_LONGEST = 100_000
_LAST_NUMBER = 2**31 - 2


def member(record: Json, seen: Seen, community: Community) -> MemberChanged | None:
    """A member. Who was invited and never came takes no part."""
    found = community.note(record)
    if found is None:
        return None
    return MemberChanged(
        **seen,
        host_user_id=found,
        username=community.names[found],
        name=text(record.get("name")) or "",
        avatar_url=text(record.get("avatar_url"), 500) or "",
        created_at=moment(record.get("created_at")),
        last_seen_at=moment(record.get("last_seen_at")),
        active=record.get("profile_confirmed_at") is not None and record.get("active") is not False,
        title=text(record.get("headline")) or "",
        fields=fields(record),
    )


def fields(record: Json) -> Mapping[str, str]:
    """Answers in the profile by the field's key; several choices are separated by commas."""
    found: dict[str, str] = {}
    for key, value in mapping(record.get("flattened_profile_fields")).items():
        listed = [item for item in value[:100] if isinstance(item, str)] if isinstance(value, list) else []
        answer = ", ".join(listed) if listed else text(value, LONG)
        if answer:
            found[str(key)[:100]] = answer[:LONG]
    return found


def badges(record: Json, seen: Seen) -> list[BadgeGranted]:
    """A member's tags, which are what Circle has for badges."""
    found = identifier(record.get("id"))
    tags = [(identifier(tag.get("id")), text(tag.get("name"))) for tag in entries(record.get("member_tags"), 200)]
    return [BadgeGranted(**seen, host_user_id=found, badge_id=tag, grant_id=tag, name=name) for tag, name in tags if tag is not None and found is not None]


def space(found: Space, seen: Seen) -> SpaceChanged:
    """A space."""
    return SpaceChanged(
        **seen,
        space_id=found.id,
        name=found.name,
        slug=found.slug,
        url=found.url,
        access=Access.MEMBERS if found.open else Access.NOBODY,
    )


def is_shown(record: Json) -> bool:
    """Whether a post or comment is there for members to read."""
    return record.get("status", "published") == "published" and record.get("flagged_for_approval_at") is None


async def topic(record: Json, seen: Seen, community: Community) -> TopicChanged | None:
    """A post as the topic that it opens."""
    found = identifier(record.get("id"))
    if found is None:
        return None
    return TopicChanged(
        **seen,
        topic_id=found,
        title=text(record.get("name")) or "…",
        slug=text(record.get("slug")) or "",
        url=text(record.get("url"), 500) or "",
        space_id=identifier(record.get("space_id")),
        tags=(),
        author_id=await community.author(record.get("user_id"), record.get("user_email")),
        created_at=moment(record.get("published_at")) or moment(record.get("created_at")),
        bumped_at=moment(record.get("updated_at")),
    )


async def post(record: Json, seen: Seen, community: Community) -> PostChanged | None:
    """A post as the first of its topic; ``None`` when its author is no member any more."""
    found, created = identifier(record.get("id")), moment(record.get("published_at")) or moment(record.get("created_at"))
    author = await community.author(record.get("user_id"), record.get("user_email"))
    if found is None or created is None or author is None:
        return None
    return PostChanged(
        **seen,
        post_id=f"p{found}",
        topic_id=found,
        author_id=author,
        author_username=community.names[author],
        number=1,
        created_at=created,
        updated_at=max(created, moment(record.get("updated_at")) or created),
        text=words_of_html(text(mapping(record.get("body")).get("body"), _LONGEST) or ""),
        url=text(record.get("url"), 500) or "",
        like_count=number(record.get("likes_count")),
        topic_title=text(record.get("name")),
        space_id=identifier(record.get("space_id")),
    )


async def comment(record: Json, seen: Seen, community: Community) -> PostChanged | None:
    """A comment as a further post of the topic. Comments have no numbers in their topic: their ids rise with time and serve as such."""
    found, created, on = identifier(record.get("id")), moment(record.get("created_at")), identifier(mapping(record.get("post")).get("id"))
    user = mapping(record.get("user"))
    author = await community.author(user.get("id"), user.get("email"))
    if found is None or created is None or on is None or author is None:
        return None
    parent = identifier(record.get("parent_comment_id"))
    return PostChanged(
        **seen,
        post_id=f"c{found}",
        topic_id=on,
        author_id=author,
        author_username=community.names[author],
        number=_number(found),
        reply_to_number=1 if parent is None else _number(parent),
        created_at=created,
        updated_at=max(created, moment(record.get("updated_at")) or created),
        text=words_of_html(text(mapping(record.get("body")).get("body"), _LONGEST) or ""),
        url=text(record.get("url"), 500) or "",
        like_count=number(record.get("likes_count")),
        space_id=identifier(mapping(record.get("space")).get("id")),
    )


def _number(comment_id: str) -> int:
    return 2 + int(comment_id) % _LAST_NUMBER
