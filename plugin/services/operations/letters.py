"""Deliveries that could not be handled: seen, filtered and handled again, by admins of the community."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.domain.people import Principal
from plugin.errors import Invalid
from plugin.services.identity.access import require_admin
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

STATES = ("new", "handled", "dead")
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A delivery without its content. ``error`` is the kind of the error, never its words: they may quote a member."""

    event_id: str
    kind: str
    state: str
    attempts: int
    received_at: datetime
    handled_at: datetime | None
    error: str
    trace_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries: each that is given must fit. ``since`` and ``until`` bound when they came."""

    event_ids: Sequence[str] | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for name, moment in (("since", self.since), ("until", self.until)):
            if moment is not None and moment.tzinfo is None:
                raise Invalid("{name} needs a zone, such as 2026-11-02T12:00:00Z", field=name, name=name)


async def letters(runtime: Runtime, principal: Principal | None, *, state: str | None, wanted: Wanted, limit: int) -> list[Letter]:
    """The newest deliveries of a community. Raises :class:`Forbidden` for who is no admin of it."""
    asking = await require_admin(runtime, principal)
    if state is not None and state not in STATES:
        raise Invalid("state is one of {choices}", field="state", choices=", ".join(STATES))
    if not 0 < limit <= MOST:
        raise Invalid("first must be 1 to {most}", field="first", most=MOST)

    def work(unit: UnitOfWork) -> list[Letter]:
        rows = unit.inbox.found(state=state, event_ids=wanted.event_ids, kind=wanted.kind, since=wanted.since, until=wanted.until, limit=limit)
        return [
            Letter(
                event_id=row.event_id,
                kind=row.kind,
                state=row.state,
                attempts=row.attempts,
                received_at=row.received_at,
                handled_at=row.handled_at,
                error=row.error,
                trace_id=row.trace_id,
            )
            for row in rows
        ]

    return await runtime.database.read(asking.installation_id, work)


async def handle_again(runtime: Runtime, principal: Principal | None, wanted: Wanted) -> int:
    """Have dead letters handled again, those whose content is still kept; returns how many. What was handled meanwhile is left alone."""
    asking = await require_admin(runtime, principal)
    if wanted.event_ids is not None and len(wanted.event_ids) > MOST:
        raise Invalid("at most {most} at a time: give a range of times for more", field="ids", most=MOST)

    def work(unit: UnitOfWork) -> int:
        count = unit.inbox.retry(now=unit.now, event_ids=wanted.event_ids, kind=wanted.kind, since=wanted.since, until=wanted.until)
        unit.record("deliveries.retried", actor=str(asking.member_id), count=count)
        unit.wake("inbox")
        return count

    count = await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
    return count
