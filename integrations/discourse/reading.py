"""Reading one subject as it is now."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from integrations.discourse import content, people
from integrations.discourse.forum import Forum, segment
from integrations.discourse.listing import group_member_ids
from integrations.seen import Seen
from integrations.values import Json, entries, identifier, mapping, text
from mentorgraph.events import (
    BadgeGranted,
    Event,
    GroupDeleted,
    Kind,
    MemberChanged,
    MemberLeft,
    PostDeleted,
    SpaceDeleted,
    TopicDeleted,
)
from mentorgraph.host import HostBroken, HostDenied, HostInvalid, HostNotFound


async def read(forum: Forum, kind: Kind, host_id: str) -> Sequence[Event]:
    """One subject as events of the host. Raises :class:`HostInvalid` for an id that the forum cannot have given."""
    if identifier(host_id) != host_id:
        raise HostInvalid(f"{host_id!r} is not an id of this forum.", reason="id")
    return await _READERS[kind](forum, host_id)


async def find_member(forum: Forum, username: str) -> MemberChanged | None:
    """A member by the name they have now."""
    return await _at(forum, f"/u/{segment(username)}.json")


async def find_external(forum: Forum, external_id: str) -> MemberChanged | None:
    """A member by the id at the provider at which they log in to the forum.

    The setting ``external_provider`` names that of Discourse's log-in methods (``oidc`` for its OpenID Connect plugin); without it the id is that of the
    single sign-on record.
    """
    provider = forum.installation.settings.get("external_provider", "").strip()
    before = f"{segment(provider)}/" if provider else ""
    return await _at(forum, f"/u/by-external/{before}{segment(external_id)}.json")


async def _at(forum: Forum, path: str) -> MemberChanged | None:
    try:
        user = mapping((await forum.api.get(path)).get("user"))
    except HostNotFound:
        return None
    user_id = identifier(user.get("id"))
    found = () if user_id is None else await _member(forum, user_id)
    return next((event for event in found if isinstance(event, MemberChanged)), None)


# --------------------------------------------------------------------------------------------------------------------- members


async def _member(forum: Forum, user_id: str) -> Sequence[Event]:
    seen = forum.seen()
    admin = await _admin_view(forum, user_id)
    if admin is None:
        return (MemberLeft(**seen, host_user_id=user_id),)
    payload = {**await _profile(forum, user_id, text(admin.get("username")) or ""), **_state(admin, seen)}
    username = text(admin.get("username")) or ""
    if people.looks_anonymised(admin):
        if people.looks_anonymised(payload) and not forum.is_person(user_id, username) and await _is_anonymised(forum, username):
            return (MemberLeft(**seen, host_user_id=user_id),)
        forum.note_person(user_id, username)
    member = people.member(payload, seen, base_url=forum.base_url)
    if member is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a user without a name.")
    return (member,)


async def _admin_view(forum: Forum, user_id: str) -> Json | None:
    try:
        found = await forum.api.get(f"/admin/users/{user_id}.json")
    except HostNotFound:
        await forum.require_admin()
        return None
    if identifier(found.get("id")) != user_id:
        raise HostBroken("The forum's answer is not what Discourse sends: another user than the one asked for.")
    return found


async def _profile(forum: Forum, user_id: str, username: str) -> Json:
    """The public side of a user; nothing when it cannot be read or the name went to somebody else meanwhile."""
    try:
        user = mapping((await forum.api.get(f"/u/{segment(username)}.json")).get("user"))
    except (HostNotFound, HostDenied):
        return {}
    return user if identifier(user.get("id")) == user_id else {}


_STATE = (
    "id",
    "username",
    "name",
    "avatar_template",
    "active",
    "approved",
    "staged",
    "admin",
    "moderator",
    "trust_level",
    "created_at",
    "last_seen_at",
    "title",
    "groups",
)


def _state(admin: Json, seen: Seen) -> Json:
    """What the admins' view knows better. It names a ban only while there is one, so silence means that there is none."""
    bans = {what: people.is_banned(admin, what, seen) for what in ("suspended", "silenced")}
    return {key: admin[key] for key in _STATE if key in admin} | bans


async def _is_anonymised(forum: Forum, username: str) -> bool:
    """Whether somebody who looks anonymised is: the address says so for certain, but reading it is written to the forum's staff log, so it comes last.

    Anonymising sets ``<username>@anonymized.invalid`` (``example.com`` before 2018). Without the right to read addresses the looks decide.
    """
    try:
        found = await forum.api.get(f"/u/{segment(username)}/emails.json")
    except (HostNotFound, HostDenied):
        return True
    email = (text(found.get("email")) or "").lower()
    return not email or email.endswith(".invalid") or email == f"{username.lower()}@example.com"


# --------------------------------------------------------------------------------------------------------------------- groups, spaces, badges


async def _group(forum: Forum, group_id: str) -> Sequence[Event]:
    seen = forum.seen()
    try:
        payload = mapping((await forum.api.get(f"/groups/by-id/{group_id}.json")).get("group"))
    except HostNotFound:
        await forum.require_admin()
        return (GroupDeleted(**seen, group_id=group_id),)
    if people.is_automatic(payload):
        return ()
    group = people.group(payload, seen, member_ids=await group_member_ids(forum, text(payload.get("name")) or ""))
    if group is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a group without a name.")
    return (group,)


async def _space(forum: Forum, space_id: str) -> Sequence[Event]:
    seen = forum.seen()
    try:
        payload = mapping((await forum.api.get(f"/c/{space_id}/show.json")).get("category"))
    except HostNotFound:
        await forum.require_admin()
        return (SpaceDeleted(**seen, space_id=space_id),)
    space = content.space(payload, seen, base_url=forum.base_url)
    if space is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a category without a name.")
    return (space,)


async def _badges(forum: Forum, user_id: str) -> Sequence[Event]:
    seen = forum.seen()
    admin = await _admin_view(forum, user_id)
    if admin is None:
        return (MemberLeft(**seen, host_user_id=user_id),)
    found = await forum.api.get(f"/user-badges/{segment(text(admin.get('username')) or '')}.json")
    names = {badge_id: text(badge.get("name")) for badge in entries(found.get("badges")) if (badge_id := identifier(badge.get("id")))}
    return [
        BadgeGranted(**seen, host_user_id=user_id, badge_id=badge_id, grant_id=identifier(grant.get("id")), name=names.get(badge_id))
        for grant in entries(found.get("user_badges"))
        if (badge_id := identifier(grant.get("badge_id")))
    ]


# --------------------------------------------------------------------------------------------------------------------- topics, posts


async def topic_page(forum: Forum, topic_id: str) -> Json | None:
    """A topic's own page, if it is there, public, and in a category that counts."""
    try:
        payload = await forum.api.get(f"/t/{topic_id}.json")
    except HostNotFound:
        return None
    if payload.get("deleted_at") is not None or content.is_private(payload, "archetype"):
        return None
    return payload if identifier(payload.get("category_id")) in await forum.counted_spaces() else None


async def _topic(forum: Forum, topic_id: str) -> Sequence[Event]:
    seen = forum.seen()
    payload = await topic_page(forum, topic_id)
    if payload is None:
        return (TopicDeleted(**seen, topic_id=topic_id),)
    topic = content.topic(payload, seen, base_url=forum.base_url)
    if topic is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a topic without a title.")
    return (topic,)


async def _post(forum: Forum, post_id: str) -> Sequence[Event]:
    """A post with its topic's title and category, which only the topic's page tells; so does whether it is public at all."""
    seen = forum.seen()
    try:
        payload = await forum.api.get(f"/posts/{post_id}.json")
    except HostNotFound:
        return (PostDeleted(**seen, post_id=post_id),)
    topic_id = identifier(payload.get("topic_id"))
    gone = PostDeleted(**seen, post_id=post_id, topic_id=topic_id)
    if topic_id is None or content.is_gone(payload) or payload.get("hidden") is True or not content.is_read(payload):
        return (gone,)
    topic = await topic_page(forum, topic_id)
    if topic is None:
        return (gone,)
    whole = dict(payload) | {"topic_title": topic.get("title"), "topic_slug": topic.get("slug"), "category_id": topic.get("category_id")}
    post = content.post(whole, seen, base_url=forum.base_url)
    return (gone,) if post is None else (post,)


_READERS: Mapping[Kind, Callable[[Forum, str], Awaitable[Sequence[Event]]]] = {
    "member": _member,
    "group": _group,
    "space": _space,
    "topic": _topic,
    "post": _post,
    "badges": _badges,
}
