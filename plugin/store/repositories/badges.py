"""Badges of the host, and who holds them."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.sql.expression import true

from plugin.store.repositories.base import Repository
from plugin.store.tables import badges


class Badges(Repository):
    """Badges that members hold."""

    def grant(self, member_id: int, badge_id: str, *, grant_id: str, name: str, at: datetime) -> None:
        """Remember a grant."""
        self._put(badges, [{"member_id": member_id, "badge_id": badge_id, "grant_id": grant_id, "name": name, "granted_at": at}])

    def revoke(self, member_id: int, badge_id: str, *, grant_id: str | None) -> None:
        """Forget a grant, or all grants of a badge when the host did not number them."""
        which: ColumnElement[bool] = true() if grant_id is None else badges.c.grant_id == grant_id
        self._run(self._delete(badges).where(and_(badges.c.member_id == member_id, badges.c.badge_id == badge_id, which)))

    def all(self) -> set[tuple[int, str]]:
        """All pairs of member and badge."""
        return {(row[0], row[1]) for row in self._rows(self._select(badges, badges.c.member_id, badges.c.badge_id))}
