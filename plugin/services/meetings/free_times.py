"""When members can meet: what they said in their applications, their quiet hours, and the sessions in their calendars."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from plugin.domain.forms import QuestionKind, Slot
from plugin.domain.forms.answers import Answer
from plugin.domain.free_times import Fit, Hours, find, fit
from plugin.domain.people import Principal
from plugin.domain.sessions import check_minutes
from plugin.errors import Invalid, NotFound
from plugin.services.messages import reaching
from plugin.services.questions import forms
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

LONGEST = timedelta(days=60)


def hours_of(unit: UnitOfWork, member_ids: Sequence[int], program_id: int | None, *, but: int = 0) -> list[Hours]:
    """When each of these members can meet; who is no member any more is left out."""
    busy: dict[int, list[tuple[datetime, datetime]]] = {}
    for one in unit.sessions.busy(member_ids, but=but):
        if one.starts_at is not None and one.ends_at is not None:
            for member_id in one.member_ids:
                busy.setdefault(member_id, []).append((one.starts_at, one.ends_at))
    people = unit.members.many(member_ids)
    found = []
    for member_id in member_ids:
        if (member := people.get(member_id)) is None:
            continue
        reach = reaching.reach_of(unit, member)
        slots, zone = _week(unit, member_id, program_id)
        found.append(Hours(member_id=member_id, reach=reach, slots=slots or None, timezone=zone or reach.timezone, busy=tuple(sorted(busy.get(member_id, ())))))
    return found


def _week(unit: UnitOfWork, member_id: int, program_id: int | None) -> tuple[tuple[Slot, ...], str]:
    """Free hours of the week and the zone that they are in, as somebody applied; the application to this program counts most."""
    slots: tuple[Slot, ...] = ()
    zone = ""
    mine = [one for one in unit.submissions.of_member(member_id) if one.survey_id == 0]
    for one in sorted(mine, key=lambda one: (one.program_id == program_id, one.at)):
        sheet = forms.sheet(unit, one)
        if sheet.form.purpose not in forms.APPLICATIONS:
            continue
        said: Mapping[QuestionKind, Answer] = {line.question.kind: line.answer for line in sheet.lines}
        free, there = said.get(QuestionKind.AVAILABILITY), said.get(QuestionKind.TIME_ZONE)
        if isinstance(free, tuple):
            slots = tuple(slot for slot in free if isinstance(slot, Slot))
            zone = there if isinstance(there, str) else ""
    return slots, zone


async def suggest(
    runtime: Runtime, principal: Principal, mentorship_id: int, *, minutes: int, since: datetime | None, until: datetime | None, most: int
) -> list[tuple[datetime, list[Fit]]]:
    """Times at which everybody of a mentorship can meet, and how each suits whom. Raises :class:`NotFound` for one that the asker is not in."""
    me = member_of(principal)
    check_minutes(minutes)
    if not 1 <= most <= 20:
        raise Invalid("ask for 1 to 20 times", field="first")
    if any(one is not None and one.tzinfo is None for one in (since, until)):
        raise Invalid("a time needs its zone, such as 2026-12-01T17:00:00+01:00", field="since")

    def work(unit: UnitOfWork) -> list[tuple[datetime, list[Fit]]]:
        one = unit.mentorships.get(mentorship_id)
        if one is None or me not in one.people or not one.runs:
            raise NotFound("there is no such mentorship", field="mentorship")
        # Whose clock the days are counted by comes first.
        people = hours_of(unit, [me, *(other for other in one.people if other != me)], one.program_id)
        first = max(since or unit.now, unit.now + timedelta(hours=2))
        last = min(until or first + timedelta(days=14), first + LONGEST)
        return [(at, [fit(at, minutes, each) for each in people]) for at in find(people, minutes=minutes, since=first, until=last, most=most)]

    return await runtime.database.read(principal.installation_id, work)


def fits(
    unit: UnitOfWork, times: Sequence[datetime], minutes: int, member_ids: Sequence[int], program_id: int | None, *, but: int = 0
) -> list[tuple[datetime, list[Fit]]]:
    """How each of these times suits whom; ``but`` is the session that they are for."""
    people = hours_of(unit, member_ids, program_id, but=but)
    return [(at, [fit(at, minutes, each) for each in people]) for at in times]
