"""Reporting somebody to those who look after safety. Admins have no part in it by being admins, and nobody decides about what concerns themselves.

As long as a report is looked into, the pair is suspended: what is ahead of it is called off, and nothing new is agreed on.
"""

from dataclasses import dataclass, replace

from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.people import Principal
from plugin.domain.reports import Report, ReportKind, ReportState, checked_words, step
from plugin.domain.sessions import CancelReason
from plugin.errors import Invalid, NotFound
from plugin.services.guarding import seeing
from plugin.services.guarding.managing import admins_of
from plugin.services.guarding.report_words import seal, words_of
from plugin.services.identity import staffing
from plugin.services.meetings import sessions
from plugin.services.mentorships import mentoring
from plugin.services.messages.telling import tell
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.services.safety import keeping_apart
from plugin.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A report with its words."""

    report: Report
    words: str


async def report(runtime: Runtime, principal: Principal, about_id: int, *, kind: ReportKind, words: str, mentorship_id: int | None, block: bool) -> Seen:
    """Report a member. Those who look after safety are told; the one who is reported is not, but what the two have together is suspended.

    With ``block`` the two are kept apart at once, whatever comes of it. Raises :class:`NotFound` for somebody or something that there is not.
    """
    me, plain = member_of(principal), checked_words(words)
    if about_id == me:
        raise Invalid("you cannot report yourself: write to those who look after safety", field="member")

    def work(unit: UnitOfWork) -> Seen:
        if unit.members.get(about_id) is None:
            raise NotFound("there is no such member", field="member")
        one = None if mentorship_id is None else unit.mentorships.get(mentorship_id)
        if mentorship_id is not None and (one is None or me not in one.people):
            raise NotFound("there is no such mentorship", field="mentorship")
        made = Report(
            id=unit.new_id(),
            reporter_id=me,
            about_id=about_id,
            mentorship_id=mentorship_id,
            kind=kind,
            words=seal(unit, plain),
            at=unit.now,
        )
        unit.reports.put(made)
        tell(unit, me, "report.received", key=f"report:{made.id}:received", about={})
        _call(unit, made)
        for each in _together(unit, made):
            sessions.close_all(unit, each.id, reason=CancelReason.SUSPENDED)
            if not block:
                for person in each.people:
                    tell(unit, person, "mentorship.suspended", key=f"report:{made.id}:suspended:{each.id}:{person}", about={})
        if block:
            keeping_apart.keep_apart(unit, me, about_id)
        unit.record("report.made", actor=str(me), report=str(made.id), kind=kind.value)
        return Seen(report=made, words=plain)

    return await runtime.database.write(principal.installation_id, work)


def _call(unit: UnitOfWork, one: Report) -> None:
    """Tell those who look after safety that there is a report; not what it says, and nobody whom it concerns."""
    there = [member for member in staffing.safety_staff(unit) if member not in {one.reporter_id, one.about_id}]
    for member in there:
        tell(unit, member, "report.waits", key=f"report:{one.id}:waits:{member}", about={"role": one.kind.value})
    if not there:
        for member in admins_of(unit):
            if member not in {one.reporter_id, one.about_id}:
                tell(unit, member, "report.nobody", key=f"report:{one.id}:nobody:{member}", about={})


def _together(unit: UnitOfWork, one: Report) -> list[Mentorship]:
    """What the two have together and runs; of groups only the one that is named."""
    mine = [each for each in unit.mentorships.of_member(one.reporter_id) if each.runs and one.about_id in each.people]
    return [each for each in mine if each.group_id is None or each.id == one.mentorship_id]


async def withdraw(runtime: Runtime, principal: Principal, report_id: int) -> Seen:
    """Take one's own report back."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> Seen:
        one = unit.reports.get(report_id)
        if one is None or one.reporter_id != me:
            raise NotFound("there is no such report", field="report")
        return _closed(unit, one, ReportState.WITHDRAWN, by=me, end=False)

    return await runtime.database.write(principal.installation_id, work)


async def decide(runtime: Runtime, principal: Principal, report_id: int, *, state: ReportState, end: bool, apart: bool) -> Seen:
    """Look into a report, uphold or dismiss it, as somebody who looks after safety; with ``end`` what the two have together ends, with ``apart`` for good.

    Raises :class:`Forbidden` for anybody else, :class:`NotFound` for a report that concerns oneself, :class:`Conflict` for one that is decided.
    """
    me = staffing.require_safety(principal)
    if state is ReportState.WITHDRAWN:
        raise Invalid("who reported it takes it back", field="state")
    if (end or apart) and state is not ReportState.UPHELD:
        raise Invalid("what the two have together ends when a report is upheld", field="state")

    def work(unit: UnitOfWork) -> Seen:
        one = unit.reports.get(report_id)
        if one is None or me in {one.reporter_id, one.about_id}:
            raise NotFound("there is no such report", field="report")
        seeing.saw(unit, principal, [one.reporter_id], what="report")
        closed = _closed(unit, one, state, by=me, end=end or apart)
        if apart:
            unit.blocks.put(one.reporter_id, one.about_id, at=unit.now)
            # What they have beside what was reported: requests, suggestions, groups. It is not the reporter who leaves those.
            keeping_apart.separate(unit, one.about_id, one.reporter_id)
        return closed

    return await runtime.database.write(principal.installation_id, work)


def _closed(unit: UnitOfWork, one: Report, state: ReportState, *, by: int, end: bool) -> Seen:
    done = replace(one, state=step(one, state), closed_at=None if state is ReportState.LOOKING else unit.now)
    unit.reports.put(done)
    if state is not ReportState.LOOKING:
        for each in _together(unit, done):
            if end:
                mentoring.end(unit, each.id, reason=EndReason.SAFETY, by="safety")
            elif not unit.reports.suspends(each.id, each.people):
                for person in each.people:
                    tell(unit, person, "mentorship.resumed", key=f"report:{one.id}:resumed:{each.id}:{person}", about={})
        if state is not ReportState.WITHDRAWN:
            tell(unit, one.reporter_id, "report.closed", key=f"report:{one.id}:closed", about={"role": state.value})
    unit.record("report.decided", actor=str(by), report=str(one.id), state=state.value)
    return Seen(report=done, words=words_of(unit, done))


# ---------------------------------------------------------------------------------------------------------------------- reading


async def page(runtime: Runtime, principal: Principal, *, after: int | None, limit: int, state: ReportState | None) -> list[Seen]:
    """Reports, the newest first, for those who look after safety; each reading is in the log that members see. Those that concern the reader are left out."""
    me = staffing.require_safety(principal)

    def work(unit: UnitOfWork) -> list[Seen]:
        found = unit.reports.page(after=after, limit=limit, state=state, but_of=me)
        seeing.saw(unit, principal, {one.reporter_id for one in found}, what="report")
        return [Seen(report=one, words=words_of(unit, one)) for one in found]

    return await runtime.database.write(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Seen]:
    """What one reported, the oldest first."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> list[Seen]:
        return [Seen(report=one, words=words_of(unit, one)) for one in unit.reports.of_reporter(me)]

    return await runtime.database.read(principal.installation_id, work)
