"""The log of who did what."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row

from plugin.store.repositories.base import Repository
from plugin.store.tables import actors, audit
from plugin.store.types import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit log."""

    number: int
    at: datetime
    actor: str
    action: str
    detail: Mapping[str, object]


class Audit(Repository):
    """An append-only log; each entry's chain value covers the one before, so a removed or altered entry shows."""

    def add(self, action: str, *, actor: str, at: datetime, detail: Mapping[str, object], key: bytes) -> int:
        """Append an entry; returns its number. ``actor`` and ``detail`` hold no names, only ids of ours."""
        last = self._connection.execute(self._select(audit, audit.c.number, audit.c.chain).order_by(audit.c.number.desc()).limit(1)).one_or_none()
        number, before = (1, b"") if last is None else (last.number + 1, bytes(last.chain))
        text = orjson.dumps([number, to_micros(at), actor, action, detail], option=orjson.OPT_SORT_KEYS)
        chain = hmac.new(key, before + text, hashlib.sha256).digest()
        row = {"installation_id": self.installation_id, "number": number, "at": at, "actor": actor, "action": action, "detail": dict(detail), "chain": chain}
        self._run(self._insert(audit), [row])
        return number

    def named(self, member_id: int) -> str:
        """How the log names a member; from now on if it never did."""
        row = self._one(self._select(actors, actors.c.number).where(actors.c.member_id == member_id))
        if row is not None:
            return str(row.number)
        number = secrets.randbits(62)
        self._put(actors, [{"member_id": member_id, "number": number}])
        return str(number)

    def behind(self, names: Iterable[str]) -> dict[str, int]:
        """The members whom the log names so; those who were erased are missing."""
        numbers = {int(one) for one in names if one.isdigit()}
        rows = self._rows(self._select(actors, actors.c.number, actors.c.member_id).where(actors.c.number.in_(numbers)))
        return {str(row.number): row.member_id for row in rows}

    def about(self, member_id: int, *, action: str, limit: int, after: datetime | None = None) -> list[Entry]:
        """The newest entries of one action that concern a member, none from before ``after``."""
        known = self._one(self._select(actors, actors.c.number).where(actors.c.member_id == member_id))
        if known is None:
            return []
        mine = self._select(audit).where(audit.c.action == action, audit.c.detail["member"].as_string() == str(known.number))
        if after is not None:
            mine = mine.where(audit.c.at >= after)
        rows = self._rows(mine.order_by(audit.c.number.desc()).limit(limit))
        return [_entry(row) for row in rows]

    def page(self, *, before: int | None, limit: int) -> list[Entry]:
        """Entries, the newest first, those before the number ``before``."""
        mine = self._select(audit)
        if before is not None:
            mine = mine.where(audit.c.number < before)
        rows = self._rows(mine.order_by(audit.c.number.desc()).limit(limit))
        return [_entry(row) for row in rows]

    def verify(self, *, key: bytes) -> int | None:
        """The number of the first entry that does not follow from the one before; ``None`` if all do."""
        before = b""
        for expected, row in enumerate(self._rows(self._select(audit).order_by(audit.c.number)), start=1):
            text = orjson.dumps([row.number, to_micros(row.at), row.actor, row.action, row.detail], option=orjson.OPT_SORT_KEYS)
            before = hmac.new(key, before + text, hashlib.sha256).digest()
            if row.number != expected or not hmac.compare_digest(before, bytes(row.chain)):
                return int(row.number)
        return None


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(number=row.number, at=row.at, actor=row.actor, action=row.action, detail=row.detail)
