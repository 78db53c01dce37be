"""Sweeps over content: spaces, topics, posts, what is new, solutions. Only content of categories that count leaves this module."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from integrations.discourse import content, cursors
from integrations.discourse.forum import Forum
from integrations.discourse.listing import statistics, total
from integrations.discourse.reading import topic_page
from integrations.seen import Seen
from integrations.values import Json, entries, flag, identifier, integers, mapping, moment, number
from mentorgraph.events import Event, PostChanged, PostDeleted, SolutionAccepted, TopicChanged, TopicDeleted, TopicRead
from mentorgraph.host import Batch

WINDOW = 50
"""Ids that one page of all posts spans, counted down from the one it is asked for."""

OVERLAP = timedelta(minutes=10)
"""How much earlier than asked the news are read: a topic's time of its last post is not that of its last change, and clocks differ."""

_POSTS_A_CALL, _TOPICS_A_BATCH, _SOLVED_A_BATCH, _TOPICS_A_PAGE = 20, 10, 5, 100


async def spaces(forum: Forum, _cursor: str | None, _since: datetime | None) -> Batch:
    """All categories, on one page."""
    found = await forum.spaces(fresh=True)
    return Batch(events=found, cursor=None, total=len(found))


# --------------------------------------------------------------------------------------------------------------------- topics


async def topics(forum: Forum, cursor: str | None, _since: datetime | None) -> Batch:
    """All topics, the oldest first, so that new ones during the sweep come on its last pages."""
    place = cursors.read(cursor) or {"page": 0, "total": total(await statistics(forum), "topic")}
    page, seen = number(place.get("page")) or 0, forum.seen()
    found = await _topic_list(forum, page, [("order", "created"), ("ascending", "true")])
    ids = [topic_id for item in found if (topic_id := number(item.get("id"))) is not None]
    if not ids or ids == integers(place.get("previous")):
        return Batch(events=(), cursor=None, total=number(place.get("total")))
    counted = await forum.counted_spaces()
    events = [event for item in found if (event := content.topic(item, seen, base_url=forum.base_url)) and event.space_id in counted]
    dropped = sum(1 for item in found if identifier(item.get("id")) is None)
    following = cursors.write(dict(place) | {"page": page + 1, "previous": ids})
    return Batch(events=events, cursor=following, total=number(place.get("total")), dropped=dropped)


async def _topic_list(forum: Forum, page: int, params: Sequence[tuple[str, str]]) -> list[Json]:
    return await forum.api.get_listed("/latest.json", [*params, ("page", str(page)), ("per_page", str(_TOPICS_A_PAGE))], under=("topic_list", "topics"))


# --------------------------------------------------------------------------------------------------------------------- posts


async def posts(forum: Forum, cursor: str | None, _since: datetime | None) -> Batch:
    """All posts, the newest first.

    The forum takes the 50 ids up to the one asked for and shows what is public among them, so a page may be short or empty with older posts behind it.
    Other versions count 50 posts, and they differ in whether the one asked for is among them. The next page begins at the lowest id of this one, which is
    right for all of them.
    """
    place = cursors.read(cursor)
    before = number(place.get("before"))
    if before is None:
        place = {"total": total(await statistics(forum), "post")}
    seen = forum.seen()
    found = await _post_window(forum, before)
    if not found and before is None:
        top = await _highest_post(forum)
        following = None if top is None else cursors.write(dict(place) | {"before": top + WINDOW})
        return Batch(events=(), cursor=following, total=number(place.get("total")))
    counted = await forum.counted_spaces()
    events: list[Event] = []
    dropped = 0
    for item in found:
        post_id = number(item.get("id"))
        if before is not None and post_id is not None and post_id >= before:
            continue  # the last of the page before, which some versions show again
        event = _listed_post(item, seen, base_url=forum.base_url)
        if event is None:
            dropped += _is_odd(item)
        elif isinstance(event, PostDeleted) or event.space_id in counted:
            events.append(event)
    below = next_window(before, [post_id for item in found if (post_id := number(item.get("id"))) is not None])
    return Batch(events=events, cursor=cursors.write(dict(place) | {"before": below}) if below else None, total=number(place.get("total")), dropped=dropped)


def next_window(before: int | None, ids: Sequence[int]) -> int | None:
    """Where to go on below a page; ``None`` at the end. Always lower than ``before``.

    A page without lower ids steps over the window less one, for some versions leave the last id of the window out.
    """
    fresh = [post_id for post_id in ids if post_id > 0 and (before is None or post_id < before)]
    below = min(fresh) if fresh else (before or 0) - WINDOW + 1
    return below if below >= 1 else None


async def _post_window(forum: Forum, before: int | None) -> list[Json]:
    return await forum.api.get_listed("/posts.json", [("before", str(before))] if before is not None else [], under=("latest_posts",))


async def _highest_post(forum: Forum) -> int | None:
    """A post id near the top, when the newest window shows nothing because all in it is private: the highest of the topic with the latest news."""
    for item in (await _topic_list(forum, 0, [("order", "activity")]))[:_TOPICS_A_BATCH]:
        topic_id = identifier(item.get("id"))
        page = None if topic_id is None else await topic_page(forum, topic_id)
        if page is not None and (stream := _stream(page)):
            return max(stream)
    return None


def _listed_post(item: Json, seen: Seen, *, base_url: str) -> PostChanged | PostDeleted | None:
    post_id = identifier(item.get("id"))
    if post_id is None or content.is_private_for_sure(item, "topic_archetype"):
        return None
    if content.is_gone(item):
        return PostDeleted(**seen, post_id=post_id, topic_id=identifier(item.get("topic_id")))
    return content.post(item, seen, base_url=base_url)


def _is_odd(item: Json) -> bool:
    """Whether a post was left out because it could not be understood, and not because it is private, the forum's own, or of no interest."""
    author = number(item.get("user_id"))
    system = item.get("user_id") is None or (author is not None and author <= 0)
    return content.is_read(item) and not system and not content.is_private_for_sure(item, "topic_archetype")


# --------------------------------------------------------------------------------------------------------------------- news


async def recent(forum: Forum, cursor: str | None, since: datetime | None) -> Batch:
    """Topics with news after ``since``, the newest first, each with its new posts and the list of all; all topics when ``since`` is missing."""
    bound = None if since is None else since - OVERLAP
    place = cursors.read(cursor) or {"page": 0, "left": []}
    left = integers(place.get("left"))
    if not left:
        return await _recent_page(forum, place, bound)
    events: list[Event] = []
    for waiting in left[:_TOPICS_A_BATCH]:
        events += await _news_of(forum, str(waiting), bound)
    rest = left[_TOPICS_A_BATCH:]
    more = rest or flag(place.get("last")) is not True
    return Batch(events=events, cursor=cursors.write(dict(place) | {"left": rest}) if more else None)


async def _recent_page(forum: Forum, place: Json, bound: datetime | None) -> Batch:
    """A page of the list. Pinned topics stand on top however old their news are, so only the others tell that the rest is old."""
    page, seen = number(place.get("page")) or 0, forum.seen()
    found = await _topic_list(forum, page, [("order", "activity")])
    ids = [topic_id for item in found if (topic_id := number(item.get("id"))) is not None]
    if not ids or ids == integers(place.get("previous")):
        return Batch(events=(), cursor=None)
    counted = await forum.counted_spaces()
    understood = [event for item in found if (event := content.topic(item, seen, base_url=forum.base_url))]
    news = [event for event in understood if event.space_id in counted and _is_new(event.bumped_at, bound)]
    unpinned = [item for item in found if flag(item.get("pinned")) is not True and flag(item.get("pinned_globally")) is not True]
    last = any(not _is_new(moment(item.get("bumped_at")), bound) for item in unpinned)
    following = {"page": page + 1, "previous": ids, "left": [int(event.topic_id) for event in news], "last": last}
    return Batch(events=news, cursor=cursors.write(following) if news or not last else None)


def _is_new(when: datetime | None, bound: datetime | None) -> bool:
    return bound is None or when is None or when >= bound


async def _news_of(forum: Forum, topic_id: str, bound: datetime | None) -> list[Event]:
    seen = forum.seen()
    payload = await topic_page(forum, topic_id)
    topic = None if payload is None else content.topic(payload, seen, base_url=forum.base_url)
    if payload is None or topic is None:
        return [TopicDeleted(**seen, topic_id=topic_id)]
    page = _TopicPosts(forum=forum, payload=payload, topic=topic)
    events: list[Event] = [topic]
    async for chunk in page.from_the_end():
        events += (event for item in chunk if (event := page.event(item)))
        if not any(_is_new(moment(item.get("updated_at")) or moment(item.get("created_at")), bound) for item in chunk):
            break
    solution = await page.solution()
    if solution is not None:
        events.append(solution)
    return [*events, TopicRead(**seen, topic_id=topic_id, post_ids=tuple(str(post_id) for post_id in page.stream))]


def _stream(page: Json) -> list[int]:
    return integers(mapping(page.get("post_stream")).get("stream"))


@dataclass(slots=True, kw_only=True)
class _TopicPosts:
    """The posts of one topic, read in pieces: its page has the first 20 and the ids of all."""

    forum: Forum
    payload: Json
    topic: TopicChanged
    """Also says when the topic was read; its posts are not taken for newer, even those that were read a moment later."""
    stream: list[int] = field(init=False)
    _read: dict[int, Json] = field(init=False)

    def __post_init__(self) -> None:
        self._read = _by_id(self.payload)
        self.stream = _stream(self.payload) or list(self._read)

    async def from_the_end(self) -> AsyncIterator[list[Json]]:
        """Pieces of the topic, the newest first."""
        for end in range(len(self.stream), 0, -_POSTS_A_CALL):
            yield await self.some(self.stream[max(0, end - _POSTS_A_CALL) : end])

    async def some(self, ids: Sequence[int]) -> list[Json]:
        """Posts by id; those that are gone meanwhile are left out."""
        missing = [post_id for post_id in ids if post_id not in self._read]
        if missing:
            params = [("post_ids[]", str(post_id)) for post_id in missing]
            self._read |= _by_id(await self.forum.api.get(f"/t/{self.topic.topic_id}/posts.json", params))
        return [self._read[post_id] for post_id in ids if post_id in self._read]

    def event(self, item: Json) -> PostChanged | PostDeleted | None:
        """A post with what only its topic tells."""
        whole = dict(item) | {"topic_title": self.topic.title, "topic_slug": self.topic.slug, "category_id": self.payload.get("category_id")}
        return _listed_post(whole, self._seen(), base_url=self.forum.base_url)

    def _seen(self) -> Seen:
        return Seen(seen_at=self.topic.seen_at, source=self.topic.source)

    async def solution(self) -> SolutionAccepted | None:
        """The accepted answer. The topic names it by its number, which is at or behind the post's place in the stream, as posts before it may be gone."""
        wanted = number(mapping(self.payload.get("accepted_answer")).get("post_number"))
        solved = wanted is not None or flag(self.payload.get("accepted_answer")) is True or flag(self.payload.get("has_accepted_answer")) is True
        if not solved:
            return None
        end = len(self.stream) if wanted is None else min(wanted, len(self.stream))
        while end > 0:
            for item in await self.some(self.stream[max(0, end - _POSTS_A_CALL) : end]):
                if flag(item.get("accepted_answer")) is True or (wanted is not None and number(item.get("post_number")) == wanted):
                    return self._accepted(item)
            end -= _POSTS_A_CALL
        return None

    def _accepted(self, item: Json) -> SolutionAccepted | None:
        post_id = identifier(item.get("id"))
        if post_id is None:
            return None
        return SolutionAccepted(**self._seen(), topic_id=self.topic.topic_id, post_id=post_id, author_id=identifier(item.get("user_id")))


def _by_id(page: Json) -> dict[int, Json]:
    found = entries(mapping(page.get("post_stream")).get("posts"))
    return {post_id: item for item in found if (post_id := number(item.get("id"))) is not None}


# --------------------------------------------------------------------------------------------------------------------- solutions


async def solutions(forum: Forum, cursor: str | None, since: datetime | None) -> Batch:
    """Accepted answers of topics that are marked as solved, a call or more each; with ``since``, of topics with news after it only.

    The list is asked for solved topics; forums that do not know the question give all.
    """
    bound = None if since is None else since - OVERLAP
    place = cursors.read(cursor) or {"page": 0, "left": []}
    left = integers(place.get("left"))
    if left:
        events: list[Event] = []
        for waiting in left[:_SOLVED_A_BATCH]:
            events += await _solution_of(forum, str(waiting))
        return Batch(events=events, cursor=cursors.write(dict(place) | {"left": left[_SOLVED_A_BATCH:]}))
    page, seen = number(place.get("page")) or 0, forum.seen()
    found = await _topic_list(forum, page, [("order", "activity"), ("solved", "yes")])
    ids = [topic_id for item in found if (topic_id := number(item.get("id"))) is not None]
    if not ids or ids == integers(place.get("previous")) or _all_old(found, bound):
        return Batch(events=(), cursor=None)
    counted = await forum.counted_spaces()
    solved = [event for item in found if (event := content.topic(item, seen, base_url=forum.base_url)) and event.solved and event.space_id in counted]
    following = {"page": page + 1, "previous": ids, "left": [int(event.topic_id) for event in solved if _is_new(event.bumped_at, bound)]}
    return Batch(events=(), cursor=cursors.write(following))


def _all_old(found: Sequence[Json], bound: datetime | None) -> bool:
    return not any(_is_new(moment(item.get("bumped_at")), bound) for item in found)


async def _solution_of(forum: Forum, topic_id: str) -> list[Event]:
    seen = forum.seen()
    payload = await topic_page(forum, topic_id)
    topic = None if payload is None else content.topic(payload, seen, base_url=forum.base_url)
    if payload is None or topic is None:
        return []
    marked = dict(payload) | {"has_accepted_answer": True}  # the list said so; the page may not repeat it
    solution = await _TopicPosts(forum=forum, payload=marked, topic=topic).solution()
    return [] if solution is None else [solution]
