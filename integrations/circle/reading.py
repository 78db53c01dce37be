"""One subject as Circle has it now."""

from collections.abc import Sequence

from integrations.circle import subjects
from integrations.circle.community import Community, member_of, space_of
from integrations.seen import Seen
from integrations.values import Json, identifier, mapping, text
from mentorgraph.events import Event, GroupChanged, GroupDeleted, Kind, MemberChanged, MemberLeft, PostDeleted, SpaceDeleted, TopicDeleted, TopicRead
from mentorgraph.host import HostNotFound

ACCESS, SPACE = "access", "space"
"""Groups are access groups of the community, or private spaces of ours."""


async def read(community: Community, kind: Kind, host_id: str) -> Sequence[Event]:
    """One subject, as events that override hints. What Circle does not show any more comes back as gone."""
    seen = community.seen()
    match kind:
        case "member":
            return await _member(community, host_id, seen)
        case "badges":
            return subjects.badges(await community.api.get(f"/community_members/{host_id}"), seen) if identifier(host_id) else ()
        case "space":
            return await _space(community, host_id, seen)
        case "group":
            return await _group(community, host_id, seen)
        case "topic":
            return await _topic(community, host_id, seen)
        case "post":
            return await _post(community, host_id, seen)


async def find_member(community: Community, username: str) -> MemberChanged | None:
    """A member by their user name, which ends with their id."""
    found = member_of(username)
    events = await _member(community, found, community.seen()) if found else ()
    return next((event for event in events if isinstance(event, MemberChanged)), None)


async def _member(community: Community, host_id: str, seen: Seen) -> Sequence[Event]:
    left = MemberLeft(**seen, host_user_id=host_id)
    if identifier(host_id) is None:
        return [left]
    try:
        record = await community.api.get(f"/community_members/{host_id}")
    except HostNotFound:
        return [left]
    found = subjects.member(record, seen, community)
    return [left] if found is None else [found]


async def _space(community: Community, host_id: str, seen: Seen) -> Sequence[Event]:
    gone = SpaceDeleted(**seen, space_id=host_id)
    if identifier(host_id) is None:
        return [gone]
    try:
        found = space_of(await community.api.get(f"/spaces/{host_id}"))
    except HostNotFound:
        return [gone]
    return [gone] if found is None or found.is_circle else [subjects.space(found, seen)]


async def _group(community: Community, host_id: str, seen: Seen) -> Sequence[Event]:
    kind, _, found = host_id.partition(":")
    gone = GroupDeleted(**seen, group_id=host_id)
    if identifier(found) is None or kind not in {ACCESS, SPACE}:
        return [gone]
    try:
        return [await (access_group(community, found, seen) if kind == ACCESS else circle(community, found, seen))]
    except HostNotFound:
        return [gone]


async def access_group(community: Community, found: str, seen: Seen, *, record: Json | None = None) -> GroupChanged:
    """An access group with its members."""
    # There is no address for a single one.
    listed = [record] if record else await community.listing("/access_groups")
    group = next((one for one in listed if identifier(one.get("id")) == found), None)
    if group is None:
        raise HostNotFound("There is no such access group.")
    members = await community.listing(f"/access_groups/{found}/community_members")
    ids = sorted(member for item in members if (member := identifier(item.get("community_member_id")) or identifier(item.get("id"))))
    name = text(group.get("name")) or found
    return GroupChanged(**seen, group_id=f"{ACCESS}:{found}", name=name, title=name, member_ids=tuple(ids))


async def circle(community: Community, found: str, seen: Seen) -> GroupChanged:
    """A private space of ours with its members."""
    space = space_of(await community.api.get(f"/spaces/{found}"))
    if space is None or not space.is_circle:
        raise HostNotFound("There is no such circle.")
    members = await community.listing("/space_members", [("space_id", found), ("status", "active")])
    ids = sorted(member for item in members if (member := identifier(item.get("community_member_id"))))
    return GroupChanged(**seen, group_id=f"{SPACE}:{found}", name=space.slug, title=space.name, member_ids=tuple(ids))


async def _topic(community: Community, host_id: str, seen: Seen) -> Sequence[Event]:
    """A post with all of its comments, so that comments that are gone are found."""
    gone = TopicDeleted(**seen, topic_id=host_id)
    record = await _shown(community, f"/posts/{host_id}") if identifier(host_id) else None
    if record is None:
        return [gone]
    topic = await subjects.topic(record, seen, community)
    first = await subjects.post(record, seen, community)
    listed = [item for item in await community.listing("/comments", [("post_id", host_id)]) if subjects.is_shown(item)]
    comments = [found for item in listed if (found := await subjects.comment(item, seen, community)) is not None]
    posts = [*([first] if first else []), *comments]
    return [
        *([topic] if topic else []),
        *posts,
        TopicRead(**seen, topic_id=host_id, post_ids=tuple(post.post_id for post in posts)),
    ]


async def _post(community: Community, host_id: str, seen: Seen) -> Sequence[Event]:
    gone = PostDeleted(**seen, post_id=host_id)
    kind, number = host_id[:1], host_id[1:]
    if kind not in {"p", "c"} or identifier(number) is None:
        return [gone]
    record = await _shown(community, f"/{'posts' if kind == 'p' else 'comments'}/{number}")
    if record is None:
        return [gone]
    found = await (subjects.post(record, seen, community) if kind == "p" else subjects.comment(record, seen, community))
    return [gone] if found is None else [found]


async def _shown(community: Community, path: str) -> Json | None:
    """A post or comment that members may read, in a space that counts."""
    try:
        record = await community.api.get(path)
    except HostNotFound:
        return None
    space = identifier(record.get("space_id")) or identifier(mapping(record.get("space")).get("id"))
    counts = any(one.id == space for one in await community.counted_spaces())
    return record if counts and subjects.is_shown(record) else None
