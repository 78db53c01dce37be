"""Reporting somebody to those who look after safety."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.safety import reporting
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.types.reports import Report, ReportKind, ReportState
from schema.types.reports import report as report_type


@strawberry.input
class ReportMemberInput:
    """Whom, and what happened. Those who look after safety read it, nobody else."""

    member: strawberry.ID
    kind: ReportKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    words: str
    mentorship: strawberry.ID | None = None
    block: bool = strawberry.field(default=False, description="Whether the two are to be kept apart at once, whatever comes of it.")


@strawberry.input
class ReportInput:
    """Which report."""

    id: strawberry.ID


@strawberry.input
class DecideReportInput:
    """What becomes of a report."""

    id: strawberry.ID
    state: ReportState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    end: bool = strawberry.field(default=False, description="Whether what the two have together ends.")
    apart: bool = strawberry.field(default=False, description="Whether the two are kept apart for good; it ends what they have together.")


@strawberry.type
class ReportPayload:
    """The report as it is now."""

    report: Report | None
    user_errors: list[UserError]


async def _report(principal: Principal, work: Callable[[], Awaitable[reporting.Seen]]) -> ReportPayload:
    found, errors = await attempt(work)
    return ReportPayload(report=None if found is None else report_type(found, installation_id=principal.installation_id), user_errors=errors)


async def report_member(info: Info, input: ReportMemberInput) -> ReportPayload:  # noqa: A002 - the Relay convention
    """Report a member."""
    principal = info.context.require(Scope.ME)

    async def work() -> reporting.Seen:
        about = number_of(principal, input.member, "Member")
        mentorship = None if input.mentorship is None else number_of(principal, input.mentorship, "Mentorship")
        words = plain(input.words, "words")
        return await reporting.report(info.context.runtime, principal, about, kind=input.kind, words=words, mentorship_id=mentorship, block=input.block)

    return await _report(principal, work)


async def withdraw_report(info: Info, input: ReportInput) -> ReportPayload:  # noqa: A002 - the Relay convention
    """Take one's own report back."""
    principal = info.context.require(Scope.ME)

    async def work() -> reporting.Seen:
        return await reporting.withdraw(info.context.runtime, principal, number_of(principal, input.id, "Report"))

    return await _report(principal, work)


async def decide_report(info: Info, input: DecideReportInput) -> ReportPayload:  # noqa: A002 - the Relay convention
    """Look into a report, uphold or dismiss it."""
    principal = info.context.require(Scope.SAFETY)

    async def work() -> reporting.Seen:
        number = number_of(principal, input.id, "Report")
        return await reporting.decide(info.context.runtime, principal, number, state=input.state, end=input.end, apart=input.apart)

    return await _report(principal, work)


@strawberry.type
class ReportMutations:
    """Reports."""

    report_member = strawberry.field(resolver=report_member, description="Report a member to those who look after safety; what the two have is suspended.")
    withdraw_report = strawberry.field(resolver=withdraw_report, description="Take one's own report back.")
    decide_report = strawberry.field(resolver=decide_report, description="Look into a report, uphold or dismiss it; for those who look after safety.")
