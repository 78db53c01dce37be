"""Mails on their way, and the addresses that members gave and confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import addresses, mails


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A member's address, sealed. It counts only once it is ``confirmed_at`` and as long as it is not ``stopped_at``."""

    member_id: int
    address: bytes = field(repr=False)
    code: bytes | None = field(default=None, repr=False)
    code_until: datetime | None = None
    tries: int = 0
    confirmed_at: datetime | None = None
    bounces: int = 0
    stopped_at: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether mails may go there."""
        return self.confirmed_at is not None and self.stopped_at is None


class Addresses(Repository):
    """One address a member."""

    def get(self, member_id: int) -> Address | None:
        """A member's address."""
        row = self._one(self._select(addresses).where(addresses.c.member_id == member_id))
        if row is None:
            return None
        return Address(
            member_id=row.member_id,
            address=row.address,
            code=row.code,
            code_until=row.code_until,
            tries=row.tries,
            confirmed_at=row.confirmed_at,
            bounces=row.bounces,
            stopped_at=row.stopped_at,
        )

    def put(self, one: Address) -> None:
        """Keep a member's address in place of an earlier one."""
        row = {
            "member_id": one.member_id,
            "address": one.address,
            "code": one.code,
            "code_until": one.code_until,
            "tries": one.tries,
            "confirmed_at": one.confirmed_at,
            "bounces": one.bounces,
            "stopped_at": one.stopped_at,
        }
        self._put(addresses, [row])

    def remove(self, member_id: int) -> None:
        """Forget a member's address."""
        self._run(self._delete(addresses).where(addresses.c.member_id == member_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to a member; ``body`` is sealed and gone once it was sent."""

    id: int
    key: str
    group: str
    member_id: int
    body: bytes | None = field(repr=False)
    state: str = "pending"
    attempts: int = 0
    created_at: datetime
    next_at: datetime
    error: str = ""


class Mails(Repository):
    """Mails. A key is used once for ever."""

    def put(self, mail: Mail) -> bool:
        """Keep a mail unless its key is known; ``False`` if it is."""
        row = {
            "installation_id": self.installation_id,
            "mail_id": mail.id,
            "key": mail.key,
            "group": mail.group,
            "member_id": mail.member_id,
            "body": mail.body,
            "state": mail.state,
            "created_at": mail.created_at,
            "next_at": mail.next_at,
        }
        return self._run(self._insert(mails).on_conflict_do_nothing(index_elements=["installation_id", "key"]), [row]) > 0

    def due(self, *, now: datetime, limit: int) -> list[int]:
        """Ids of mails that are to be sent now, oldest first."""
        waiting = mails.c.state == "pending", mails.c.next_at <= now
        return [int(row[0]) for row in self._rows(self._select(mails, mails.c.mail_id).where(*waiting).order_by(mails.c.next_at, mails.c.mail_id).limit(limit))]

    def take(self, mail_id: int) -> Mail | None:
        """A mail that still is to be sent."""
        row = self._one(self._select(mails).where(mails.c.mail_id == mail_id, mails.c.state == "pending"))
        return None if row is None else _mail(row)

    def attempt(self, mail_id: int, *, next_at: datetime) -> None:
        """Count a try before it is made."""
        self._run(self._update(mails).where(mails.c.mail_id == mail_id).values(attempts=mails.c.attempts + 1, next_at=next_at))

    def sent(self, mail_id: int, *, at: datetime) -> None:
        """Mark as sent and erase the content."""
        self._run(self._update(mails).where(mails.c.mail_id == mail_id).values(state="sent", sent_at=at, body=None, error=""))

    def failed(self, mail_id: int, *, error: str, next_at: datetime | None) -> None:
        """Remember a failure; without ``next_at`` it is given up and its content erased."""
        values: dict[str, object] = {"error": error[:500]} | ({"state": "dead", "body": None} if next_at is None else {"next_at": next_at})
        self._run(self._update(mails).where(mails.c.mail_id == mail_id).values(**values))

    def drop(self, mail_id: int, *, why: str) -> None:
        """Give a mail up because it is no longer wanted."""
        self._run(self._update(mails).where(mails.c.mail_id == mail_id).values(state="dropped", body=None, error=why))

    def take_back(self, keys: Iterable[str], *, why: str) -> set[str]:
        """Give up what was not sent yet; returns the keys of mails that nobody ever tried to send, which can be used again."""
        fresh: set[str] = set()
        for part in chunks(keys):
            untried = mails.c.key.in_(part), mails.c.state == "pending", mails.c.attempts == 0
            fresh |= {row[0] for row in self._rows(self._select(mails, mails.c.key).where(*untried))}
            self._run(self._delete(mails).where(*untried))
            waiting = mails.c.key.in_(part), mails.c.body.is_not(None)
            self._run(self._update(mails).where(*waiting).values(state="dropped", body=None, error=why))
        return fresh

    def count_since(self, member_id: int, since: datetime, *, group: str) -> int:
        """How many mails of a group were made for a member since then."""
        mine = mails.c.member_id == member_id, mails.c.group == group, mails.c.created_at > since
        return int(self._rows(self._select(mails, func.count()).where(*mine))[0][0])

    def next_at(self) -> datetime | None:
        """When the next mail falls due."""
        row = self._one(self._select(mails, func.min(mails.c.next_at)).where(mails.c.state == "pending"))
        return None if row is None else row[0]

    def prune(self, *, before: datetime) -> None:
        """Forget what was sent long ago."""
        self._run(self._delete(mails).where(mails.c.created_at < before))

    def listing(self, *, limit: int) -> list[Mail]:
        """Mails, newest first."""
        return [_mail(row) for row in self._rows(self._select(mails).order_by(mails.c.created_at.desc(), mails.c.mail_id.desc()).limit(limit))]


def _mail(row: Row[*tuple[Any, ...]]) -> Mail:
    return Mail(
        id=row.mail_id,
        key=row.key,
        group=row.group,
        member_id=row.member_id,
        body=row.body,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        error=row.error,
    )
