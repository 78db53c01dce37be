"""Who is under age, and who was screened."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.domain.screening import Check, Minor, Safeguards, Screening
from plugin.store.repositories.base import Repository
from plugin.store.tables import minors, screenings


class Screenings(Repository):
    """Safeguards of a community. What is said of guardians is sealed."""

    def put(self, one: Screening) -> None:
        """Insert or replace a member's screening."""
        values: dict[str, object] = {name: getattr(one, name) for name in ("member_id", "cleared_at", "expires_at", "revoked_at")}
        self._put(screenings, [values | {"checks": sorted(one.checks)}])

    def get(self, member_id: int) -> Screening | None:
        """A member's screening."""
        row = self._one(self._select(screenings).where(screenings.c.member_id == member_id))
        return None if row is None else _screening(row)

    def all(self) -> list[Screening]:
        """All of them, the one that runs out first first."""
        return [_screening(row) for row in self._rows(self._select(screenings).order_by(screenings.c.expires_at, screenings.c.member_id))]

    def declare(self, one: Minor) -> None:
        """Keep that a member is under age."""
        self._put(minors, [{name: getattr(one, name) for name in ("member_id", "age", "stated_at", "guardian", "consented_at")}])

    def minor(self, member_id: int) -> Minor | None:
        """What a member said of their age, if that was to be under age."""
        row = self._one(self._select(minors).where(minors.c.member_id == member_id))
        return None if row is None else _minor(row)

    def minors(self) -> list[Minor]:
        """Everybody who said that they are under age, the newest first."""
        return [_minor(row) for row in self._rows(self._select(minors).order_by(minors.c.stated_at.desc(), minors.c.member_id))]

    def safeguards(self, now: datetime) -> Safeguards:
        """Who is under age and who was screened. Where nobody is under age, that is one look at an empty table."""
        young = [one for one in self.minors() if one.under_age(now)]
        if not young:
            return Safeguards()
        return Safeguards(
            minors=frozenset(one.member_id for one in young),
            consented=frozenset(one.member_id for one in young if one.consented_at is not None),
            cleared=frozenset(one.member_id for one in self.all() if one.holds(now)),
        )


def _screening(row: Row[*tuple[Any, ...]]) -> Screening:
    return Screening(
        member_id=row.member_id,
        checks=frozenset(Check(one) for one in row.checks),
        cleared_at=row.cleared_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _minor(row: Row[*tuple[Any, ...]]) -> Minor:
    return Minor(member_id=row.member_id, age=row.age, stated_at=row.stated_at, guardian=row.guardian, consented_at=row.consented_at)
