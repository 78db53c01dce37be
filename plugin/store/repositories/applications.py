"""Applications of developers and what they hold."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func

from plugin.domain.applications import Application, ApplicationState
from plugin.domain.people import Scope
from plugin.store.repositories.base import Repository
from plugin.store.tables import application_codes, application_consents, application_refreshes, application_tokens, applications, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code, by its hash."""

    digest: bytes
    application_id: int
    member_id: int
    family: int
    scopes: frozenset[Scope]
    redirect_uri: str
    challenge: str
    used: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """A refresh token, by its hash."""

    digest: bytes
    application_id: int
    member_id: int
    family: int
    scopes: frozenset[Scope]
    used: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What a member lets an application do."""

    application: Application
    scopes: frozenset[Scope]
    at: datetime


def _written(scopes: Iterable[Scope]) -> list[str]:
    return sorted(scope.value for scope in scopes)


def _read(scopes: Iterable[str]) -> frozenset[Scope]:
    return frozenset(Scope(scope) for scope in scopes)


class Applications(Repository):
    """Each statement about tokens goes by the family, which is everything that came of one authorization."""

    def put(self, one: Application) -> None:
        """Insert or replace."""
        values = {name: getattr(one, name) for name in ("client_id", "secret", "name", "created_at", "decided_at")}
        values |= {"application_id": one.id, "redirect_uris": list(one.redirect_uris), "grants": sorted(one.grants)}
        self._put(applications, [values | {"scopes": _written(one.scopes), "state": one.state.value}])

    def find(self, client_id: str) -> Application | None:
        """By the id that the application names itself by."""
        row = self._one(self._select(applications).where(applications.c.client_id == client_id))
        return None if row is None else _application(row)

    def get(self, application_id: int) -> Application | None:
        """By our id."""
        row = self._one(self._select(applications).where(applications.c.application_id == application_id))
        return None if row is None else _application(row)

    def listing(self) -> list[Application]:
        """All, the newest first."""
        return [_application(row) for row in self._rows(self._select(applications).order_by(applications.c.application_id.desc()))]

    def count_pending(self) -> int:
        """How many wait for an admin."""
        row = self._one(self._select(applications, func.count()).where(applications.c.state == ApplicationState.PENDING.value))
        return 0 if row is None else int(row[0])

    # ------------------------------------------------------------------------------------------------------------- what members allow

    def allow(self, application_id: int, member_id: int, scopes: frozenset[Scope], *, at: datetime) -> None:
        """Remember what a member allowed, in place of what they did before."""
        self._put(application_consents, [{"application_id": application_id, "member_id": member_id, "scopes": _written(scopes), "at": at}])

    def allowed(self, application_id: int, member_id: int) -> frozenset[Scope]:
        """What a member allowed; empty if nothing."""
        mine = application_consents.c.application_id == application_id, application_consents.c.member_id == member_id
        row = self._one(self._select(application_consents).where(*mine))
        return frozenset() if row is None else _read(row.scopes)

    def allowed_by(self, member_id: int) -> list[Allowed]:
        """Everything that a member allowed."""
        rows = self._rows(self._select(application_consents).where(application_consents.c.member_id == member_id))
        known = {one.id: one for one in self.listing()}
        return [Allowed(application=known[row.application_id], scopes=_read(row.scopes), at=row.at) for row in rows]

    def withdraw(self, application_id: int, member_id: int) -> bool:
        """End what a member allowed, and everything that came of it; returns whether there was anything."""
        mine = application_consents.c.application_id == application_id, application_consents.c.member_id == member_id
        there = self._run(self._delete(application_consents).where(*mine)) > 0
        held = self._select(application_tokens, application_tokens.c.token_id).where(application_tokens.c.application_id == application_id)
        self._run(self._delete(tokens).where(tokens.c.member_id == member_id, tokens.c.token_id.in_(held)))
        for one in (application_codes, application_refreshes):
            self._run(self._delete(one).where(one.c.application_id == application_id, one.c.member_id == member_id))
        return there

    # ------------------------------------------------------------------------------------------------------------- what applications hold

    def put_code(self, code: Code) -> None:
        """Keep a code."""
        self._put(application_codes, [asdict(code) | {"scopes": _written(code.scopes)}])

    def code(self, digest: bytes) -> Code | None:
        """The code with this hash, used or not."""
        row = self._one(self._select(application_codes).where(application_codes.c.digest == digest))
        return None if row is None else Code(**_values(row))

    def use_code(self, digest: bytes) -> bool:
        """Use a code up; returns whether it was unused until now."""
        return self._run(self._update(application_codes).where(application_codes.c.digest == digest, application_codes.c.used.is_(False)).values(used=True)) > 0

    def put_refresh(self, refresh: Refresh) -> None:
        """Keep a refresh token."""
        self._put(application_refreshes, [asdict(refresh) | {"scopes": _written(refresh.scopes)}])

    def refresh(self, digest: bytes) -> Refresh | None:
        """The refresh token with this hash, used or not."""
        row = self._one(self._select(application_refreshes).where(application_refreshes.c.digest == digest))
        return None if row is None else Refresh(**_values(row))

    def use_refresh(self, digest: bytes) -> bool:
        """Use a refresh token up; returns whether it was unused until now."""
        mine = application_refreshes.c.digest == digest, application_refreshes.c.used.is_(False)
        return self._run(self._update(application_refreshes).where(*mine).values(used=True)) > 0

    def hold(self, token_id: int, *, application_id: int, family: int) -> None:
        """Note which application an access token is held by."""
        self._put(application_tokens, [{"token_id": token_id, "application_id": application_id, "family": family}])

    def holder(self, token_id: int) -> tuple[int, int] | None:
        """The application that holds an access token, and the token's family."""
        row = self._one(self._select(application_tokens).where(application_tokens.c.token_id == token_id))
        return None if row is None else (row.application_id, row.family)

    def end_family(self, family: int) -> None:
        """Revoke everything that came of one authorization."""
        self._end(application_tokens.c.family == family, application_refreshes.c.family == family)

    def end_all(self, application_id: int) -> None:
        """Revoke everything that an application holds."""
        self._end(application_tokens.c.application_id == application_id, application_refreshes.c.application_id == application_id)
        self._run(self._delete(application_codes).where(application_codes.c.application_id == application_id))

    def _end(self, held: ColumnElement[bool], refreshes: ColumnElement[bool]) -> None:
        self._run(self._delete(tokens).where(tokens.c.token_id.in_(self._select(application_tokens, application_tokens.c.token_id).where(held))))
        self._run(self._delete(application_refreshes).where(refreshes))

    def prune(self, *, now: datetime, pending_before: datetime) -> None:
        """Remove codes and refresh tokens whose time is over, and applications that nobody decided about."""
        self._run(self._delete(application_codes).where(application_codes.c.expires_at < now))
        self._run(self._delete(application_refreshes).where(application_refreshes.c.expires_at < now))
        waiting = applications.c.state == ApplicationState.PENDING.value, applications.c.created_at < pending_before
        self._run(self._delete(applications).where(*waiting))


def _values(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    found = {name: value for name, value in row._mapping.items() if name != "installation_id"}  # noqa: SLF001 - a row's public name for its columns
    return found | {"digest": bytes(row.digest), "scopes": _read(row.scopes)}


def _application(row: Row[*tuple[Any, ...]]) -> Application:
    return Application(
        id=row.application_id,
        client_id=row.client_id,
        secret=None if row.secret is None else bytes(row.secret),
        name=row.name,
        redirect_uris=tuple(row.redirect_uris),
        grants=frozenset(row.grants),
        scopes=_read(row.scopes),
        state=ApplicationState(row.state),
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
