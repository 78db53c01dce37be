"""Topics and their accepted answers."""

from dataclasses import replace

from mentorgraph.events import SolutionAccepted, SolutionUnaccepted, Source, TopicChanged, TopicDeleted, TopicRead
from plugin.domain.content import Topic
from plugin.domain.needs import NeedState
from plugin.services.departures.erasure import strip_topic
from plugin.services.hosts.handlers.counting import counts
from plugin.services.hosts.handlers.doubts import doubt
from plugin.services.hosts.handlers.forgetting import forget_topic, hide_post
from plugin.services.hosts.handlers.members import buried
from plugin.store.unit_of_work import UnitOfWork


def changed(event: TopicChanged, unit: UnitOfWork) -> None:
    """Take in a topic, if posts in its space count."""
    old = unit.topics.get(event.topic_id)
    if event.source is Source.HOST:
        unit.gone.back("topic", event.topic_id)
    elif old is None and unit.gone.has("topic", [event.topic_id]):
        doubt("topic", event.topic_id, unit=unit)
        return
    space_id = event.space_id or (old.space_id if old else None)
    count = counts(space_id, unit)
    if count is None and space_id is not None:
        doubt("space", space_id, unit=unit)
        doubt("topic", event.topic_id, unit=unit)
    if not count or not event.visible:
        _no_longer(event, old, unit)
        return
    new = _merge(event, old, space_id, unit)
    if event.author_id is not None and buried(event.author_id, unit):
        new = strip_topic(new, unit)
    if new == old:
        return
    if old is not None and event.source is Source.HINT and replace(new, bumped_at=old.bumped_at) != old:
        doubt("topic", event.topic_id, unit=unit)
    unit.topics.put(new)
    unit.change("topic", event.topic_id)


def _no_longer(event: TopicChanged, old: Topic | None, unit: UnitOfWork) -> None:
    if old is None:
        return
    if event.source is Source.HOST:
        forget_topic(event.topic_id, unit)
    else:
        doubt("topic", event.topic_id, unit=unit, urgent=True)


def _merge(event: TopicChanged, old: Topic | None, space_id: str | None, unit: UnitOfWork) -> Topic:
    base = old or Topic(id=event.topic_id, title=event.title)
    author = None if event.author_id is None else unit.members.by_host(event.author_id)
    return replace(
        base,
        title=event.title,
        url=event.url or base.url,
        space_id=space_id,
        tags=base.tags if event.tags is None else event.tags,
        author_id=author.id if author else base.author_id,
        created_at=event.created_at or base.created_at,
        bumped_at=max((moment for moment in (event.bumped_at, base.bumped_at) if moment is not None), default=None),
        visible=event.visible,
        closed=event.closed,
        solution_post_id=None if event.solved is False and event.source is Source.HOST else base.solution_post_id,
    )


def deleted(event: TopicDeleted, unit: UnitOfWork) -> None:
    """Forget a topic that the host confirms to be gone; hide one of which a delivery says so, and ask."""
    if event.source is Source.HOST:
        forget_topic(event.topic_id, unit)
        unit.gone.add("topic", event.topic_id, at=unit.now)
        return
    for post in unit.posts.of_topic(event.topic_id):
        hide_post(post, unit)
    if unit.topics.get(event.topic_id) is None:
        unit.gone.add("topic", event.topic_id, at=unit.now)
        unit.change("topic", event.topic_id)
    doubt("topic", event.topic_id, unit=unit, urgent=True)


def read(event: TopicRead, unit: UnitOfWork) -> None:
    """The whole list of a topic's posts was read: ask about posts of ours that it does not name, and about hidden ones."""
    listed = set(event.post_ids)
    doubtful = [post.id for post in unit.posts.of_topic(event.topic_id) if post.id not in listed or not post.live]
    if doubtful:
        doubt("post", *doubtful, unit=unit)


def accepted(event: SolutionAccepted, unit: UnitOfWork) -> None:
    """A post is the accepted answer of its topic. Deliveries about this carry no order, so the host is asked as well."""
    topic = unit.topics.get(event.topic_id)
    if topic is not None and topic.solution_post_id != event.post_id:
        solve(topic, event.post_id, unit)
    if event.source is Source.HINT:
        doubt("topic", event.topic_id, unit=unit)


def solve(topic: Topic, post_id: str, unit: UnitOfWork) -> None:
    """A post is the accepted answer; whoever asked needs no more help with this."""
    unit.topics.put(replace(topic, solution_post_id=post_id))
    unit.change("topic", topic.id)
    need = unit.needs.of_topic(topic.id)
    if need is not None:
        unit.outbox.take_back([f"suggestions:{need.id}"], why="the question was answered")
        unit.needs.set_state([need.id], NeedState.CLOSED)


def unaccepted(event: SolutionUnaccepted, unit: UnitOfWork) -> None:
    """A post is no longer the accepted answer; the host is asked as well."""
    topic = unit.topics.get(event.topic_id)
    if topic is not None and topic.solution_post_id == event.post_id:
        unit.topics.put(replace(topic, solution_post_id=None))
        unit.change("topic", event.topic_id)
    if event.source is Source.HINT:
        doubt("topic", event.topic_id, unit=unit)
