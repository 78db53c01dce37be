"""What the host is to be asked: doubts to settle, and how far each of its listings was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, case, func
from sqlalchemy.dialects import postgresql, sqlite

from mentorgraph.events import Kind
from mentorgraph.host import Sweep
from plugin.store.repositories.base import Repository, insert_into
from plugin.store.tables import checks, sweeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something that the host is to be asked about."""

    kind: Kind
    host_id: str
    attempts: int
    due_at: datetime
    """Until when it is taken; a doubt that arises meanwhile brings it forward, and then it stays."""


@cache
def _doubting(*, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """Made once: every post is a doubt, and to put this together took half of handling one."""
    statement = insert_into(checks, postgres=postgres)
    earlier = case((checks.c.due_at < statement.excluded.due_at, checks.c.due_at), else_=statement.excluded.due_at)
    return statement.on_conflict_do_update(index_elements=list(checks.primary_key), set_={"due_at": earlier, "attempts": 0})


class Checks(Repository):
    """Doubts, each kept once however often it arises. They are written together: nearly every delivery gives rise to some."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._new: dict[tuple[Kind, str], datetime] = {}

    def add(self, kind: Kind, host_ids: Iterable[str], *, due_at: datetime) -> None:
        """Doubt these. A doubt that is there already is due at the earlier time and starts its tries afresh."""
        for one in host_ids:
            self._new[kind, one] = min(due_at, self._new.get((kind, one), due_at))

    def flush(self) -> None:
        """Write what :meth:`add` gathered."""
        if self._new:
            mine = self.installation_id
            # In one order, so that the same doubts are always met in the same one.
            new, self._new = sorted(self._new.items()), {}
            rows = [{"installation_id": mine, "kind": kind, "host_id": one, "due_at": due_at, "attempts": 0} for (kind, one), due_at in new]
            self._run(_doubting(postgres=self._postgres), rows)

    def take(self, *, now: datetime, until: datetime) -> Check | None:
        """The doubt that has been due longest, put off ``until`` then, by when the host will have been asked."""
        self.flush()
        row = self._one(self._select(checks).where(checks.c.due_at <= now).order_by(checks.c.due_at, checks.c.kind, checks.c.host_id).limit(1))
        if row is None:
            return None
        self._run(self._update(checks).where(checks.c.kind == row.kind, checks.c.host_id == row.host_id).values(due_at=until))
        return Check(kind=row.kind, host_id=row.host_id, attempts=row.attempts, due_at=until)

    def hasten(self, *, now: datetime) -> None:
        """Make every doubt that the host was never asked about due now."""
        self.flush()
        self._run(self._update(checks).where(checks.c.attempts == 0, checks.c.due_at > now).values(due_at=now))

    def next_at(self) -> datetime | None:
        """When the next doubt falls due."""
        self.flush()
        row = self._one(self._select(checks, func.min(checks.c.due_at)))
        return None if row is None else row[0]

    def settle(self, check: Check) -> None:
        """The host was asked. A doubt that arose again while it was being asked stays: the answer may be older than what gave rise to it."""
        self.flush()
        self._run(self._delete(checks).where(checks.c.kind == check.kind, checks.c.host_id == check.host_id, checks.c.due_at == check.due_at))

    def drop(self, kind: Kind, host_id: str) -> None:
        """There is nothing to ask any more."""
        self.flush()
        self._run(self._delete(checks).where(checks.c.kind == kind, checks.c.host_id == host_id))

    def postpone(self, check: Check, *, due_at: datetime, error: str) -> None:
        """The host could not be asked; the doubt stays."""
        self.flush()
        which = checks.c.kind == check.kind, checks.c.host_id == check.host_id
        self._run(self._update(checks).where(*which).values(due_at=due_at, attempts=checks.c.attempts + 1, error=error[:500]))

    def count(self) -> int:
        """How many doubts there are."""
        self.flush()
        row = self._one(self._select(checks, func.count()))
        return 0 if row is None else int(row[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepState:
    """How far a listing has been read. ``number`` counts the runs; rows remember the last run that named them."""

    sweep: Sweep
    number: int = 0
    cursor: str | None = None
    began_at: datetime | None = None
    finished_at: datetime | None = None
    calls: int = 0

    @property
    def running(self) -> bool:
        """Whether a run was begun and not finished."""
        return self.began_at is not None and (self.finished_at is None or self.finished_at < self.began_at)


class Sweeps(Repository):
    """How far each listing of the host has been read."""

    def get(self, sweep: Sweep) -> SweepState:
        """The state of a sweep."""
        row = self._one(self._select(sweeps).where(sweeps.c.sweep == sweep.value))
        if row is None:
            return SweepState(sweep=sweep)
        return SweepState(sweep=sweep, number=row.number, cursor=row.cursor, began_at=row.began_at, finished_at=row.finished_at, calls=row.calls)

    def all(self) -> list[SweepState]:
        """The states of all sweeps that ever ran."""
        return [self.get(Sweep(row[0])) for row in self._rows(self._select(sweeps, sweeps.c.sweep))]

    def put(self, state: SweepState) -> None:
        """Remember the state of a sweep."""
        self._put(
            sweeps,
            [
                {
                    "sweep": state.sweep.value,
                    "number": state.number,
                    "cursor": state.cursor,
                    "began_at": state.began_at,
                    "finished_at": state.finished_at,
                    "calls": state.calls,
                }
            ],
        )
