"""Everything about one member at once: for the export and for the erasure.

Both walk :data:`plugin.store.tables.MEMBER_COLUMNS`, so that a table that is added there is covered by both.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import LargeBinary, or_

from plugin.store.repositories.base import Repository
from plugin.store.tables import MEMBER_COLUMNS, likes, mentions, metadata, posts, topics
from plugin.store.types import Terms

KEPT_WITHOUT_NAME: Mapping[str, tuple[str, ...]] = {"ledger": (), "mentorships": (), "mentees": (), "pair_items": ("words",)}
"""Tables whose rows stay for the other party, with the member's column emptied: "former member"; and the columns that are emptied with it."""

PRIVATE_OF_OTHERS: Mapping[str, tuple[str, ...]] = {
    "blocks": ("other_id",),
    "mentor_choices": ("mentor_id",),
    "reports": ("about_id",),
    "session_statements": ("about_id",),
}
"""Columns by which a row names a member about whom somebody else said something in private: such rows are that person's, and not in this member's export."""
_SAID_OR_TOLD = ("lessons", "mails", "needs", "notices", "outbox", "pair_items", "submissions", "suggestions")
CONFIDED = frozenset({*PRIVATE_OF_OTHERS, *_SAID_OR_TOLD, "actors"})
"""Tables of what a member said or was told in private, and of the number by which the audit log names them: nothing for an admin to read."""
HIDDEN: Mapping[str, frozenset[str]] = {"lessons": frozenset({"reason", "rating"}), "suggestions": frozenset({"need_id", "for_member_id"})}
"""Columns that may tell what somebody else said, or looked for, in private."""


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


class Personal(Repository):
    """All rows about a member."""

    def rows_of(self, member_id: int) -> dict[str, list[Mapping[str, object]]]:
        """Each table's rows about the member, as plain values. Sealed and hashed columns are left out: they say nothing to a person."""
        found: dict[str, list[Mapping[str, object]]] = {}
        for name, columns in MEMBER_COLUMNS.items():
            table = metadata.tables[name]
            shown = [column for column in table.c if column.name not in {"installation_id", "seen_sweep"} and not isinstance(column.type, LargeBinary | Terms)]
            rows = self._rows(self._select(table, *shown).where(or_(*(table.c[column] == member_id for column in columns))))
            found[name] = [{str(key): _plain(value) for key, value in row._mapping.items()} for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name
        return found

    def exported(self, member_id: int) -> dict[str, list[Mapping[str, object]]]:
        """:meth:`rows_of` without what others said, or looked for, in private."""
        found = self.rows_of(member_id)
        for name, private in PRIVATE_OF_OTHERS.items():
            own = [column for column in MEMBER_COLUMNS[name] if column not in private]
            found[name] = [row for row in found[name] if any(row[column] == member_id for column in own)]
        for name, hidden in HIDDEN.items():
            own_side = "for_member_id" if name == "suggestions" else ""
            found[name] = [
                row if own_side and row[own_side] == member_id else {key: value for key, value in row.items() if key not in hidden} for row in found[name]
            ]
        return found

    def exported_in_public(self, member_id: int) -> dict[str, list[Mapping[str, object]]]:
        """:meth:`exported` without what the member themselves said in private."""
        return {name: rows for name, rows in self.exported(member_id).items() if name not in CONFIDED}

    def erase(self, member_id: int) -> None:
        """Remove every row of the member, or the member from rows that others keep."""
        for name, words in KEPT_WITHOUT_NAME.items():
            table = metadata.tables[name]
            for column in MEMBER_COLUMNS[name]:
                self._run(self._update(table).where(table.c[column] == member_id).values(dict.fromkeys((column, *words))))
        mine = self._select(posts, posts.c.post_id).where(posts.c.author_id == member_id).scalar_subquery()
        for table in (likes, mentions):
            self._run(self._delete(table).where(table.c.post_id.in_(mine)))
        self._run(self._update(topics).where(topics.c.solution_post_id.in_(mine)).values(solution_post_id=None))
        for name, columns in reversed(MEMBER_COLUMNS.items()):
            if name not in KEPT_WITHOUT_NAME:
                table = metadata.tables[name]
                self._run(self._delete(table).where(or_(*(table.c[column] == member_id for column in columns))))
