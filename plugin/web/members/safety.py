"""Keeping somebody away, and reporting them to those who look after safety."""

from starlette.responses import Response

from plugin.domain.reports import ReportKind
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.safety import keeping_apart, reporting
from plugin.texts import together as words
from plugin.web.members.frame import show_mine
from plugin.web.visits import Visit, id_of


async def view(visit: Visit) -> Response:
    """Whom one keeps away, what one reported, and forms for both."""
    reports = await reporting.mine(visit.runtime, visit.principal)
    people = await visit.people({one.report.about_id for one in reports})
    kept = await keeping_apart.mine(visit.runtime, visit.principal)
    return await show_mine(visit, "safety.html", part="safety", kept=kept, reports=list(reversed(reports)), people=people, words=words)


async def act(visit: Visit) -> Response:
    """Block, allow again, report, take a report back."""
    runtime, principal = visit.runtime, visit.principal
    what = visit.text("do")
    if what == "withdraw":
        await reporting.withdraw(runtime, principal, id_of(visit.text("report")))
        return visit.go("/my/safety", "withdrawn")
    if what not in {"block", "unblock", "report"}:
        raise Invalid("choose what to do")
    kind = visit.text("kind")
    if what == "report" and kind not in set(ReportKind):
        raise Invalid("choose what it is about", field="kind")
    named = "username" if what == "report" else "whom"
    other = (await visiting.member_named(runtime, principal, visit.text(named), field=named)).id
    if what == "report":
        said = visit.text("words")
        await reporting.report(runtime, principal, other, kind=ReportKind(kind), words=said, mentorship_id=None, block=visit.checked("apart"))
        return visit.go("/my/safety", "sent")
    await (keeping_apart.block if what == "block" else keeping_apart.unblock)(runtime, principal, other)
    return visit.go("/my/safety", "saved")
