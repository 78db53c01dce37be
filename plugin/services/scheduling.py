"""Work for later: kept with the decision behind it, done once, each piece in a transaction of its own.

A handler is registered by the service whose work it is::

    @scheduling.job("request.expire")
    def run(unit: UnitOfWork, about: About) -> None: ...

It is marked as done in the handler's own transaction: whatever happens to the process, the effects and the mark are there together or not at all. A try is
counted before it is made, so that work which ends the process each time does not go on for ever. ``about`` holds ids of ours only; what they name may be gone
by then.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from plugin.domain.notices import following
from plugin.domain.people import Principal, Scope
from plugin.errors import Forbidden, NotFound, PluginError, Unavailable
from plugin.services.runtime import Runtime
from plugin.store.repositories.jobs import Job
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

About = Mapping[str, str | int]
Handler = Callable[[UnitOfWork, About], None]

RETRIES = (10, 60, 300, 1800, 7200, 6 * 3600)
"""Seconds to wait after each failure; after as many tries and one more a job is dead."""
BATCH = 100
DONE_FOR = timedelta(days=30)
"""How long it is remembered that a job was done."""

Planned = Job
"""A job as admins see it."""

_HANDLERS: dict[str, Handler] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register a kind's handler. Raises :class:`ValueError` for a kind that has one: a mistake of ours, seen at the start."""

    def register(handler: Handler) -> Handler:
        if kind in _HANDLERS:
            raise ValueError(f"the kind of job {kind!r} has two handlers")
        _HANDLERS[kind] = handler
        return handler

    return register


def kinds() -> frozenset[str]:
    """The kinds that have handlers."""
    return frozenset(_HANDLERS)


def schedule(unit: UnitOfWork, kind: str, *, key: str, at: datetime, about: About) -> None:
    """Have ``kind`` done at ``at``, in the transaction of the decision behind it. The same key moves it; done for this very moment, it stays done."""
    unit.jobs.put(Job(key=key, kind=kind, about=about, at=at, next_at=at))
    unit.wake("jobs", at=max(at, unit.now))


def schedule_every(unit: UnitOfWork, kind: str, *, key: str, first: datetime, days: int, timezone: str, about: About) -> None:
    """Have ``kind`` done at ``first`` and every ``days`` days from then on, at the same time of the wall clock in ``timezone``."""
    unit.jobs.put(Job(key=key, kind=kind, about=about, at=first, next_at=first, every_days=days, timezone=timezone))
    unit.wake("jobs", at=max(first, unit.now))


def cancel(unit: UnitOfWork, key: str) -> bool:
    """Take back what is not done yet; returns whether there was anything."""
    return unit.jobs.cancel(key)


def cancel_about(unit: UnitOfWork, prefix: str) -> int:
    """Take back all that is not done yet and whose keys begin with ``prefix``; returns how much there was."""
    return unit.jobs.cancel_about(prefix)


# ---------------------------------------------------------------------------------------------------------------------- the lane


async def run_due(runtime: Runtime, installation_id: int, *, limit: int = BATCH) -> int:
    """Do what is due, at most ``limit`` pieces; returns how many were done."""
    keys = await runtime.database.read(installation_id, lambda unit: unit.jobs.due(now=unit.now, limit=limit))
    done = 0
    tried, rest = None, tuple(keys)
    while tried is not None or rest:
        if tried is None:
            tried, rest = await runtime.database.write(installation_id, partial(_count, keys=rest))
        else:
            was_done, tried, rest = await _run(runtime, installation_id, tried, rest)
            done += was_done
    return done


async def _run(runtime: Runtime, installation_id: int, tried: Job, rest: tuple[str, ...]) -> tuple[bool, Job | None, tuple[str, ...]]:
    """Make the try of a job that was counted; in the same transaction that of the next is counted, which halves the transactions of many."""

    def work(unit: UnitOfWork) -> tuple[bool, Job | None, tuple[str, ...]]:
        return _do(unit, tried), *_count(unit, rest)

    try:
        done, following, left = await runtime.database.write(installation_id, work)
    except Unavailable:
        raise
    except Exception as error:  # one broken job must not stop the others; the log has it all
        reason = error.message if isinstance(error, PluginError) else f"{type(error).__name__}; the log has it"
        dead, key, attempts = tried.attempts + 1 > len(RETRIES), tried.key, tried.attempts + 1
        log.warning("job_failed", installation=installation_id, kind=tried.kind, key=key, dead=dead, exc_info=not isinstance(error, PluginError))
        await runtime.database.write(installation_id, lambda unit: unit.jobs.failed(key, at=tried.at, attempts=attempts, error=reason, dead=dead))
        return False, None, rest
    if done:
        runtime.bus.tell(installation_id)
    return done, following, left


def _count(unit: UnitOfWork, keys: tuple[str, ...]) -> tuple[Job | None, tuple[str, ...]]:
    """Count a try of the first of these jobs that is still due, before it is made; returns it, and those after it."""
    for place, key in enumerate(keys, 1):
        found = unit.jobs.take(key, now=unit.now)
        if found is None:
            continue
        if found.attempts > len(RETRIES):
            # The process ended in the middle of the last try.
            unit.jobs.failed(key, at=found.at, attempts=found.attempts, error="the process ended while it was being done", dead=True)
            continue
        unit.jobs.attempt(found, next_at=unit.now + timedelta(seconds=RETRIES[min(found.attempts, len(RETRIES) - 1)]))
        return found, keys[place:]
    return None, ()


def _do(unit: UnitOfWork, tried: Job) -> bool:
    if not unit.jobs.begun(tried.key, at=tried.at, attempts=tried.attempts + 1):
        return False
    handler = _HANDLERS.get(tried.kind)
    if handler is None:
        raise NotFound("nobody does jobs of the kind “{kind}” in this version", kind=tried.kind)
    # Marked first: a handler that schedules its own key again means the next time.
    if tried.every_days is None:
        unit.jobs.done(tried.key, now=unit.now)
    else:
        following_at = following(tried.at, days=tried.every_days, timezone=tried.timezone, now=unit.now)
        unit.jobs.again(tried.key, at=following_at, now=unit.now)
    handler(unit, tried.about)
    return True


# ---------------------------------------------------------------------------------------------------------------------- for admins


async def page(runtime: Runtime, principal: Principal, *, state: str | None, after: tuple[datetime, str] | None, limit: int) -> list[Job]:
    """Jobs in the order of their times, for admins."""
    _require(principal)
    return await runtime.database.read(principal.installation_id, lambda unit: unit.jobs.page(state=state, after=after, limit=limit))


async def retry(runtime: Runtime, principal: Principal, *, key: str | None) -> int:
    """Make one dead job due again, or all of them; returns how many there were."""
    _require(principal)

    def work(unit: UnitOfWork) -> int:
        count = unit.jobs.retry(now=unit.now, key=key)
        if count:
            unit.wake("jobs")
            unit.record("jobs.retried", actor=principal.actor, count=count)
        return count

    count = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return count


def _require(principal: Principal) -> None:
    if not principal.may(Scope.PROGRAMS):
        raise Forbidden("this is for admins of the community")
