"""Tokens, sign-ins under way, and the log of who did what."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, func, or_

from plugin.domain.people import Office, Scope
from plugin.store.repositories.base import Repository
from plugin.store.tables import actors, application_refreshes, audit, invitations, operator_keys, sign_ins, staff, tokens
from plugin.store.types import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token: never the token itself."""

    id: int
    digest: bytes
    member_id: int | None
    scopes: frozenset[Scope]
    audience: str
    name: str
    created_at: datetime
    expires_at: datetime | None


class Tokens(Repository):
    """Bearer tokens by their hash."""

    def put(self, token: Token) -> None:
        """Keep a token's hash."""
        self._put(
            tokens,
            [
                {
                    "token_id": token.id,
                    "digest": token.digest,
                    "member_id": token.member_id,
                    "scopes": sorted(scope.value for scope in token.scopes),
                    "audience": token.audience,
                    "name": token.name,
                    "created_at": token.created_at,
                    "expires_at": token.expires_at,
                }
            ],
        )

    def find(self, digest: bytes) -> Token | None:
        """The token with this hash."""
        row = self._one(self._select(tokens).where(tokens.c.digest == digest))
        return None if row is None else _token(row)

    def listing(self, *, member_id: int | None, now: datetime) -> list[Token]:
        """Tokens of a member, or with ``None`` of services, that are good still; newest first."""
        owner = tokens.c.member_id.is_(None) if member_id is None else tokens.c.member_id == member_id
        good = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)
        return [_token(row) for row in self._rows(self._select(tokens).where(owner, good).order_by(tokens.c.token_id.desc()))]

    def revoke(self, token_id: int, *, member_id: int | None) -> bool:
        """Remove one token of a member, or with ``None`` of a service; returns whether there was one."""
        owner = tokens.c.member_id.is_(None) if member_id is None else tokens.c.member_id == member_id
        return self._run(self._delete(tokens).where(tokens.c.token_id == token_id, owner)) > 0

    def revoke_of(self, member_id: int) -> int:
        """Remove all tokens of a member, and those by which applications would get new ones."""
        self._run(self._delete(application_refreshes).where(application_refreshes.c.member_id == member_id))
        return self._run(self._delete(tokens).where(tokens.c.member_id == member_id))

    def prune(self, *, now: datetime) -> None:
        """Remove tokens that have expired."""
        self._run(self._delete(tokens).where(tokens.c.expires_at < now))


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    return Token(
        id=row.token_id,
        digest=bytes(row.digest),
        member_id=row.member_id,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        audience=row.audience,
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


class Staff(Repository):
    """Offices that were granted to members, and invitations to them."""

    def of(self, member_id: int) -> frozenset[Office]:
        """The offices of a member."""
        return frozenset(Office(row[0]) for row in self._rows(self._select(staff, staff.c.office).where(staff.c.member_id == member_id)))

    def holders(self, office: Office) -> dict[int, datetime]:
        """Who holds an office, and since when."""
        rows = self._rows(self._select(staff, staff.c.member_id, staff.c.granted_at).where(staff.c.office == office.value).order_by(staff.c.granted_at))
        return {row.member_id: row.granted_at for row in rows}

    def grant(self, member_id: int, office: Office, *, at: datetime) -> None:
        """Give a member an office."""
        self._put(staff, [{"member_id": member_id, "office": office.value, "granted_at": at}], keep=("granted_at",))

    def withdraw(self, member_id: int, office: Office) -> bool:
        """Take an office back; returns whether the member had it."""
        return self._run(self._delete(staff).where(staff.c.member_id == member_id, staff.c.office == office.value)) > 0

    def invite(self, digest: bytes, office: Office, *, expires_at: datetime) -> None:
        """Remember an invitation."""
        self._put(invitations, [{"digest": digest, "office": office.value, "expires_at": expires_at}])

    def invited(self, digest: bytes, *, now: datetime) -> Office | None:
        """The office that an invitation is for; ``None`` if it is unknown, used or expired."""
        row = self._one(self._select(invitations).where(invitations.c.digest == digest, invitations.c.expires_at > now))
        return None if row is None else Office(row.office)

    def use(self, digest: bytes) -> None:
        """Use an invitation up."""
        self._run(self._delete(invitations).where(invitations.c.digest == digest))

    def prune(self, *, now: datetime) -> None:
        """Remove invitations that nobody took."""
        self._run(self._delete(invitations).where(invitations.c.expires_at < now))


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
        return [Entry(number=row.number, at=row.at, actor=row.actor, action=row.action, detail=row.detail) for row in rows]

    def page(self, *, before: int | None, limit: int) -> list[Entry]:
        """Entries, the newest first, those before the number ``before``."""
        mine = self._select(audit)
        if before is not None:
            mine = mine.where(audit.c.number < before)
        rows = self._rows(mine.order_by(audit.c.number.desc()).limit(limit))
        return [Entry(number=row.number, at=row.at, actor=row.actor, action=row.action, detail=row.detail) for row in rows]

    def verify(self, *, key: bytes) -> int | None:
        """The number of the first entry that does not follow from the one before; ``None`` if all do."""
        before = b""
        for expected, row in enumerate(self._rows(self._select(audit).order_by(audit.c.number)), start=1):
            text = orjson.dumps([row.number, to_micros(row.at), row.actor, row.action, row.detail], option=orjson.OPT_SORT_KEYS)
            before = hmac.new(key, before + text, hashlib.sha256).digest()
            if row.number != expected or not hmac.compare_digest(before, bytes(row.chain)):
                return int(row.number)
        return None
