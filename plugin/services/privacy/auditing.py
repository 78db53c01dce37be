"""The audit log for admins, and for each member who saw what about them.

The log holds ids only (:mod:`plugin.services.guarding.seeing` writes it); names are looked up when somebody asks, and who was erased has none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from plugin.domain.members import Member
from plugin.domain.people import Principal
from plugin.services.guarding.seeing import READ
from plugin.services.identity.access import require_admin, require_member
from plugin.services.runtime import Runtime
from plugin.store.repositories.audit import Entry, Link
from plugin.store.unit_of_work import UnitOfWork

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """That somebody read something about the member. ``by`` is empty for a service, the operator and somebody who was erased."""

    at: datetime
    by_member_id: int | None
    by: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Entries of the audit log, who stands behind their numbers, and the first entry that was altered or removed, if one was.

    A number that nobody stands behind any more is left out, and so is who reported somebody: that is for those who look after safety.
    ``names`` are of what else details speak of, by the word of the detail and the id.
    """

    entries: list[Entry]
    people: dict[str, Member]
    names: dict[tuple[str, str], str]
    broken_at: int | None


class Named(Protocol):
    """Something with a name that its managers gave it."""

    @property
    def name(self) -> str:
        """The name."""
        ...


NAMED: Mapping[str, Callable[[UnitOfWork, int], Named | None]] = {
    "program": lambda unit, number: unit.programs.get(number),
    "like": lambda unit, number: unit.programs.get(number),
    "round": lambda unit, number: unit.rounds.get(number),
    "group": lambda unit, number: unit.our_groups.get(number),
    "form": lambda unit, number: unit.forms.get(number),
    "application": lambda unit, number: unit.applications.get(number),
    "webhook": lambda unit, number: unit.webhooks.get(number),
}
"""By what word details speak of what has a name, and how it is found."""


async def log(runtime: Runtime, principal: Principal | None, *, before: int | None, limit: int) -> Log:
    """The audit log, newest first, for admins of the community. Raises :class:`Forbidden`.

    Whether it is whole is told by what this process has not looked at yet, and by the entries that are asked for; `mentorgraph doctor` looks at all of it.
    """
    asking = await require_admin(runtime, principal)
    seen = runtime.audited.get(asking.installation_id, Link())

    def work(unit: UnitOfWork) -> tuple[Log, Link]:
        page = unit.audit.page(before=before, limit=limit)
        whole, broken_at = _look(unit, page, seen=seen)
        entries = [_without_reporters(entry) for entry in page]
        behind = unit.audit.behind(one for entry in entries for one in (entry.actor, str(entry.detail.get("member", ""))))
        found = unit.members.many(behind.values())
        people = {number: found[member_id] for number, member_id in behind.items() if member_id in found}
        shown = [_with_names(entry, people) for entry in entries]
        return Log(entries=shown, people=people, names=_names(unit, shown), broken_at=broken_at), whole

    found, runtime.audited[asking.installation_id] = await runtime.database.read(asking.installation_id, work)
    return found


def _look(unit: UnitOfWork, page: Sequence[Entry], *, seen: Link) -> tuple[Link, int | None]:
    """How far the log is whole by now, and the first entry found that was altered or follows on one that was removed."""
    if seen.number and unit.audit.link(seen.number) != seen:
        return seen, seen.number
    key = unit.keys.audit
    if page:
        _, broken_at = unit.audit.verify(key=key, after=unit.audit.link(page[-1].number - 1), until=min(page[0].number, seen.number))
        if broken_at is not None:
            return seen, broken_at
    return unit.audit.verify(key=key, after=seen)


def _without_reporters(entry: Entry) -> Entry:
    if entry.action.startswith("report."):
        return replace(entry, actor="", detail=_but_member(entry))
    return replace(entry, detail=_but_member(entry)) if entry.detail.get("what") == "report" else entry


def _with_names(entry: Entry, people: Mapping[str, Member]) -> Entry:
    """Without the numbers of those who have no name any more."""
    actor = "" if entry.actor.isdigit() and entry.actor not in people else entry.actor
    return replace(entry, actor=actor, detail=entry.detail if str(entry.detail.get("member", "")) in people else _but_member(entry))


def _but_member(entry: Entry) -> Mapping[str, object]:
    return {key: value for key, value in entry.detail.items() if key != "member"}


def _names(unit: UnitOfWork, entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    spoken_of = {(word, str(value)) for entry in entries for word, value in entry.detail.items() if word in NAMED and str(value).isdigit()}
    found = {(word, number): NAMED[word](unit, int(number)) for word, number in spoken_of}
    return {key: one.name for key, one in found.items() if one is not None}


async def who_saw(runtime: Runtime, principal: Principal) -> list[Reading]:
    """Who read what about the principal's member, newest first; at most :data:`SHOWN`."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> list[Reading]:
        found = unit.audit.about(member_id, action=READ, limit=SHOWN)
        behind = unit.audit.behind(one.actor for one in found)
        readers = unit.members.many(behind.values())
        readings = []
        for one in found:
            reader = readers.get(behind.get(one.actor, 0))
            by = "" if reader is None else reader.username
            readings.append(Reading(at=one.at, by_member_id=None if reader is None else reader.id, by=by, what=str(one.detail.get("what", ""))))
        return readings

    return await runtime.database.read(principal.installation_id, work)
