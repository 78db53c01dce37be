"""What is still to be done for a community: messages to send, doubts to settle, listings to read, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Row, and_, bindparam, case, func, literal, update
from sqlalchemy.dialects import postgresql, sqlite

from mentorgraph.events import Kind
from mentorgraph.host import Sweep
from plugin.store.dispatch import EPOCH, NEVER
from plugin.store.repositories.base import Repository, chunks, insert_into
from plugin.store.tables import changes, checks, lanes, outbox, sweeps
from plugin.store.types import Moment

Lane = Literal["inbox", "checks", "suggest", "outbox", "reconcile", "rounds", "learn", "jobs", "tell", "mail", "webhooks"]
ENDPOINT = "endpoint:"
"""What lanes begin with of which there is one for each of several things, here a developer's endpoint: behind it comes the number."""
LANES: tuple[Lane, ...] = ("inbox", "checks", "suggest", "outbox", "reconcile", "rounds", "learn", "jobs", "tell", "mail", "webhooks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message on its way to the host; ``body`` is sealed and gone once it was sent."""

    id: int
    key: str
    kind: str
    member_id: int | None
    body: bytes | None = field(repr=False)
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    error: str = ""
    trace_id: str = ""


_TRYING = (
    update(outbox)
    .where(outbox.c.installation_id == bindparam("installation"), outbox.c.message_id == bindparam("message"))
    .values(attempts=outbox.c.attempts + 1, next_at=bindparam("later"))
)


class Outbox(Repository):
    """Messages to the host. A key is used once for ever: a message that was sent is never sent again."""

    def put(self, message: Outgoing) -> bool:
        """Keep a message unless its key is known; ``False`` if it is."""
        row = {
            "installation_id": self.installation_id,
            "message_id": message.id,
            "key": message.key,
            "kind": message.kind,
            "member_id": message.member_id,
            "body": message.body,
            "state": message.state,
            "created_at": message.created_at,
            "next_at": message.next_at,
            "trace_id": message.trace_id,
        }
        return self._run(self._insert(outbox).on_conflict_do_nothing(index_elements=["installation_id", "key"]), [row]) > 0

    def due(self, *, now: datetime, limit: int) -> list[Outgoing]:
        """Messages to be sent now, oldest first."""
        waiting = outbox.c.state == "pending", outbox.c.next_at <= now
        return [_outgoing(row) for row in self._rows(self._select(outbox).where(*waiting).order_by(outbox.c.next_at).limit(limit))]

    def waits(self, message_id: int) -> bool:
        """Whether a message still is to be sent."""
        return any(row[0] == "pending" for row in self._where(outbox.c.message_id, message_id, outbox.c.state))

    def remote_id(self, key: str) -> str:
        """What the host calls what a message made there; empty as long as it was not sent."""
        row = self._one(self._select(outbox, outbox.c.remote_id).where(outbox.c.key == key))
        return "" if row is None else str(row[0])

    def place(self, key: str) -> tuple[str, str]:
        """What the host calls what a message made there, and its address; both empty as long as it was not sent."""
        row = self._one(self._select(outbox, outbox.c.remote_id, outbox.c.url).where(outbox.c.key == key))
        return ("", "") if row is None else (str(row[0]), str(row[1]))

    def rewrite(self, key: str, body: bytes) -> bool:
        """Put other content into a message that nobody tried to send yet; ``False`` if somebody did."""
        waiting = outbox.c.key == key, outbox.c.state == "pending", outbox.c.attempts == 0
        return self._run(self._update(outbox).where(*waiting).values(body=body)) > 0

    def take_back(self, keys: Iterable[str], *, why: str) -> set[str]:
        """Unsay what was not sent yet; returns the keys of messages that nobody ever tried to send, which can be used again.

        One that was tried may be there already: it is not tried again, and its key stays used. What was given up loses its content.
        """
        fresh: set[str] = set()
        for part in chunks(keys):
            waiting = outbox.c.key.in_(part), outbox.c.state == "pending"
            fresh |= {row[0] for row in self._rows(self._select(outbox, outbox.c.key).where(*waiting, outbox.c.attempts == 0))}
            self._run(self._delete(outbox).where(*waiting, outbox.c.attempts == 0))
            self._run(self._update(outbox).where(*waiting).values(state="dropped", body=None, error=why))
            self._run(self._update(outbox).where(outbox.c.key.in_(part), outbox.c.state == "dead").values(body=None))
        return fresh

    def prune(self, *, dead_before: datetime) -> None:
        """Erase the content of messages that could not be sent and are older than this."""
        self._run(self._update(outbox).where(outbox.c.state == "dead", outbox.c.created_at < dead_before).values(body=None))

    def next_at(self) -> datetime | None:
        """When the next message falls due."""
        row = self._one(self._select(outbox, func.min(outbox.c.next_at)).where(outbox.c.state == "pending"))
        return None if row is None else row[0]

    def attempt(self, message_id: int, *, next_at: datetime) -> None:
        """Count a try before it is made, so that a crash in the middle shows as a try whose end is unknown."""
        self._connection.execute(_TRYING, {"installation": self.installation_id, "message": message_id, "later": next_at})

    def sent(self, message_id: int, *, at: datetime, remote_id: str, url: str) -> None:
        """Mark as sent and erase the content."""
        self._assign(outbox, {"message_id": message_id}, state="sent", sent_at=at, remote_id=remote_id, url=url, body=None, error="")

    def failed(self, message_id: int, *, error: str, next_at: datetime | None) -> None:
        """Remember a failure; without ``next_at`` nobody tries again by itself."""
        values: dict[str, object] = {"error": error[:500]} | ({"state": "dead"} if next_at is None else {"next_at": next_at})
        self._run(self._update(outbox).where(outbox.c.message_id == message_id).values(**values))

    def drop(self, message_id: int, *, why: str) -> None:
        """Give a message up and erase its content, because it is no longer wanted."""
        self._run(self._update(outbox).where(outbox.c.message_id == message_id).values(state="dropped", body=None, error=why))

    def drop_for(self, member_id: int, *, why: str) -> None:
        """Give up everything that waits for a member."""
        mine = outbox.c.member_id == member_id, outbox.c.state == "pending"
        self._run(self._update(outbox).where(*mine).values(state="dropped", body=None, error=why))

    def retry(self, *, now: datetime) -> int:
        """Make dead messages due again."""
        return self._run(self._update(outbox).where(outbox.c.state == "dead", outbox.c.body.is_not(None)).values(state="pending", next_at=now))

    def listing(self, *, limit: int, state: str | None = None) -> list[Outgoing]:
        """Messages, newest first."""
        statement = self._select(outbox)
        if state is not None:
            statement = statement.where(outbox.c.state == state)
        return [_outgoing(row) for row in self._rows(statement.order_by(outbox.c.created_at.desc(), outbox.c.message_id.desc()).limit(limit))]

    def counts(self) -> dict[str, int]:
        """How many messages are in each state."""
        return {row[0]: int(row[1]) for row in self._rows(self._select(outbox, outbox.c.state, func.count()).group_by(outbox.c.state))}


def _outgoing(row: Row[*tuple[Any, ...]]) -> Outgoing:
    return Outgoing(
        id=row.message_id,
        key=row.key,
        kind=row.kind,
        member_id=row.member_id,
        body=row.body,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        error=row.error,
        trace_id=row.trace_id,
    )


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
    """Doubts, each kept once however often it arises."""

    def add(self, kind: Kind, host_ids: Iterable[str], *, due_at: datetime) -> None:
        """Doubt these. A doubt that is there already is due at the earlier time and starts its tries afresh."""
        rows = [{"installation_id": self.installation_id, "kind": kind, "host_id": one, "due_at": due_at, "attempts": 0} for one in dict.fromkeys(host_ids)]
        if not rows:
            return
        self._run(_doubting(postgres=self._postgres), rows)

    def take(self, *, now: datetime, until: datetime) -> Check | None:
        """The doubt that has been due longest, put off ``until`` then, by when the host will have been asked."""
        row = self._one(self._select(checks).where(checks.c.due_at <= now).order_by(checks.c.due_at, checks.c.kind, checks.c.host_id).limit(1))
        if row is None:
            return None
        self._run(self._update(checks).where(checks.c.kind == row.kind, checks.c.host_id == row.host_id).values(due_at=until))
        return Check(kind=row.kind, host_id=row.host_id, attempts=row.attempts, due_at=until)

    def hasten(self, *, now: datetime) -> None:
        """Make every doubt that the host was never asked about due now."""
        self._run(self._update(checks).where(checks.c.attempts == 0, checks.c.due_at > now).values(due_at=now))

    def next_at(self) -> datetime | None:
        """When the next doubt falls due."""
        row = self._one(self._select(checks, func.min(checks.c.due_at)))
        return None if row is None else row[0]

    def settle(self, check: Check) -> None:
        """The host was asked. A doubt that arose again while it was being asked stays: the answer may be older than what gave rise to it."""
        self._run(self._delete(checks).where(checks.c.kind == check.kind, checks.c.host_id == check.host_id, checks.c.due_at == check.due_at))

    def drop(self, kind: Kind, host_id: str) -> None:
        """There is nothing to ask any more."""
        self._run(self._delete(checks).where(checks.c.kind == kind, checks.c.host_id == host_id))

    def postpone(self, check: Check, *, due_at: datetime, error: str) -> None:
        """The host could not be asked; the doubt stays."""
        which = checks.c.kind == check.kind, checks.c.host_id == check.host_id
        self._run(self._update(checks).where(*which).values(due_at=due_at, attempts=checks.c.attempts + 1, error=error[:500]))

    def pending(self, kind: Kind, host_id: str) -> bool:
        """Whether there is a doubt about this."""
        return bool(self._rows(self._select(checks, checks.c.due_at).where(checks.c.kind == kind, checks.c.host_id == host_id)))

    def count(self) -> int:
        """How many doubts there are."""
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


_WAKING = (
    update(lanes)
    .where(lanes.c.installation_id == bindparam("installation"), lanes.c.lane == bindparam("named"))
    .values(due_at=case((lanes.c.due_at < bindparam("at", type_=Moment), lanes.c.due_at), else_=bindparam("at", type_=Moment)))
)
"""Made once, as nearly every unit of work runs it."""


class Lanes(Repository):
    """When each kind of work of this community is due."""

    def create(self) -> None:
        """Make all lanes, idle."""
        self._put(lanes, [{"lane": lane, "due_at": NEVER, "leased_until": EPOCH} for lane in LANES], keep=("due_at", "leased_until"))

    def wake(self, lane: Lane, *, at: datetime) -> None:
        """Make a lane due at ``at`` unless it is due earlier.

        The row is written in both cases: until this transaction ends nobody else can claim the lane, look for the work that it brings, and not see it.
        """
        self._wake(lane, at=at)

    def _wake(self, lane: str, *, at: datetime) -> None:
        self._connection.execute(_WAKING, {"installation": self.installation_id, "named": lane, "at": at})

    def wake_endpoint(self, number: int, *, at: datetime) -> None:
        """Make the lane of a developer's endpoint due at ``at`` unless it is due earlier; it is made when it is first needed."""
        lane = f"{ENDPOINT}{number}"
        self._put(lanes, [{"lane": lane, "due_at": NEVER, "leased_until": EPOCH}], keep=("due_at", "leased_until"))
        self._wake(lane, at=at)

    def drop_endpoint(self, number: int) -> None:
        """The endpoint is gone."""
        self._run(self._delete(lanes).where(lanes.c.lane == f"{ENDPOINT}{number}"))

    def renew(self, lane: str, *, holder: str, until: datetime, later: datetime) -> bool:
        """Prolong a lease that runs ``until``; ``False`` if it was lost. Work that came meanwhile keeps its earlier time."""
        due = case((lanes.c.due_at < until, lanes.c.due_at), else_=literal(later, Moment))
        held = lanes.c.lane == lane, lanes.c.holder == holder, lanes.c.leased_until == until
        return self._run(self._update(lanes).where(*held).values(leased_until=later, due_at=due)) > 0

    def release(self, lane: str, *, holder: str, until: datetime, due_at: datetime | None, note: str = "") -> None:
        """Give a lease that runs ``until`` back and say when the lane is due again. Work that came meanwhile keeps its earlier time.

        The row was made due at ``until`` by the claim, so an earlier time in it was set by someone who brought work. A lease that ran out and was taken over,
        be it by the same holder, is not given back.
        """
        later = due_at or NEVER
        due = case((and_(lanes.c.due_at < until, lanes.c.due_at < later), lanes.c.due_at), else_=literal(later, Moment))
        values = {"due_at": due, "leased_until": EPOCH, "holder": "", "note": note[:500]}
        held = lanes.c.lane == lane, lanes.c.holder == holder, lanes.c.leased_until == until
        self._run(self._update(lanes).where(*held).values(**values))

    def stop(self) -> None:
        """Let no lane ever fall due again."""
        self._run(self._update(lanes).values(due_at=NEVER))

    def notes(self) -> dict[str, str]:
        """Why lanes rest, by lane."""
        return {row.lane: row.note for row in self._rows(self._select(lanes, lanes.c.lane, lanes.c.note))}

    def all(self) -> list[dict[str, object]]:
        """All lanes, for the admin and the doctor."""
        return [dict(row._mapping) for row in self._rows(self._select(lanes))]  # noqa: SLF001 - SQLAlchemy's documented name


class Changes(Repository):
    """The log that keeps every process's graph in step."""

    def add(self, revision: int, subjects: Sequence[tuple[str, str]], *, at: datetime) -> None:
        """Note what changed at a revision."""
        self._put(changes, [{"revision": revision, "kind": kind, "subject": subject, "at": at} for kind, subject in subjects])

    def since(self, revision: int) -> list[tuple[int, str, str]]:
        """Revision, kind and subject of everything after a revision, in order."""
        rows = self._rows(
            self._select(changes, changes.c.revision, changes.c.kind, changes.c.subject).where(changes.c.revision > revision).order_by(changes.c.revision)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def oldest(self) -> int | None:
        """The oldest revision that is still logged."""
        row = self._one(self._select(changes, func.min(changes.c.revision)))
        return None if row is None else row[0]

    def prune(self, *, before: datetime) -> None:
        """Forget what every process has long seen; one that has not rebuilds."""
        self._run(self._delete(changes).where(changes.c.at < before))
