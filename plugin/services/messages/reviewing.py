"""What managers see of messages before they go: every kind, in every language; held ones, one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.domain.notices import NoticeState
from plugin.domain.people import Principal, Scope
from plugin.errors import Forbidden, Invalid
from plugin.services.messages import delivering, reaching
from plugin.services.runtime import Runtime
from plugin.store.repositories.telling import Notice
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import KINDS, About, Kind, Person, Plural, Shown, language_of, needed, render

_EXAMPLE = 1
_PERSON = Person("maya", "Maya")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindView:
    """A kind of notice, whether it is held, and how many there are in each state."""

    kind: Kind
    held_since: datetime | None
    counts: dict[str, int]


HeldNotice = tuple[Notice, Shown | None]
"""A notice and its words, where managers may read them."""


def _require(principal: Principal) -> None:
    if not principal.may(Scope.PROGRAMS):
        raise Forbidden("this is for managers of the community's programs")


async def kinds(runtime: Runtime, principal: Principal) -> list[KindView]:
    """Every kind of notice."""
    _require(principal)

    def work(unit: UnitOfWork) -> list[KindView]:
        holds, counts = unit.wishes.holds(), unit.notices.counts()
        return [
            KindView(
                kind=kind,
                held_since=holds.get(name),
                counts={state.value: counts.get((name, state.value), 0) for state in NoticeState},
            )
            for name, kind in sorted(KINDS.items())
        ]

    return await runtime.database.read(principal.installation_id, work)


def example(kind: Kind, *, role: str, locale: str, timezone: str, now: datetime) -> Shown:
    """A kind's words with examples in place of what it is about."""
    later = (now + timedelta(days=2)).isoformat()
    counted = {template.by for template in kind.words_for(role).templates if isinstance(template, Plural)}
    values: dict[str, str | int] = {"role": role}
    for name, how in needed(kind, role).items():
        if name in counted:
            values[name] = 2
        elif how == "member":
            values[name] = _EXAMPLE
        else:
            values[name] = later if how in {"when", "day"} else f"[{name}]"
    about: About = values
    return render(kind.name, about, locale, timezone=timezone, people={_EXAMPLE: _PERSON})


async def preview(runtime: Runtime, principal: Principal, *, kind: str, role: str, locale: str) -> Shown:
    """How a kind of notice reads. Raises :class:`Invalid`."""
    _require(principal)
    return example(_known(kind), role=role, locale=language_of(locale), timezone="UTC", now=runtime.clock())


def _known(kind: str) -> Kind:
    found = KINDS.get(kind)
    if found is None:
        raise Invalid("there is no kind “{kind}” of messages", field="kind", kind=kind)
    return found


async def hold(runtime: Runtime, principal: Principal, *, kind: str, held: bool) -> None:
    """Have notices of a kind wait for a manager from now on, or not. What is held already stays so until it is released or dropped."""
    _require(principal)
    _known(kind)

    def work(unit: UnitOfWork) -> None:
        if held:
            unit.wishes.hold(kind, at=unit.now)
        else:
            unit.wishes.let_go(kind)
        unit.record("messages.held" if held else "messages.let_go", actor=principal.actor, kind=kind)

    await runtime.database.write(principal.installation_id, work)


async def held(runtime: Runtime, principal: Principal, *, kind: str | None, after: int | None, limit: int) -> list[HeldNotice]:
    """Held notices, oldest first, as their readers would get them; of private ones only that they are there."""
    _require(principal)

    def work(unit: UnitOfWork) -> list[HeldNotice]:
        return [(one, _shown(unit, one)) for one in unit.notices.listing(state=NoticeState.HELD, kind=kind, after=after, limit=limit)]

    return await runtime.database.read(principal.installation_id, work)


def _shown(unit: UnitOfWork, notice: Notice) -> Shown | None:
    kind, member = KINDS.get(notice.kind), unit.members.get(notice.member_id)
    if kind is None or kind.private or member is None:
        return None
    return delivering.words_of(unit, notice, reaching.reach_of(unit, member))


async def release(runtime: Runtime, principal: Principal, notice_ids: list[int]) -> int:
    """Let held notices go, each at the hour its member can be reached; returns how many there were."""
    _require(principal)

    def work(unit: UnitOfWork) -> int:
        count = unit.notices.release(notice_ids, now=unit.now)
        if count:
            unit.wake("tell")
            unit.record("messages.released", actor=principal.actor, count=count)
        return count

    count = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return count


async def drop(runtime: Runtime, principal: Principal, notice_ids: list[int]) -> int:
    """Give held notices up; returns how many there were."""
    _require(principal)

    def work(unit: UnitOfWork) -> int:
        count = unit.notices.drop_held(notice_ids, why="a manager dropped it")
        if count:
            unit.record("messages.dropped", actor=principal.actor, count=count)
        return count

    return await runtime.database.write(principal.installation_id, work)
