"""Sweeps over people: members, groups, likes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from integrations.discourse import cursors, people
from integrations.discourse.forum import Forum, segment
from integrations.discourse.listing import group_member_ids, statistics, total, users
from integrations.seen import Seen
from integrations.values import Json, entries, flag, identifier, integers, mapping, moment, number, text, texts
from mentorgraph.events import Event, LikesRead, MemberChanged
from mentorgraph.host import Batch, HostDenied, HostNotFound

PROFILE_READS = 500
"""Profiles read in one sweep unless the setting ``profile_reads`` says otherwise: the members who were around last."""

LATER_PROFILE_READS = 100
"""The same, once this client has read profiles before: deliveries tell of changes, so this is only a second way."""

_PROFILES_A_BATCH, _GROUPS_A_BATCH, _LIKERS_A_BATCH = 20, 20, 5
_LIKE = 1
"""``UserAction::LIKE``: a like that a member gave."""

_MOST_PAGES_OF_LIKES = 2_000
"""Of one member. A forum gives 30 likes a page unless it is asked for more."""


# --------------------------------------------------------------------------------------------------------------------- members

_BANS = (("suspended", ("suspended",)), ("silenced", ("silenced", "blocked")))
"""A ban, and the names that versions of the forum have for the list of users under it."""


async def members(forum: Forum, cursor: str | None, _since: datetime | None) -> Batch:
    """All members, those that are not active as such, then the profiles of those who were around last.

    A list does not tell who may take part, what members say of themselves, or their groups. So the lists of suspended and silenced users come first, and
    profiles last, one call each and bounded by the setting ``profile_reads``; the others' profiles are read when they are needed.
    """
    place = cursors.read(cursor) or {"phase": "bans", "ban": 0, "name": 0, "page": 1}
    match place.get("phase"):
        case "bans":
            return await _bans(forum, place)
        case "list":
            return await _list(forum, place)
        case _:
            return await _profiles(forum, place)


async def _bans(forum: Forum, place: Json) -> Batch:
    """One page of the users under a ban. When no list of it can be trusted, only what a user's own entry says counts, and silence says nothing."""
    index, name, page = (number(place.get(key)) or 0 for key in ("ban", "name", "page"))
    ban, names = _BANS[min(index, len(_BANS) - 1)]
    known = set(integers(place.get(ban)))
    found = await _banned(forum, names[min(name, len(names) - 1)], page)
    following = dict(place)
    if found is None:
        following |= {ban: None, "name": name + 1, "page": 1}
    elif found - known:
        following |= {ban: sorted(known | found), "page": page + 1}
    else:
        following |= {ban: sorted(known)}
    if (found is None and name + 1 >= len(names)) or (found is not None and not found - known):
        following |= {"ban": index + 1, "name": 0, "page": 1}
    if following["ban"] == len(_BANS):
        following |= {"phase": "list", "page": 1, "total": total(await statistics(forum), "user")}
    return Batch(events=(), cursor=cursors.write(following))


async def _banned(forum: Forum, name: str, page: int) -> set[int] | None:
    """Ids of a page of a list of bans; ``None`` when the forum has no such list.

    Some versions give all users for a list that they do not know. Staff cannot be banned, and whoever is first among all users is staff.
    """
    try:
        found = await users(forum, name, page)
    except HostNotFound:
        return None
    if any(flag(user.get("admin")) or flag(user.get("moderator")) or identifier(user.get("id")) is None for user in found):
        return None
    return {user_id for user in found if (user_id := number(user.get("id"))) is not None}


async def _list(forum: Forum, place: Json) -> Batch:
    """One page of all users, the oldest account first, so that newcomers during the sweep come on its last pages.

    Staged users are no members. Who looks anonymised is left out: whoever is known is asked about then, one by one, and nobody else is of interest.
    """
    page, seen = number(place.get("page")) or 0, forum.seen()
    found = await users(forum, None, page)
    ids = [user_id for user in found if (user_id := number(user.get("id"))) is not None]
    estimate = number(place.get("total"))
    if not found or ids == integers(place.get("previous")):
        budget = forum.setting("profile_reads", PROFILE_READS)
        left = min(budget, LATER_PROFILE_READS) if forum.profiles_read else budget
        profiles = {"phase": "profiles", "page": 1, "left": left, "names": [], "total": estimate}
        return Batch(events=(), cursor=cursors.write(profiles) if left else None, total=estimate)
    bans = {ban: frozenset(integers(place.get(ban))) if isinstance(place.get(ban), list) else None for ban, _names in _BANS}
    wanted = [user for user in found if not _is_left_out(forum, user)]
    events = [event for user in wanted if (event := _listed(user, seen, base_url=forum.base_url, bans=bans))]
    following = cursors.write(dict(place) | {"page": page + 1, "previous": ids})
    return Batch(events=events, cursor=following, total=estimate, dropped=len(wanted) - len(events))


def _is_left_out(forum: Forum, user: Json) -> bool:
    user_id = number(user.get("id"))
    if flag(user.get("staged")) is True or (user_id is not None and user_id <= 0):
        return True
    return people.looks_anonymised(user) and not forum.is_person(str(user_id), text(user.get("username")) or "")


def _listed(user: Json, seen: Seen, *, base_url: str, bans: Mapping[str, frozenset[int] | None]) -> MemberChanged | None:
    states: dict[str, object] = {"active": flag(user.get("active")) is not False}
    for ban, listed in bans.items():
        if people.is_banned(user, ban, seen):
            states[ban] = True
        elif listed is not None:
            states[ban] = number(user.get("id")) in listed
    return people.member(dict(user) | states, seen, base_url=base_url)


async def _profiles(forum: Forum, place: Json) -> Batch:
    """Some profiles of the members who were around last, from a list in that order."""
    names, page, left = texts(place.get("names")), number(place.get("page")) or 1, number(place.get("left")) or 0
    if not names:
        names = [
            name for user in await users(forum, "active", page, order="seen", ascending=False) if _has_profile(user) and (name := text(user.get("username")))
        ]
        page += 1
    names = names[:left]
    events: list[Event] = []
    for name in names[:_PROFILES_A_BATCH]:
        seen = forum.seen()
        try:
            user = mapping((await forum.api.get(f"/u/{segment(name)}.json")).get("user"))
        except (HostNotFound, HostDenied):
            continue  # renamed or gone meanwhile; the next sweep knows
        event = people.member(user, seen, base_url=forum.base_url)
        if event is not None and not event.staged:
            events.append(event)
    done = min(len(names), _PROFILES_A_BATCH)
    left -= done
    following = dict(place) | {"names": names[done:], "page": page, "left": left}
    more = bool(names) and left > 0
    forum.profiles_read = forum.profiles_read or not more
    return Batch(events=events, cursor=cursors.write(following) if more else None, total=number(place.get("total")))


def _has_profile(user: Json) -> bool:
    return identifier(user.get("id")) is not None and flag(user.get("staged")) is not True and not people.looks_anonymised(user)


# --------------------------------------------------------------------------------------------------------------------- groups


async def groups(forum: Forum, cursor: str | None, _since: datetime | None) -> Batch:
    """Groups that people made, each with all its members; a page of the list, then some groups a batch."""
    place = cursors.read(cursor) or {"page": 0, "known": [], "left": []}
    left = list(entries(place.get("left")))
    if not left:
        return await _group_page(forum, place)
    events: list[Event] = []
    for payload in left[:_GROUPS_A_BATCH]:
        seen = forum.seen()
        group = people.group(payload, seen, member_ids=await group_member_ids(forum, text(payload.get("name")) or ""))
        if group is not None:
            events.append(group)
    return Batch(events=events, cursor=cursors.write(dict(place) | {"left": left[_GROUPS_A_BATCH:]}))


async def _group_page(forum: Forum, place: Json) -> Batch:
    page, known = number(place.get("page")) or 0, set(integers(place.get("known")))
    listed = await forum.api.get_listed("/groups.json", [("page", str(page))], under=("groups",))
    found = {group_id: item for item in listed if (group_id := number(item.get("id"))) is not None}
    fresh = {group_id: item for group_id, item in found.items() if group_id not in known}
    if not fresh:
        return Batch(events=(), cursor=None)
    made = [item for item in fresh.values() if not people.is_automatic(item)]
    kept = [{key: item[key] for key in ("id", "name", "full_name", "display_name", "automatic") if key in item} for item in made]
    return Batch(events=(), cursor=cursors.write({"page": page + 1, "known": sorted(known | set(fresh)), "left": kept}))


# --------------------------------------------------------------------------------------------------------------------- likes


async def likes(forum: Forum, cursor: str | None, since: datetime | None) -> Batch:
    """Likes that each active member gave, at least a call a member; with ``since``, of those members only who were around after it."""
    place = cursors.read(cursor) or {"page": 1, "left": []}
    left, page = list(entries(place.get("left"))), number(place.get("page")) or 1
    if not left:
        found = await users(forum, "active", page)
        ids = [user_id for user in found if (user_id := number(user.get("id"))) is not None]
        if not found or ids == integers(place.get("previous")):
            return Batch(events=(), cursor=None)
        left = [{"id": user["id"], "username": user.get("username")} for user in found if identifier(user.get("id")) and _was_around(user, since)]
        return Batch(events=(), cursor=cursors.write({"page": page + 1, "previous": ids, "left": left}))
    events: list[Event] = []
    dropped = 0
    for user in left[:_LIKERS_A_BATCH]:
        event = await _likes_of(forum, identifier(user.get("id")) or "", text(user.get("username")) or "")
        if event is None:
            dropped += 1
        else:
            events.append(event)
    return Batch(events=events, cursor=cursors.write(dict(place) | {"left": left[_LIKERS_A_BATCH:]}), dropped=dropped)


def _was_around(user: Json, since: datetime | None) -> bool:
    last = moment(user.get("last_seen_at"))
    return since is None or last is None or last >= since


async def _likes_of(forum: Forum, member_id: str, username: str) -> LikesRead | None:
    """All posts that a member likes; ``None`` when they may not be read, do not end, or do not all say which post, for then "all" would be wrong."""
    seen = forum.seen()
    posts: dict[str, None] = {}
    offset = 0
    for _page in range(_MOST_PAGES_OF_LIKES):
        try:
            params = [("username", username), ("filter", str(_LIKE)), ("offset", str(offset))]
            actions = await forum.api.get_listed("/user_actions.json", params, under=("user_actions",))
        except (HostNotFound, HostDenied):
            return None
        ids = _liked(actions)
        if ids is None:
            return None
        fresh = [post_id for post_id in ids if post_id not in posts]
        posts |= dict.fromkeys(fresh)
        offset += len(actions)
        if not fresh:
            return LikesRead(**seen, member_id=member_id, post_ids=tuple(posts))
    return None


def _liked(actions: Sequence[Json]) -> list[str] | None:
    """Post ids of likes; ``None`` when one does not name its post. What is no like, or no longer there, is left out."""
    kept = [action for action in actions if number(action.get("action_type")) in {None, _LIKE} and flag(action.get("deleted")) is not True]
    ids = [identifier(action.get("post_id")) for action in kept]
    return None if None in ids else [post_id for post_id in ids if post_id is not None]
