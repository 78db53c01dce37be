"""Mails to members, from when they are written until they were sent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.store.repositories.sending import Sending
from plugin.store.tables import mails


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


class Mails(Sending):
    """Mails. A key is used once, for as long as the mail is remembered."""

    _table, _number = mails, mails.c.mail_id

    def put(self, mail: Mail) -> bool:
        """Keep a mail unless its key is known; ``False`` if it is."""
        row = {
            "mail_id": mail.id,
            "key": mail.key,
            "group": mail.group,
            "member_id": mail.member_id,
            "body": mail.body,
            "state": mail.state,
            "created_at": mail.created_at,
            "next_at": mail.next_at,
        }
        return self._add(mails, row, unique=("key",))

    def due(self, *, now: datetime, limit: int) -> list[int]:
        """Ids of mails that are to be sent now, oldest first."""
        waiting = mails.c.state == "pending", mails.c.next_at <= now
        return [int(row[0]) for row in self._rows(self._select(mails, mails.c.mail_id).where(*waiting).order_by(mails.c.next_at, mails.c.mail_id).limit(limit))]

    def take(self, mail_id: int) -> Mail | None:
        """A mail that still is to be sent."""
        row = self._one(self._select(mails).where(mails.c.mail_id == mail_id, mails.c.state == "pending"))
        return None if row is None else _mail(row)

    def sent(self, mail_id: int, *, at: datetime) -> None:
        """Mark as sent and erase the content."""
        self._set(mail_id, state="sent", sent_at=at, body=None, error="")

    def failed(self, mail_id: int, *, error: str, next_at: datetime | None) -> None:
        """Remember a failure; without ``next_at`` it is given up and its content erased."""
        later: dict[str, object] = {"state": "dead", "body": None} if next_at is None else {"next_at": next_at}
        self._set(mail_id, error=error[:500], **later)

    def count_since(self, member_id: int, since: datetime, *, group: str) -> int:
        """How many mails of a group were made for a member since then."""
        mine = mails.c.member_id == member_id, mails.c.group == group, mails.c.created_at > since
        return int(self._rows(self._select(mails, func.count()).where(*mine))[0][0])

    def prune(self, *, before: datetime) -> None:
        """Forget what was written long ago, whether it was sent or not."""
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
