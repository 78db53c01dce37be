"""Reports to those who look after safety."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, and_, or_

from plugin.domain.reports import UNDECIDED, Report, ReportKind, ReportState
from plugin.store.repositories.base import Repository
from plugin.store.tables import reports

_UNDECIDED = [one.value for one in UNDECIDED]


class Reports(Repository):
    """Reports. What they say is sealed."""

    def put(self, report: Report) -> None:
        """Insert or replace a report."""
        plain = ("reporter_id", "about_id", "mentorship_id", "words", "at", "closed_at")
        values: dict[str, object] = {name: getattr(report, name) for name in plain}
        self._put(reports, [values | {"report_id": report.id, "kind": report.kind.value, "state": report.state.value}])

    def get(self, report_id: int) -> Report | None:
        """The report with this id."""
        row = self._one(self._select(reports).where(reports.c.report_id == report_id))
        return None if row is None else _report(row)

    def of_reporter(self, member_id: int) -> list[Report]:
        """What a member reported, the oldest first."""
        return [_report(row) for row in self._rows(self._select(reports).where(reports.c.reporter_id == member_id).order_by(reports.c.at, reports.c.report_id))]

    def page(self, *, after: int | None, limit: int, state: ReportState | None, but_of: int) -> list[Report]:
        """Reports, the newest first, without those that are about or by one member."""
        statement = self._select(reports).where(reports.c.reporter_id != but_of, reports.c.about_id != but_of)
        if after is not None:
            statement = statement.where(reports.c.report_id < after)
        if state is not None:
            statement = statement.where(reports.c.state == state.value)
        return [_report(row) for row in self._rows(statement.order_by(reports.c.report_id.desc()).limit(limit))]

    def suspends(self, mentorship_id: int, people: Collection[int]) -> bool:
        """Whether a report about a mentorship, or of one of its people about another, is still looked into."""
        both = and_(reports.c.reporter_id.in_(sorted(people)), reports.c.about_id.in_(sorted(people)))
        statement = self._select(reports, reports.c.report_id).where(reports.c.state.in_(_UNDECIDED), or_(reports.c.mentorship_id == mentorship_id, both))
        return bool(self._rows(statement.limit(1)))

    def between(self, people: Collection[int]) -> bool:
        """Whether a report of one of these about another is still looked into."""
        both = reports.c.reporter_id.in_(sorted(people)), reports.c.about_id.in_(sorted(people))
        return bool(self._rows(self._select(reports, reports.c.report_id).where(reports.c.state.in_(_UNDECIDED), *both).limit(1)))

    def undecided_pairs(self) -> set[frozenset[int]]:
        """Members between whom a report is still looked into."""
        rows = self._rows(self._select(reports, reports.c.reporter_id, reports.c.about_id).where(reports.c.state.in_(_UNDECIDED)))
        return {frozenset((row[0], row[1])) for row in rows}


def _report(row: Row[*tuple[Any, ...]]) -> Report:
    return Report(
        id=row.report_id,
        reporter_id=row.reporter_id,
        about_id=row.about_id,
        mentorship_id=row.mentorship_id,
        kind=ReportKind(row.kind),
        state=ReportState(row.state),
        words=row.words,
        at=row.at,
        closed_at=row.closed_at,
    )
