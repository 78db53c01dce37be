"""Spaces and tags, and which posts count."""

from mentorgraph.events import Access, HookPinged, Source, SpaceChanged, SpaceDeleted, TagChanged, TagDeleted
from mentorgraph.host import Sweep
from plugin.domain.content import Space
from plugin.services.hosts.handlers.counting import counts, spaces_of
from plugin.services.hosts.handlers.doubts import doubt
from plugin.services.hosts.handlers.forgetting import forget_topic
from plugin.store.repositories.readings import SweepState
from plugin.store.unit_of_work import UnitOfWork


def changed(event: SpaceChanged, unit: UnitOfWork) -> None:
    """Take in a space. When it closes, what was learned there is forgotten; when it opens, it is read."""
    old = spaces_of(unit).get(event.space_id)
    before = counts(event.space_id, unit)
    access = event.access
    if event.source is Source.HINT:
        # A delivery does not say who may read, and is signed no better than any other: the host is asked.
        doubt("space", event.space_id, unit=unit)
        access = old.access if old else None
        if unit.gone.has("space", [event.space_id]):
            return
    else:
        unit.gone.back("space", event.space_id)
    unit.spaces.put(
        Space(
            id=event.space_id,
            name=event.name,
            slug=event.slug,
            url=event.url,
            access=access or (old.access if old else Access.NOBODY),
            group_ids=event.group_ids or (old.group_ids if old and event.access is None else ()),
            parent_id=event.parent_id,
        )
    )
    unit.memory.pop("spaces", None)
    after = counts(event.space_id, unit)
    if before and not after:
        for topic in unit.topics.all():
            if topic.space_id == event.space_id:
                forget_topic(topic.id, unit)
    elif after and before is False and event.source is Source.HOST:
        for sweep in (Sweep.TOPICS, Sweep.POSTS):
            unit.sweeps.put(SweepState(sweep=sweep, number=unit.sweeps.get(sweep).number))
        unit.wake("reconcile")


def deleted(event: SpaceDeleted, unit: UnitOfWork) -> None:
    """Forget a space that the host confirms to be gone, and its topics."""
    if event.source is Source.HINT:
        doubt("space", event.space_id, unit=unit)
        return
    for topic in unit.topics.all():
        if topic.space_id == event.space_id:
            forget_topic(topic.id, unit)
    unit.spaces.remove(event.space_id)
    unit.gone.add("space", event.space_id, at=unit.now)
    unit.memory.pop("spaces", None)


def tag_changed(event: TagChanged, unit: UnitOfWork) -> None:
    """Remember a tag."""
    unit.tags.put(event.name)


def tag_deleted(event: TagDeleted, unit: UnitOfWork) -> None:
    """Forget a tag. Topics lose it when the host says so of each."""
    unit.tags.remove(event.name)


def pinged(_event: HookPinged, unit: UnitOfWork) -> None:
    """The host can reach us; a ping says nothing else."""
    unit.update_installation(pinged_at=unit.now)
