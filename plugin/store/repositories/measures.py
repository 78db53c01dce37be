"""How a community was doing, day by day."""

from collections.abc import Sequence
from datetime import date

from plugin.domain.learning import Measurement
from plugin.store.repositories.base import Repository
from plugin.store.tables import measures


class Measures(Repository):
    """How the community was doing, day by day."""

    def put(self, found: Sequence[Measurement]) -> None:
        """Keep the numbers of a day in place of what was known of it."""
        for day in {one.day for one in found}:
            self._run(self._delete(measures).where(measures.c.day == day.isoformat()))
        self._put(measures, [{"day": one.day.isoformat(), "name": one.name, "subject": one.subject, "value": one.value} for one in found])

    def since(self, day: date, *, names: Sequence[str] = ()) -> list[Measurement]:
        """The numbers from a day on, the oldest first."""
        statement = self._select(measures).where(measures.c.day >= day.isoformat())
        if names:
            statement = statement.where(measures.c.name.in_(names))
        rows = self._rows(statement.order_by(measures.c.day, measures.c.name, measures.c.subject))
        return [Measurement(day=date.fromisoformat(row.day), name=row.name, subject=row.subject, value=row.value) for row in rows]
