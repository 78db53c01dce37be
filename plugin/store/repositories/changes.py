"""What changed at which revision, for graphs in memory."""

from collections.abc import Sequence
from datetime import datetime

from plugin.store.repositories.base import Repository
from plugin.store.tables import changes


class Changes(Repository):
    """The log that keeps every process's graph in step."""

    def add(self, revision: int, subjects: Sequence[tuple[str, str]], *, at: datetime) -> None:
        """Note what changed at a revision."""
        self._put(changes, [{"revision": revision, "kind": kind, "subject": subject, "at": at} for kind, subject in subjects])

    def since(self, revision: int) -> list[tuple[int, str, str]]:
        """Revision, kind and subject of everything after a revision, in order."""
        rows = self._rows(
            self._select(changes, changes.c.revision, changes.c.kind, changes.c.subject).where(changes.c.revision > revision).order_by(changes.c.revision)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def prune(self, *, before: datetime) -> None:
        """Forget what every process has long seen; one that has not rebuilds."""
        self._run(self._delete(changes).where(changes.c.at < before))
