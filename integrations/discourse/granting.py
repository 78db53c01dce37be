"""Groups and badges. Each call is idempotent: what is so already is looked for first, and a refusal is checked against what is there."""

from collections.abc import Sequence

from integrations.discourse import messages
from integrations.discourse.forum import Forum, segment
from integrations.discourse.listing import group_members
from integrations.discourse.markup import plain_line
from integrations.discourse.names import checked
from integrations.values import Json, entries, identifier, mapping, text
from mentorgraph.host import AddToGroup, CreateGroup, GrantBadge, HostBroken, HostDenied, HostInvalid, HostNotFound, Receipt, RemoveFromGroup

_MEMBERS_A_CALL = 1_000
_MEMBERS_ONLY, _BRONZE = 2, 3
"""Visibility for members of the group, and the type of a badge."""

_MENTION_BY_MEMBERS = 3


# --------------------------------------------------------------------------------------------------------------------- groups


async def create_group(forum: Forum, message: CreateGroup, *, reference: str) -> Receipt:
    """A closed group that members may leave. When its name is somebody else's, a second name made of the reference is tried."""
    people = {"usernames": message.member_usernames, "owner_usernames": message.owner_usernames}
    refused: HostInvalid | None = None
    for name in _names(message, reference):
        found = await _group_by_name(forum, name)
        if found is not None:
            if _is_ours(found, reference):
                return _group_receipt(forum, found)
            continue
        asked = {
            "name": name,
            "full_name": messages.group_title(message.title),
            "bio_raw": _bio(reference),
            "visibility_level": _MEMBERS_ONLY,
            "members_visibility_level": _MEMBERS_ONLY,
            "mentionable_level": _MENTION_BY_MEMBERS,
            "messageable_level": _MENTION_BY_MEMBERS,
            "public_admission": False,
            "public_exit": True,
            "allow_membership_requests": False,
            **{key: ",".join(checked(names)) for key, names in people.items() if names},
        }
        try:
            created = await forum.api.write("POST", "/admin/groups.json", {"group": asked}, repeatable=False)
        except HostInvalid as error:
            refused = error  # reserved, or taken this moment, perhaps by an earlier try of ours
            found = await _group_by_name(forum, name)
            if found is not None and _is_ours(found, reference):
                return _group_receipt(forum, found)
            continue
        return _group_receipt(forum, mapping(created.get("basic_group")))
    raise refused or HostInvalid("The forum has other groups of this name already.", reason="group_name")


async def find_group(forum: Forum, message: CreateGroup, *, reference: str) -> Receipt | None:
    """The group that was made under this reference."""
    for name in _names(message, reference):
        found = await _group_by_name(forum, name)
        if found is not None and _is_ours(found, reference):
            return _group_receipt(forum, found)
    return None


def _names(message: CreateGroup, reference: str) -> tuple[str, str]:
    name = messages.group_name(message.slug)
    return name, f"{name[:13].rstrip('_')}_{reference[:6]}"


def _bio(reference: str) -> str:
    return f"Made by Mentorgraph ({reference})."


def _is_ours(group: Json, reference: str) -> bool:
    return reference in (text(group.get("bio_raw"), 2_000) or "")


async def _group_by_name(forum: Forum, name: str) -> Json | None:
    try:
        return mapping((await forum.api.get(f"/groups/{segment(name)}.json")).get("group"))
    except HostNotFound:
        return None


def _group_receipt(forum: Forum, group: Json) -> Receipt:
    group_id, name = identifier(group.get("id")), text(group.get("name"))
    if group_id is None or not name:
        raise HostBroken("The forum's answer is not what Discourse sends: a group was expected.")
    return Receipt(remote_id=group_id, url=f"{forum.base_url}/g/{segment(name)}")


# --------------------------------------------------------------------------------------------------------------------- members of groups


async def add(forum: Forum, message: AddToGroup) -> Receipt:
    """Have members in a group. The forum refuses a whole call when one of them is in it already; then the others are added."""
    await _change(forum, message.group_id, checked(message.usernames), inside=True)
    return Receipt(remote_id=message.group_id)


async def remove(forum: Forum, message: RemoveFromGroup) -> Receipt:
    """Have members out of a group."""
    await _change(forum, message.group_id, checked(message.usernames), inside=False)
    return Receipt(remote_id=message.group_id)


async def find_members(forum: Forum, group_id: str, usernames: Sequence[str], *, inside: bool) -> Receipt | None:
    """Whether a group is as it was to become."""
    there = await _usernames(forum, group_id)
    return Receipt(remote_id=group_id) if all((name.casefold() in there) is inside for name in usernames) else None


async def _change(forum: Forum, group_id: str, usernames: Sequence[str], *, inside: bool) -> None:
    if identifier(group_id) is None:
        raise HostInvalid(f"{group_id!r} is not a group of this forum.", reason="group")
    for start in range(0, len(usernames), _MEMBERS_A_CALL):
        await _change_some(forum, group_id, usernames[start : start + _MEMBERS_A_CALL], inside=inside)


async def _change_some(forum: Forum, group_id: str, usernames: Sequence[str], *, inside: bool) -> None:
    path = f"/groups/{group_id}/members.json"
    try:
        await forum.api.write("PUT" if inside else "DELETE", path, {"usernames": ",".join(usernames)}, repeatable=True)
    except HostInvalid:
        there = await _usernames(forum, group_id)
        rest = [name for name in usernames if (name.casefold() in there) is not inside]
        if len(rest) == len(usernames):
            raise
        if rest:
            await forum.api.write("PUT" if inside else "DELETE", path, {"usernames": ",".join(rest)}, repeatable=True)


async def _usernames(forum: Forum, group_id: str) -> frozenset[str]:
    group = mapping((await forum.api.get(f"/groups/by-id/{group_id}.json")).get("group"))
    members = await group_members(forum, text(group.get("name")) or "")
    if members is None:
        raise HostDenied("The key may not see who is in this group.")
    return frozenset((text(member.get("username")) or "").casefold() for member in members)


# --------------------------------------------------------------------------------------------------------------------- badges


async def grant_badge(forum: Forum, message: GrantBadge) -> Receipt:
    """Give a badge, which is made first when there is none of its name. A reason reaches the forum only as the address of a post or topic of its own."""
    (username,) = checked((message.username,))
    badge_id = await _badge(forum, message.badge_name, create=True)
    held = await _held(forum, username, badge_id)
    if held is not None:
        return held
    asked: dict[str, object] = {"username": username, "badge_id": badge_id}
    if message.reason.startswith(f"{forum.base_url}/t/"):
        asked["reason"] = message.reason
    try:
        granted = await forum.api.write("POST", "/user_badges.json", asked, repeatable=True)
    except HostInvalid:
        held = await _held(forum, username, badge_id)
        if held is None:
            raise
        return held
    grant = mapping(granted.get("user_badge"))
    return Receipt(remote_id=identifier(grant.get("id")) or str(badge_id), url=f"{forum.base_url}/badges/{badge_id}/-")


async def find_badge(forum: Forum, message: GrantBadge) -> Receipt | None:
    """The badge when the member holds it."""
    badge_id = await _badge(forum, message.badge_name, create=False)
    return None if badge_id is None else await _held(forum, message.username, badge_id)


async def _badge(forum: Forum, name: str, *, create: bool) -> int | None:
    wanted = plain_line(name, messages.MAX_GROUP_TITLE)
    found = next((item for item in await forum.api.get_listed("/admin/badges.json", under=("badges",)) if _is_named(item, wanted)), None)
    if found is None and create:
        found = mapping((await forum.api.write("POST", "/admin/badges.json", {"name": wanted, "badge_type_id": _BRONZE}, repeatable=False)).get("badge"))
    badge_id = None if found is None else identifier(found.get("id"))
    if badge_id is None and create:
        raise HostBroken("The forum's answer is not what Discourse sends: a badge was expected.")
    return None if badge_id is None else int(badge_id)


def _is_named(badge: Json, name: str) -> bool:
    return (text(badge.get("name")) or "").casefold() == name.casefold()


async def _held(forum: Forum, username: str, badge_id: int | None) -> Receipt | None:
    found = await forum.api.get(f"/user-badges/{segment(username)}.json")
    grants = (grant for grant in entries(found.get("user_badges")) if identifier(grant.get("badge_id")) == str(badge_id))
    grant_id = next((identifier(grant.get("id")) for grant in grants), None)
    return None if grant_id is None else Receipt(remote_id=grant_id, url=f"{forum.base_url}/badges/{badge_id}/-")
