"""Goals of a pair and the actions that lead to them: written down by either side, done, let go, opened again, with a reminder on the day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

import orjson

from plugin.domain.goals import MOST, Item, ItemKind, ItemState, check_words, step
from plugin.domain.notices import zone_of
from plugin.domain.people import Principal
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.messages import reaching
from plugin.services.messages.telling import tell, unsay
from plugin.services.pairs import pairing, signs
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "goal"
MORNING = time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A goal or an action with its words."""

    item: Item
    title: str = ""
    note: str = ""


def seen(unit: UnitOfWork, item: Item) -> Seen:
    """One with its words; without where they were forgotten with somebody who left."""
    return Seen(item=item, **({} if item.words is None else orjson.loads(unit.unseal(item.words, purpose=PURPOSE))))


def _sealed(unit: UnitOfWork, title: str, note: str) -> bytes:
    check_words(title, note)
    return unit.seal(orjson.dumps({"title": " ".join(title.split()), "note": note.strip()}), purpose=PURPOSE)


def add(
    unit: UnitOfWork,
    mentorship_id: int,
    *,
    by: int,
    kind: ItemKind,
    title: str,
    note: str = "",
    due_on: date | None = None,
    goal_id: int | None = None,
    member_id: int | None = None,
) -> Item:
    """Write down a goal, or an action that somebody does (``member_id``) or both do. Raises :class:`Invalid`, :class:`NotFound` or :class:`Conflict`."""
    one = pairing.running(unit, mentorship_id, by)
    known = unit.pair_items.of_mentorship(one.id)
    if len(known) >= MOST:
        raise Conflict("a mentorship keeps at most {most} goals and actions: take some away first", code="too_many", most=MOST)
    if kind is ItemKind.GOAL and (goal_id is not None or member_id is not None):
        raise Invalid("a goal is both sides': give it actions", field="goal")
    if goal_id is not None and not any(each.id == goal_id and each.kind is ItemKind.GOAL for each in known):
        raise NotFound("there is no such goal", field="goal")
    if member_id is not None and member_id not in one.people:
        raise NotFound("who is to do it is not in this mentorship", field="member")
    made = Item(
        id=unit.new_id(),
        mentorship_id=one.id,
        kind=kind,
        goal_id=goal_id,
        member_id=member_id,
        due_on=due_on,
        words=_sealed(unit, title, note),
        created_at=unit.now,
    )
    unit.pair_items.put(made)
    _remind(unit, made)
    signs.moved(unit, one.id)
    if kind is ItemKind.GOAL:
        pairing.went_on(unit, one.id)
    unit.record("goal.added", actor=str(by), item=str(made.id), kind=kind.value)
    return made


def change(
    unit: UnitOfWork,
    item_id: int,
    *,
    by: int,
    title: str | None = None,
    note: str | None = None,
    due_on: date | None = None,
    clear_due: bool = False,
    state: ItemState | None = None,
) -> Item:
    """Change what is written, the day, or the state of a goal or an action; either side may. What is left out stays."""
    item, before = _mine(unit, item_id, by)
    words = item.words
    if title is not None or note is not None:
        words = _sealed(unit, before.title if title is None else title, before.note if note is None else note)
    changed = replace(item, words=words, due_on=None if clear_due else due_on or item.due_on)
    if state is not None:
        changed = replace(changed, state=step(item, state), settled_at=None if state is ItemState.OPEN else unit.now)
    unit.pair_items.put(changed)
    unsay(unit, f"goal:{item.id}:", why="it was changed")
    _remind(unit, changed)
    signs.moved(unit, item.mentorship_id)
    if state is not None and item.kind is ItemKind.GOAL:
        pairing.went_on(unit, item.mentorship_id)
    unit.record("goal.changed", actor=str(by), item=str(item.id), state=changed.state.value)
    return changed


def remove(unit: UnitOfWork, item_id: int, *, by: int) -> None:
    """Take a goal with its actions away, or an action."""
    item, _ = _mine(unit, item_id, by)
    for each in unit.pair_items.of_mentorship(item.mentorship_id):
        if item_id in {each.id, each.goal_id}:
            scheduling.cancel(unit, f"goal:{each.id}:due")
            unsay(unit, f"goal:{each.id}:", why="it was taken away")
    unit.pair_items.remove(item_id)


def _mine(unit: UnitOfWork, item_id: int, member_id: int) -> tuple[Item, Seen]:
    item = unit.pair_items.get(item_id)
    if item is None or not pairing.is_in(unit, item.mentorship_id, member_id):
        raise NotFound("there is no such goal", field="goal")
    pairing.running(unit, item.mentorship_id, member_id)
    return item, seen(unit, item)


def _remind(unit: UnitOfWork, item: Item) -> None:
    key = f"goal:{item.id}:due"
    scheduling.cancel(unit, key)
    if item.state is ItemState.OPEN and item.due_on is not None:
        member = None if item.member_id is None else unit.members.get(item.member_id)
        zone = "UTC" if member is None else reaching.reach_of(unit, member).timezone
        at = datetime.combine(item.due_on, MORNING, tzinfo=zone_of(zone))
        if at > unit.now:
            scheduling.schedule(unit, "goal.due", key=key, at=at, about={"item": item.id})


@scheduling.job("goal.due")
def due(unit: UnitOfWork, about: scheduling.About) -> None:
    """The day of a goal or an action has come: whoever is to do it is reminded, or both."""
    item = unit.pair_items.get(int(about["item"]))
    one = None if item is None else unit.mentorships.get(item.mentorship_id)
    if item is None or one is None or not one.runs or item.state is not ItemState.OPEN or item.due_on is None:
        return
    for person in one.people if item.member_id is None else (item.member_id,):
        words: dict[str, str | int] = {"title": seen(unit, item).title or "…", "path": pairing.page(item.mentorship_id)}
        tell(unit, person, "goal.due", key=f"goal:{item.id}:due:{item.due_on}:{person}", about=words, concerning=one.people)


# ---------------------------------------------------------------------------------------------------------------------- for the schema


async def write(runtime: Runtime, principal: Principal, mentorship_id: int, **values: object) -> Seen:
    """See :func:`add`."""
    me = member_of(principal)
    return await runtime.database.write(principal.installation_id, lambda unit: seen(unit, add(unit, mentorship_id, by=me, **values)))  # type: ignore[arg-type]  # as add takes them


async def edit(runtime: Runtime, principal: Principal, item_id: int, **values: object) -> Seen:
    """See :func:`change`."""
    me = member_of(principal)
    return await runtime.database.write(principal.installation_id, lambda unit: seen(unit, change(unit, item_id, by=me, **values)))  # type: ignore[arg-type]  # as change takes them


async def take_away(runtime: Runtime, principal: Principal, item_id: int) -> None:
    """See :func:`remove`."""
    me = member_of(principal)
    await runtime.database.write(principal.installation_id, lambda unit: remove(unit, item_id, by=me))


async def of_mentorship(runtime: Runtime, principal: Principal, mentorship_id: int) -> list[Seen]:
    """Goals and actions of a mentorship for who is in it; nothing for anybody else, managers included."""

    def work(unit: UnitOfWork) -> list[Seen]:
        one = unit.mentorships.get(mentorship_id)
        if one is None or principal.member_id is None or principal.member_id not in one.people:
            return []
        return [seen(unit, each) for each in unit.pair_items.of_mentorship(mentorship_id)]

    return await runtime.database.read(principal.installation_id, work)
