"""Tokens, by their hashes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_

from plugin.domain.people import Scope
from plugin.store.repositories.base import Repository
from plugin.store.tables import application_codes, application_refreshes, tokens


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
        """Remove all tokens of a member, and everything by which applications would get new ones."""
        for one in (application_codes, application_refreshes):
            self._run(self._delete(one).where(one.c.member_id == member_id))
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
