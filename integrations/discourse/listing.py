"""Listings that more than one part of the client reads."""

from integrations.discourse.forum import Forum, segment
from integrations.values import Json, entries, identifier, mapping, number
from mentorgraph.host import HostDenied, HostNotFound

_MEMBERS_A_PAGE = 1_000
_MOST_PAGES = 2_000


async def group_members(forum: Forum, name: str) -> list[Json] | None:
    """All members of a group as the forum's objects; ``None`` when they may not be seen or did not come whole."""
    found: dict[object, Json] = {}
    total = None
    offset = 0
    for _page in range(_MOST_PAGES):
        try:
            page = await forum.api.get(f"/groups/{segment(name)}/members.json", [("limit", str(_MEMBERS_A_PAGE)), ("offset", str(offset))])
        except (HostDenied, HostNotFound):
            return None
        members = list(entries(page.get("members")))
        fresh = {item.get("id"): item for item in members if isinstance(item.get("id"), int) and item.get("id") not in found}
        found |= fresh
        total = number(mapping(page.get("meta")).get("total"))
        offset += len(members)
        if not fresh or (total is not None and len(found) >= total):
            break
    return list(found.values()) if total is not None and len(found) >= total else None


async def group_member_ids(forum: Forum, name: str) -> tuple[str, ...] | None:
    """Ids of all members of a group; ``None`` when they did not come whole."""
    members = await group_members(forum, name)
    return None if members is None else tuple(sorted((found for item in members if (found := identifier(item.get("id")))), key=int))


async def users(forum: Forum, flag: str | None, page: int, *, order: str = "created", ascending: bool = True) -> list[Json]:
    """One page, from 1, of the admins' list of users, or of all for no flag; an empty one means that there are no more."""
    params = [("order", order), ("page", str(page)), *([("asc", "true")] if ascending else [])]
    return [
        item for item in await forum.api.get_list("/admin/users.json" if flag is None else f"/admin/users/list/{flag}.json", params) if isinstance(item, dict)
    ]


async def statistics(forum: Forum) -> Json:
    """Counts of the forum, for progress bars; empty when it does not tell."""
    try:
        return mapping(mapping((await forum.api.get("/about.json")).get("about")).get("stats"))
    except (HostDenied, HostNotFound):
        return {}


def total(stats: Json, noun: str) -> int | None:
    """A count by its noun; versions differ in the plural of the key."""
    return next((found for key in (f"{noun}s_count", f"{noun}_count") if (found := number(stats.get(key))) is not None), None)
