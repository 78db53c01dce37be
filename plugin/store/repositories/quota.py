"""How often a host with a monthly quota was called, and for what a day's sign-ins called it."""

from sqlalchemy import literal

from plugin.store.repositories.base import Repository
from plugin.store.tables import host_calls


class HostCalls(Repository):
    """Calls by calendar month (``2026-11``, UTC); of those for people who sign in also by day (``codes 2026-11-28``)."""

    def of(self, month: str) -> int:
        """Calls in a month or day."""
        found = self._one(self._select(host_calls, host_calls.c.calls).where(host_calls.c.month == month))
        return 0 if found is None else int(found[0])

    def add(self, month: str, calls: int) -> None:
        """Count calls, whoever else counts too."""
        statement = self._insert(host_calls).values(installation_id=self.installation_id, month=month, calls=calls)
        self._run(statement.on_conflict_do_update(index_elements=list(host_calls.primary_key), set_={"calls": host_calls.c.calls + literal(calls)}))
