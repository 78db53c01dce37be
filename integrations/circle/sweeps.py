"""Listings of a community, page by page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from integrations.circle import subjects
from integrations.circle.api import Page
from integrations.circle.community import Community
from integrations.circle.reading import ACCESS, SPACE, access_group, circle
from integrations.seen import Seen
from integrations.values import Json, identifier, mapping, moment
from mentorgraph.events import Event
from mentorgraph.host import Batch, HostBroken, HostNotFound, Sweep

_POSTS, _COMMENTS = "p", "c"
AsEvents = Callable[[Json, Seen, Community], Awaitable[list[Event]]]
"""What becomes of the record of a post."""


async def spaces(community: Community, _cursor: str | None, _since: datetime | None) -> Batch:
    """All spaces at once."""
    seen = community.seen()
    found = await community.spaces(fresh=True)
    return Batch(events=[subjects.space(space, seen) for space in found if not space.is_circle], cursor=None, total=len(found))


async def members(community: Community, cursor: str | None, _since: datetime | None) -> Batch:
    """Members, those who were invited and have not come yet included."""
    number = int(cursor or "1")
    seen = community.seen()
    page = await community.api.page("/community_members", number, [("status", "all")])
    found = [event for record in page.records if (event := subjects.member(record, seen, community)) is not None]
    return Batch(events=found, cursor=_next(page, number), total=page.total, dropped=len(page.records) - len(found))


async def groups(community: Community, cursor: str | None, _since: datetime | None) -> Batch:
    """Access groups, then our circles; one with its members a page."""
    records = {f"{ACCESS}:{found}": record for record in await community.listing("/access_groups") if (found := identifier(record.get("id")))}
    ids = [*records, *(f"{SPACE}:{space.id}" for space in await community.spaces() if space.is_circle)]
    wanted = ids[0] if cursor is None and ids else cursor
    if wanted not in ids:
        # It went meanwhile: what the listing has after it is read in the next round.
        return Batch(events=(), cursor=None)
    kind, _, found = wanted.partition(":")
    following = ids[ids.index(wanted) + 1 :]
    try:
        seen = community.seen()
        events: Sequence[Event] = [await (access_group(community, found, seen, record=records[wanted]) if kind == ACCESS else circle(community, found, seen))]
    except HostNotFound:
        events = ()
    return Batch(events=events, cursor=following[0] if following else None, total=len(ids))


async def topics(community: Community, cursor: str | None, _since: datetime | None) -> Batch:
    """Posts as the topics that they open, oldest first, so that new ones do not shift the pages."""
    number = int(cursor or "1")
    batch = await _posts(community, number, "oldest", None, as_events=_topic_alone)
    return replace(batch, cursor=None if batch.cursor is None else batch.cursor.partition(":")[2])


async def posts(community: Community, cursor: str | None, _since: datetime | None) -> Batch:
    """Posts, then comments."""
    kind, number = _place(cursor)
    if kind == _POSTS:
        batch = await _posts(community, number, "oldest", None)
        return batch if batch.cursor else replace(batch, cursor=f"{_COMMENTS}:1")
    return await _comments(community, number, None)


async def recent(community: Community, cursor: str | None, since: datetime | None) -> Batch:
    """Posts that changed and comments that were written since a moment.

    Circle sorts comments newest first but does not promise it: the slow round over all of them finds what this one misses.
    """
    kind, number = _place(cursor)
    if kind == _POSTS:
        batch = await _posts(community, number, "latest_updated", since)
        return batch if batch.cursor else replace(batch, cursor=f"{_COMMENTS}:1")
    return await _comments(community, number, since)


async def _both(record: Json, seen: Seen, community: Community) -> list[Event]:
    topic, post = await subjects.topic(record, seen, community), await subjects.post(record, seen, community)
    return [event for event in (topic, post) if event is not None]


async def _topic_alone(record: Json, seen: Seen, community: Community) -> list[Event]:
    """What is written below a title is long, and is not asked for here."""
    topic = await subjects.topic(record, seen, community)
    return [] if topic is None else [topic]


async def _posts(community: Community, number: int, sort: str, since: datetime | None, *, as_events: AsEvents = _both) -> Batch:
    counted = {space.id for space in await community.counted_spaces()}
    seen = community.seen()
    page = await community.api.page("/posts", number, [("status", "published"), ("sort", sort)])
    fresh = [record for record in page.records if _is_new(record, "updated_at", since)]
    events: list[Event] = []
    dropped = 0
    for record in fresh:
        if identifier(record.get("space_id")) in counted and subjects.is_shown(record):
            found = await as_events(record, seen, community)
            events += found
            dropped += not found
    more = _next(page, number) if len(fresh) == len(page.records) else None
    return Batch(events=events, cursor=more and f"{_POSTS}:{more}", total=page.total, dropped=dropped)


async def _comments(community: Community, number: int, since: datetime | None) -> Batch:
    counted = {space.id for space in await community.counted_spaces()}
    seen = community.seen()
    page = await community.api.page("/comments", number)
    fresh = [record for record in page.records if _is_new(record, "created_at", since)]
    events: list[Event] = []
    dropped = 0
    for record in fresh:
        if identifier(mapping(record.get("space")).get("id")) in counted and subjects.is_shown(record):
            found = await subjects.comment(record, seen, community)
            events += [found] if found else []
            dropped += found is None
    more = _next(page, number) if fresh else None
    return Batch(events=events, cursor=more and f"{_COMMENTS}:{more}", total=page.total, dropped=dropped)


async def nothing(_community: Community, _cursor: str | None, _since: datetime | None) -> Batch:
    """Circle has no accepted answers, and tells admins how many liked a post but not who."""
    return Batch(events=(), cursor=None)


def _is_new(record: Json, key: str, since: datetime | None) -> bool:
    at = moment(record.get(key))
    return since is None or at is None or at >= since


def _next(page: Page, number: int) -> str | None:
    return str(number + 1) if page.more and page.records else None


def _place(cursor: str | None) -> tuple[str, int]:
    kind, _, number = (cursor or f"{_POSTS}:1").partition(":")
    if kind not in {_POSTS, _COMMENTS} or not number.isdigit():
        raise HostBroken("This is no place in a listing of ours.", reason="cursor")
    return kind, int(number)


SWEEPS: dict[Sweep, Callable[[Community, str | None, datetime | None], Awaitable[Batch]]] = {
    Sweep.SPACES: spaces,
    Sweep.GROUPS: groups,
    Sweep.MEMBERS: members,
    Sweep.TOPICS: topics,
    Sweep.POSTS: posts,
    Sweep.RECENT: recent,
    Sweep.SOLUTIONS: nothing,
    Sweep.LIKES: nothing,
}
