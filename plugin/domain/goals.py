"""Goals of a pair, the actions that lead to them, and the milestones of a mentorship."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from plugin.errors import Conflict, Invalid

MAX_TITLE, MAX_NOTE, MOST = 300, 2_000, 100
STUCK_AFTER = timedelta(days=21)
"""How long a mentorship may stay at one milestone before its managers hear of it."""


class ItemKind(StrEnum):
    """What a pair keeps before its eyes."""

    GOAL = "goal"
    ACTION = "action"
    """Something small that somebody does until a day."""


class ItemState(StrEnum):
    """The life of a goal or an action; :data:`NEXT` says which steps exist."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    """Let go; goals may change."""


NEXT: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.OPEN: frozenset({ItemState.DONE, ItemState.DROPPED}),
    ItemState.DONE: frozenset({ItemState.OPEN}),
    ItemState.DROPPED: frozenset({ItemState.OPEN}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A goal or an action of a mentorship. ``member_id`` is who does an action, ``None`` for both together or for a former member; ``words`` are sealed."""

    id: int
    mentorship_id: int
    kind: ItemKind
    goal_id: int | None = None
    member_id: int | None = None
    state: ItemState = ItemState.OPEN
    due_on: date | None = None
    words: bytes | None = field(default=None, repr=False)
    created_at: datetime
    settled_at: datetime | None = None


def step(item: Item, to: ItemState) -> ItemState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[item.state]:
        raise Conflict("this is {state} already: open it again first", code="illegal_transition", field="state", state=item.state)
    return to


def check_words(title: str, note: str) -> None:
    """Raise :class:`Invalid` for too few or too many words."""
    if not 3 <= len(" ".join(title.split())) <= MAX_TITLE:
        raise Invalid("say it in 3 to {most} characters", field="title", most=MAX_TITLE)
    if len(note) > MAX_NOTE:
        raise Invalid("a note has at most {most} characters", field="note", most=MAX_NOTE)


class Milestone(StrEnum):
    """The way of a mentorship, in this order; each is reached by what happens, nobody ticks it off."""

    BEGUN = "begun"
    MET = "met"
    """The first session was held."""
    AGREED = "agreed"
    """Everybody signed the agreement."""
    GOAL_SET = "goal_set"
    GOAL_REACHED = "goal_reached"
    CLOSED = "closed"


def reached(known: Mapping[Milestone, datetime | None]) -> datetime | None:
    """When the latest milestone was reached."""
    return max((at for at in known.values() if at is not None), default=None)


def following(known: Mapping[Milestone, datetime | None]) -> Milestone | None:
    """The first milestone that is not reached, but for the end, which comes when it comes."""
    return next((one for one in Milestone if known.get(one) is None and one is not Milestone.CLOSED), None)
