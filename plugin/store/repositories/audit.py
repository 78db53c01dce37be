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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry's number and chain value, from which the next one follows. The first entry follows from nothing."""

    number: int = 0
    chain: bytes = b""


BATCH = 1_000
"""Entries of a long log that are in memory at once while it is verified."""


class Audit(Repository):
    """An append-only log; each entry's chain value covers the one before, so a removed or altered entry shows."""

    def add(self, action: str, *, actor: str, at: datetime, detail: Mapping[str, object], key: bytes) -> int:
        """Append an entry; returns its number. ``actor`` and ``detail`` hold no names, only ids of ours."""
        last = self._connection.execute(self._select(audit, audit.c.number, audit.c.chain).order_by(audit.c.number.desc()).limit(1)).one_or_none()
        number, before = (1, b"") if last is None else (last.number + 1, bytes(last.chain))
        chain = _chained(before, number, at, actor, action, detail, key=key)
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

    def link(self, number: int) -> Link:
        """The link at an entry; without a chain value if there is no such entry."""
        row = self._one(self._select(audit, audit.c.chain).where(audit.c.number == number))
        return Link(number=number, chain=b"" if row is None else bytes(row.chain))

    def verify(self, *, key: bytes, after: Link, until: int | None = None) -> tuple[Link, int | None]:
        """How far the log goes on whole after a link, at most until a number, and the first entry that does not follow from the one before, if one does not."""
        whole = after
        mine = self._select(audit) if until is None else self._select(audit).where(audit.c.number <= until)
        while rows := self._rows(mine.where(audit.c.number > whole.number).order_by(audit.c.number).limit(BATCH)):
            for row in rows:
                chain = _chained(whole.chain, row.number, row.at, row.actor, row.action, row.detail, key=key)
                if row.number != whole.number + 1 or not hmac.compare_digest(chain, bytes(row.chain)):
                    return whole, int(row.number)
                whole = Link(number=row.number, chain=chain)
        return whole, None


def _chained(before: bytes, number: int, at: datetime, actor: str, action: str, detail: Mapping[str, object], *, key: bytes) -> bytes:
    """The chain value of an entry that follows on another's."""
    text = orjson.dumps([number, to_micros(at), actor, action, detail], option=orjson.OPT_SORT_KEYS)
    return hmac.new(key, before + text, hashlib.sha256).digest()


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(number=row.number, at=row.at, actor=row.actor, action=row.action, detail=row.detail)
