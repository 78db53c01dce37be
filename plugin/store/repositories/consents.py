"""What members agreed to."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from plugin.domain.members import Consent, ConsentRecord
from plugin.store.repositories.base import Repository
from plugin.store.tables import consents


class Consents(Repository):
    """Every decision of every member, the last of each kind being in force."""

    def add(self, record: ConsentRecord) -> None:
        """Remember a decision."""
        self._put(
            consents,
            [
                {
                    "member_id": record.member_id,
                    "kind": record.kind.value,
                    "at": record.at,
                    "given": record.given,
                    "source": record.source,
                    "text_version": record.text_version,
                }
            ],
        )

    def of(self, member_id: int) -> dict[Consent, ConsentRecord]:
        """The decisions of a member that are in force."""
        rows = self._rows(self._select(consents).where(consents.c.member_id == member_id).order_by(consents.c.at))
        return {record.kind: record for record in map(_consent, rows)}

    def refused(self, kind: Consent, member_ids: Iterable[int]) -> set[int]:
        """Who of these members decided last not to agree."""
        columns = consents.c.member_id, consents.c.given, consents.c.kind, consents.c.at
        rows = [row for row in self._among(consents.c.member_id, member_ids, *columns) if row.kind == kind.value]
        return {one for one, given in {row.member_id: row.given for row in sorted(rows, key=lambda row: row.at)}.items() if not given}

    def in_force(self, kind: Consent) -> dict[int, bool]:
        """What each member who decided has decided last."""
        rows = self._rows(self._select(consents, consents.c.member_id, consents.c.given).where(consents.c.kind == kind.value).order_by(consents.c.at))
        return {row.member_id: row.given for row in rows}


def _consent(row: Row[*tuple[Any, ...]]) -> ConsentRecord:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
    values.pop("installation_id")
    return ConsentRecord(kind=Consent(values.pop("kind")), **values)
