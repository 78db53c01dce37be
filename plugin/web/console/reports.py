"""Reports of members, for those who look after safety and for nobody else."""

from starlette.responses import Response

from plugin.domain.reports import NEXT, ReportState
from plugin.errors import Invalid
from plugin.services.safety import reporting
from plugin.texts import together as words
from plugin.web.console.frame import PAGE, show
from plugin.web.visits import Visit, id_of

DECISIONS = (ReportState.LOOKING, ReportState.UPHELD, ReportState.DISMISSED)


async def listing(visit: Visit) -> Response:
    """The newest first, or those in one state; that they were read is written down for who reported."""
    asked, after = visit.request.query_params.get("state", ""), visit.request.query_params.get("after", "")
    state = ReportState(asked) if asked in set(ReportState) else None
    found = await reporting.page(visit.runtime, visit.principal, after=id_of(after) if after else None, limit=PAGE + 1, state=state)
    shown = found[:PAGE]
    people = await visit.people({each for one in shown for each in (one.report.reporter_id, one.report.about_id)})
    more = shown[-1].report.id if len(found) > PAGE else None
    seen = {"reports": shown, "people": people, "state": state.value if state else "", "more": more}
    return show(visit, "reports.html", section="reports", words=words, next=NEXT, decisions=DECISIONS, **seen)


async def decide(visit: Visit) -> Response:
    """Look into a report, uphold or dismiss it."""
    word = visit.text("decision")
    if word not in {one.value for one in DECISIONS}:
        raise Invalid("choose what you do about it", field="decision")
    what = {"state": ReportState(word), "end": visit.checked("end"), "apart": visit.checked("apart")}
    await reporting.decide(visit.runtime, visit.principal, id_of(visit.text("report")), **what)  # type: ignore[arg-type]  # its own names
    return visit.go("/console/reports", "saved")
