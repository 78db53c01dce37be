"""One transaction of one community."""

from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select, update

from mentorgraph.host import Installation
from plugin.clock import Clock
from plugin.domain.community import Community, Policy
from plugin.domain.webhooks import FeedEvent, data_of
from plugin.errors import NotFound
from plugin.store.crypto import Vault
from plugin.store.engines import away
from plugin.store.epochs import MARKING, is_loud
from plugin.store.ids import Ids
from plugin.store.installations import Keys, community_of
from plugin.store.repositories.all import Repositories
from plugin.store.repositories.audit import Link
from plugin.store.repositories.lanes import Lane
from plugin.store.tables import installations

_INSTALLATION = select(installations).where(installations.c.installation_id == bindparam("installation"))


class UnitOfWork(Repositories):
    """Repositories of one installation over one transaction, and what the transaction sets off when it commits."""

    def __init__(self, connection: Connection, installation_id: int, *, clock: Clock, vault: Vault, ids: Ids) -> None:
        self._connection = connection
        self._ids = ids
        self.installation_id = installation_id
        self.now: datetime = clock()
        self.vault = vault
        self.trace_id = ""
        """Of the delivery that is being handled, or whose effects go on here."""
        self.changed: dict[tuple[str, str], None] = {}
        self.woken: dict[Lane, datetime] = {}
        self.erased = False
        """Whether somebody is erased here, of whom nothing is to be left in the files of the database either."""
        self.memory: dict[str, Any] = {}
        """What handlers read once for the whole unit; gone when a part is undone."""

    # ------------------------------------------------------------------------------------------------------------- the installation

    @cached_property
    def _row(self) -> Row[*tuple[Any, ...]]:
        row = self._connection.execute(_INSTALLATION, {"installation": self.installation_id}).one_or_none()
        if row is None:
            raise NotFound("there is no installation {installation_id}: `mentorgraph doctor` lists those there are", installation_id=self.installation_id)
        return row

    @cached_property
    def community(self) -> Community:
        """The installation without its secrets."""
        return community_of(self._row)

    @cached_property
    def policy(self) -> Policy:
        """What the admin chose."""
        return self.community.policy

    @property
    def pinged(self) -> bool:
        """Whether the host ever reached us."""
        return self._row.pinged_at is not None

    @property
    def revision(self) -> int:
        """The revision of the graph as of this transaction."""
        return int(self._row.revision)

    @property
    def revision_after(self) -> int:
        """The revision that this transaction leaves, by what it has changed so far."""
        return self.revision + bool(self.changed)

    @property
    def epoch(self) -> int:
        """The epoch as of this transaction; see :mod:`plugin.store.epochs`."""
        return int(self._row.epoch)

    @cached_property
    def keys(self) -> Keys:
        """The installation's own keys."""
        plain = orjson.loads(self.vault.unseal(bytes(self._row.keys), installation_id=self.installation_id, purpose="keys"))
        return Keys(terms=bytes.fromhex(plain["terms"]), tombstones=bytes.fromhex(plain["tombstones"]), audit=bytes.fromhex(plain["audit"]))

    def installation(self, *, public_url: str) -> Installation:
        """The installation with its secrets, for its host."""
        row, secrets = self._row, self.secrets()
        return Installation(
            id=self.installation_id,
            host=row.host,
            base_url=row.base_url,
            hook_url=f"{public_url}/hooks/{self.installation_id}/",
            callback_url=f"{public_url}/auth/{self.installation_id}/callback",
            api_key=secrets.get("api_key", ""),
            api_username=secrets.get("api_username", "system"),
            hook_secrets=tuple(secrets.get("hook_secrets", ())),
            sign_in_secrets=tuple(secrets.get("sign_in_secrets", ())),
            provider_secret=secrets.get("provider_secret", ""),
            settings=row.host_settings,
            remote=row.remote,
        )

    def secrets(self) -> dict[str, Any]:
        """The installation's secrets, open."""
        found: dict[str, Any] = orjson.loads(self.vault.unseal(bytes(self._row.secrets), installation_id=self.installation_id, purpose="secrets"))
        return found

    def update_installation(self, **values: object) -> None:
        """Change columns of the installation's row; ``secrets`` are given open and sealed here."""
        if "secrets" in values:
            values["secrets"] = self.vault.seal(orjson.dumps(values["secrets"]), installation_id=self.installation_id, purpose="secrets")
        self._connection.execute(update(installations).where(installations.c.installation_id == self.installation_id).values(**values))
        self.__dict__.pop("_row", None)
        self.__dict__.pop("community", None)
        self.__dict__.pop("policy", None)

    # ------------------------------------------------------------------------------------------------------------- small services

    def new_id(self) -> int:
        """A new id of ours."""
        return self._ids.new(self.now)

    def seal(self, value: bytes, *, purpose: str) -> bytes:
        """Seal for this installation."""
        return self.vault.seal(value, installation_id=self.installation_id, purpose=purpose, now=self.now)

    def unseal(self, token: bytes, *, purpose: str, max_age: float | None = None) -> bytes:
        """Open what was sealed for this installation."""
        return self.vault.unseal(token, installation_id=self.installation_id, purpose=purpose, max_age=max_age, now=self.now)

    def record(self, action: str, *, actor: str, **detail: object) -> None:
        """Append to the audit log. ``actor`` and ``detail["member"]`` may be ids of members: the log names them by numbers drawn by lot."""
        told = data_of(action, detail, installation_id=self.installation_id) if self.installation_id else None
        if "member" in detail:
            detail["member"] = self.audit.named(int(str(detail["member"])))
        number = self.audit.add(action, actor=self.named(actor), at=self.now, detail=detail, key=self.keys.audit)
        if told is not None:
            self._tell_outside(FeedEvent(number=number, type=action, data=told, at=self.now))

    def _tell_outside(self, event: FeedEvent) -> None:
        """Keep an event for developers, and have it posted to whom it concerns, in the transaction of the decision behind it."""
        self.feed.put(event)
        wanting = [one for one in self.webhooks.listing() if one.wants(event.type)]
        for one in wanting:
            self.webhooks.post(one.id, event, now=self.now)
        if wanting:
            self.wake("webhooks")

    def named(self, actor: str) -> str:
        """How the audit log names somebody who acts."""
        return self.audit.named(int(actor)) if actor.isdigit() else actor

    def audit_broken_at(self) -> int | None:
        """The first entry of the audit log that does not follow from the one before; reads all of it."""
        return self.audit.verify(key=self.keys.audit, after=Link())[1]

    def change(self, kind: str, subject: str | int) -> None:
        """Tell every process's graph that a subject changed."""
        self.changed[kind, str(subject)] = None

    def wake(self, lane: Lane, *, at: datetime | None = None) -> None:
        """Make a lane of work due."""
        moment = at or self.now
        self.woken[lane] = min(moment, self.woken.get(lane, moment))

    def savepoint(self) -> "Savepoint":
        """A part of the transaction that can be undone alone."""
        self.flush_rows()
        return Savepoint(self)

    def forget(self) -> None:
        """Let repositories read afresh, because rows changed behind their backs."""
        for name in ("members", "topics", "posts", "words", "checks", "_row", "community", "policy"):
            self.__dict__.pop(name, None)
        self.memory.clear()

    def flush_rows(self) -> None:
        """Write rows that repositories gathered, those first that others refer to."""
        self.members.flush()
        self.topics.flush()
        self.posts.flush()
        self.words.flush()
        self.checks.flush()

    def flush(self) -> None:
        """Write everything that is still gathered; called once before the commit."""
        self.flush_rows()
        loud = is_loud(self._connection)
        # What belongs to the service itself (number 0) has no community whose answers it could outdate.
        if self.installation_id and (self.changed or loud):
            given = {"installation": self.installation_id, "changed": int(bool(self.changed)), "loud": int(loud)}
            revision = self._connection.execute(MARKING, given).scalar_one()
            if self.changed:
                self.changes.add(revision, list(self.changed), at=self.now)
        # In one order everywhere, so that two units never wait for each other's lanes.
        for lane, at in sorted(self.woken.items()):
            self.lanes.wake(lane, at=at)


class Savepoint:
    """Undoes what happened inside it when it is left by an exception, the repositories' memory included.

    Raises :class:`~plugin.errors.Unavailable` instead if it was the database that failed.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._nested = unit._connection.begin_nested()  # noqa: SLF001 - the two are one thing
        self._changed = dict(unit.changed)
        self._woken = dict(unit.woken)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            try:
                self._unit.flush_rows()
                self._nested.commit()
            except BaseException as failure:
                self._undo(failure)
                raise
        else:
            self._undo(error)

    def _undo(self, error: BaseException) -> None:
        if found := away(error):
            # There is nothing left to undo it in, and nothing wrong with what was asked.
            raise found from error
        self._nested.rollback()
        self._unit.changed = self._changed
        self._unit.woken = self._woken
        self._unit.forget()
