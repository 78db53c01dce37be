"""What the host said is gone."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import gone


class Gone(Repository):
    """What the host said is gone."""

    @cached_property
    def _any(self) -> bool:
        return bool(self._rows(self._select(gone, gone.c.host_id).limit(1)))

    def has(self, kind: str, host_ids: Iterable[str]) -> set[str]:
        """Which of these are gone."""
        found: set[str] = set()
        for part in chunks(sorted(set(host_ids))) if self._any else ():
            found |= {row[0] for row in self._rows(self._select(gone, gone.c.host_id).where(gone.c.kind == kind, gone.c.host_id.in_(part)))}
        return found

    def add(self, kind: str, host_id: str, *, at: datetime) -> None:
        """Remember that something is gone."""
        self._any = True
        self._put(gone, [{"kind": kind, "host_id": host_id, "at": at}])

    def back(self, kind: str, host_id: str) -> None:
        """It is there after all."""
        # Asked for every post that is read; in most communities nothing is gone.
        if self._any:
            self._run(self._delete(gone).where(gone.c.kind == kind, gone.c.host_id == host_id))

    def prune(self, *, before: datetime) -> None:
        """Forget what can no longer be brought back by a late delivery."""
        self._run(self._delete(gone).where(gone.c.at < before))
