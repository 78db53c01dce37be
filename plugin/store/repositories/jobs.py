"""Work for later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from plugin.store.repositories.base import Repository, insert_into
from plugin.store.tables import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work and when it is to be done. ``at`` is when it was wanted, ``next_at`` when it is tried next."""

    key: str
    kind: str
    about: Mapping[str, str | int]
    at: datetime
    next_at: datetime
    state: str = "waiting"
    attempts: int = 0
    every_days: int | None = None
    timezone: str = ""
    done_at: datetime | None = None
    error: str = ""


_NAMED = jobs.c.installation_id == bindparam("installation"), jobs.c.key == bindparam("key"), jobs.c.state == "waiting"
_DUE = select(*jobs.c).where(*_NAMED, jobs.c.next_at <= bindparam("now"))
_BEGUN = select(jobs.c.key).where(*_NAMED, jobs.c.at == bindparam("at"), jobs.c.attempts == bindparam("attempts"))
"""Made once: they are run for every job, and to put one together takes longer than to run it."""


@cache
def _keeping(*, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """Keep a job, or move the one with its key, unless that was done for this very moment."""
    statement = insert_into(jobs, postgres=postgres)
    new = statement.excluded
    names = ("kind", "about", "at", "next_at", "state", "attempts", "every_days", "timezone", "error")
    again = or_(jobs.c.state != "done", jobs.c.at != new.at)
    return statement.on_conflict_do_update(index_elements=list(jobs.primary_key), set_={name: new[name] for name in names}, where=again)


class Jobs(Repository):
    """Jobs of one community, by their keys."""

    def put(self, job: Job) -> None:
        """Keep a job, or move the one with this key. One that was done for this very moment stays done."""
        row = {
            "installation_id": self.installation_id,
            "key": job.key,
            "kind": job.kind,
            "about": dict(job.about),
            "at": job.at,
            "next_at": job.next_at,
            "state": "waiting",
            "attempts": 0,
            "every_days": job.every_days,
            "timezone": job.timezone,
            "error": "",
        }
        self._run(_keeping(postgres=self._postgres), [row])

    def get(self, key: str) -> Job | None:
        """A job by its key."""
        row = self._one(self._select(jobs).where(jobs.c.key == key))
        return None if row is None else _job(row)

    def due(self, *, now: datetime, limit: int) -> list[str]:
        """Keys of jobs that are to be done now, the longest-waiting first."""
        waiting = jobs.c.state == "waiting", jobs.c.next_at <= now
        return [str(row[0]) for row in self._rows(self._select(jobs, jobs.c.key).where(*waiting).order_by(jobs.c.next_at, jobs.c.key).limit(limit))]

    def take(self, key: str, *, now: datetime) -> Job | None:
        """A job that is due; ``None`` if somebody else did it or it was moved."""
        given = {"installation": self.installation_id, "key": key, "now": now}
        row = self._connection.execute(_DUE, given).one_or_none()
        return None if row is None else _job(row)

    def attempt(self, job: Job, *, next_at: datetime) -> None:
        """Count a try of a job that was taken, before it is made."""
        self._assign(jobs, {"key": job.key}, attempts=job.attempts + 1, next_at=next_at)

    def begun(self, key: str, *, at: datetime, attempts: int) -> bool:
        """Whether the try that was counted as this one is still to be made."""
        given = {"installation": self.installation_id, "key": key, "at": at, "attempts": attempts}
        return self._connection.execute(_BEGUN, given).one_or_none() is not None

    def done(self, key: str, *, now: datetime) -> None:
        """Mark as done."""
        self._assign(jobs, {"key": key}, state="done", done_at=now, error="")

    def again(self, key: str, *, at: datetime, now: datetime) -> None:
        """A recurring job was done and is due again."""
        self._assign(jobs, {"key": key}, state="waiting", at=at, next_at=at, attempts=0, done_at=now, error="")

    def failed(self, key: str, *, at: datetime, attempts: int, error: str, dead: bool) -> None:
        """Remember why a try failed; a dead job is not tried again by itself. One that was moved meanwhile is left alone."""
        mine = jobs.c.key == key, jobs.c.state == "waiting", jobs.c.at == at, jobs.c.attempts == attempts
        self._run(self._update(jobs).where(*mine).values(error=error[:500], state="dead" if dead else "waiting"))

    def cancel(self, key: str) -> bool:
        """Take a job back that is not done; its key can be used again."""
        return self._run(self._delete(jobs).where(jobs.c.key == key, jobs.c.state != "done")) > 0

    def cancel_about(self, prefix: str) -> int:
        """Take back all jobs that are not done and whose keys begin with ``prefix``; returns how many there were."""
        return self._run(self._delete(jobs).where(jobs.c.key.startswith(prefix, autoescape=True), jobs.c.state != "done"))

    def retry(self, *, now: datetime, key: str | None = None) -> int:
        """Make dead jobs due again."""
        which = [jobs.c.state == "dead"] + ([] if key is None else [jobs.c.key == key])
        return self._run(self._update(jobs).where(*which).values(state="waiting", attempts=0, next_at=now))

    def next_at(self) -> datetime | None:
        """When the next job falls due."""
        row = self._one(self._select(jobs, func.min(jobs.c.next_at)).where(jobs.c.state == "waiting"))
        return None if row is None else row[0]

    def page(self, *, state: str | None, after: tuple[datetime, str] | None, limit: int) -> list[Job]:
        """Jobs in the order of their times."""
        statement = self._select(jobs)
        if state is not None:
            statement = statement.where(jobs.c.state == state)
        if after is not None:
            statement = statement.where(or_(jobs.c.next_at > after[0], and_(jobs.c.next_at == after[0], jobs.c.key > after[1])))
        return [_job(row) for row in self._rows(statement.order_by(jobs.c.next_at, jobs.c.key).limit(limit))]

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        return {str(row[0]): int(row[1]) for row in self._rows(self._select(jobs, jobs.c.state, func.count()).group_by(jobs.c.state))}

    def prune(self, *, done_before: datetime) -> None:
        """Forget jobs that were done long ago."""
        self._run(self._delete(jobs).where(jobs.c.state == "done", jobs.c.done_at < done_before))


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        key=row.key,
        kind=row.kind,
        about=row.about,
        at=row.at,
        next_at=row.next_at,
        state=row.state,
        attempts=row.attempts,
        every_days=row.every_days,
        timezone=row.timezone,
        done_at=row.done_at,
        error=row.error,
    )
