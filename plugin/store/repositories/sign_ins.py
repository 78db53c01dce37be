"""Ways in: sign-ins that are under way, and what whoever runs the service comes in by."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.store.repositories.base import Repository
from plugin.store.tables import operator_keys, sign_ins


class OperatorKeys(Repository):
    """Set-up links and sessions of whoever runs the service."""

    def put(self, digest: bytes, *, kind: str, expires_at: datetime) -> None:
        """Remember one; ``kind`` is ``link`` or ``session``."""
        self._put(operator_keys, [{"digest": digest, "kind": kind, "expires_at": expires_at}])

    def good(self, digest: bytes, *, kind: str, now: datetime) -> bool:
        """Whether there is such a one that has not expired."""
        columns = operator_keys.c
        return self._one(self._select(operator_keys, columns.kind).where(columns.digest == digest, columns.kind == kind, columns.expires_at > now)) is not None

    def take(self, digest: bytes, *, kind: str, now: datetime) -> bool:
        """Remove one; returns whether it was good until now."""
        columns = operator_keys.c
        return self._run(self._delete(operator_keys).where(columns.digest == digest, columns.kind == kind, columns.expires_at > now)) > 0

    def clear(self, *, kind: str) -> None:
        """Remove all of a kind."""
        self._run(self._delete(operator_keys).where(operator_keys.c.kind == kind))

    def prune(self, *, now: datetime) -> None:
        """Remove what has expired."""
        self._run(self._delete(operator_keys).where(operator_keys.c.expires_at < now))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in that was begun. ``flow`` is the way it goes; ``binding`` ties it to one browser or one page, or is the hash of the code to be typed.

    ``memory`` is sealed; ``about`` is a keyed hash of who was named; ``tries`` are codes that were typed.
    """

    nonce: bytes
    flow: str
    binding: bytes
    next_path: str
    expires_at: datetime
    memory: bytes | None = field(default=None, repr=False)
    about: bytes | None = None
    tries: int = 0


def _sign_in(row: Row[*tuple[Any, ...]] | None, now: datetime) -> SignIn | None:
    if row is None or row.expires_at < now:
        return None
    return SignIn(
        nonce=bytes(row.nonce),
        flow=row.flow,
        binding=bytes(row.binding),
        next_path=row.next_path,
        expires_at=row.expires_at,
        memory=None if row.memory is None else bytes(row.memory),
        about=None if row.about is None else bytes(row.about),
        tries=row.tries,
    )


class SignIns(Repository):
    """Nonces, each good once."""

    def begin(self, sign_in: SignIn) -> None:
        """Remember a sign-in under way."""
        self._put(sign_ins, [asdict(sign_in)])

    def take(self, nonce: bytes, *, now: datetime) -> SignIn | None:
        """The sign-in of a nonce, which is used up by this; ``None`` if unknown, used or expired."""
        row = self._connection.execute(self._delete(sign_ins).where(sign_ins.c.nonce == nonce).returning(*sign_ins.c)).one_or_none()
        return _sign_in(row, now)

    def find(self, nonce: bytes, *, now: datetime) -> SignIn | None:
        """The sign-in of a nonce, which stays; ``None`` if unknown, used or expired."""
        return _sign_in(self._one(self._select(sign_ins).where(sign_ins.c.nonce == nonce)), now)

    def try_code(self, nonce: bytes, *, flow: str, most: int, now: datetime) -> SignIn | None:
        """The sign-in of a nonce with one more try counted; ``None`` if there is none with a try left. Counted before anything is compared."""
        mine = self._update(sign_ins).where(sign_ins.c.nonce == nonce, sign_ins.c.flow == flow, sign_ins.c.tries < most, sign_ins.c.expires_at >= now)
        return _sign_in(self._connection.execute(mine.values(tries=sign_ins.c.tries + 1).returning(*sign_ins.c)).one_or_none(), now)

    def remember(self, nonce: bytes, memory: bytes, *, about: bytes) -> bool:
        """Keep what was found out since a sign-in was begun; ``False`` if it is no longer under way."""
        return self._run(self._update(sign_ins).where(sign_ins.c.nonce == nonce).values(memory=memory, about=about)) > 0

    def count_about(self, about: bytes, *, now: datetime) -> int:
        """How many sign-ins are under way for who was named."""
        row = self._one(self._select(sign_ins, func.count()).where(sign_ins.c.about == about, sign_ins.c.expires_at >= now))
        return 0 if row is None else int(row[0])

    def count(self, *, flow: str = "") -> int:
        """How many are under way, of one way or of all."""
        chosen = self._select(sign_ins, func.count())
        row = self._one(chosen.where(sign_ins.c.flow == flow) if flow else chosen)
        return 0 if row is None else int(row[0])

    def prune(self, *, now: datetime) -> None:
        """Remove sign-ins that nobody finished."""
        self._run(self._delete(sign_ins).where(sign_ins.c.expires_at < now))
