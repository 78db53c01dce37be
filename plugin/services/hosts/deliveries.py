"""Deliveries: from the raw request to its effect."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b

import structlog

from mentorgraph.events import Event
from mentorgraph.host import Acknowledgement, Admitted, Delivery, DeliveryRefused, Host, Installation
from plugin.errors import TooLarge, Unavailable
from plugin.services.hosts import handlers
from plugin.services.runtime import Arriving, Runtime
from plugin.store.inbox import Waiting
from plugin.store.intake import Arrival
from plugin.store.unit_of_work import UnitOfWork
from plugin.tracing import span

log = structlog.get_logger()

PAUSE_AFTER = 2**20
"""Bytes of deliveries after which the event loop gets a turn between two of them."""
BATCH = 100
"""Deliveries in one transaction."""
RETRIES = (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)
"""Seconds until the next try of a delivery that failed; after the last it is a dead letter."""


async def take_in(runtime: Runtime, installation_id: int, delivery: Delivery, *, trace_id: str) -> Acknowledgement:
    """Verify, reduce and keep a delivery; returns the host's acknowledgement only once it is durable.

    Raises :class:`DeliveryRefused` (4xx) for what is forged or malformed, :class:`NotFound` for an unknown installation, :class:`Unavailable` (503) when it
    could not be kept. Nothing is stored in any of these cases.
    """
    installation = await runtime.installation(installation_id)
    taken: asyncio.Future[Acknowledgement] = asyncio.get_running_loop().create_future()
    hand_in(runtime, installation, delivery, trace_id=trace_id, settle=partial(_settle, taken))
    return await taken


def _settle(taken: "asyncio.Future[Acknowledgement]", found: Acknowledgement | Exception) -> None:
    if taken.done():
        return
    if isinstance(found, Exception):
        taken.set_exception(found)
    else:
        taken.set_result(found)


def hand_in(runtime: Runtime, installation: Installation, delivery: Delivery, *, trace_id: str, settle: Callable[[Acknowledgement | Exception], None]) -> None:
    """:func:`take_in` for a caller who does not wait: ``settle`` is called with what it returns or raises."""
    runtime.arriving.put((installation, delivery, trace_id), partial(_take_in, runtime), settle)


async def _take_in(runtime: Runtime, group: Sequence[Arriving]) -> Sequence[Acknowledgement | Exception]:
    """Take in deliveries that came together, each for itself, and write what may be kept of them at once."""
    found: list[Acknowledgement | Exception] = []
    arrivals: list[Arrival] = []
    weight = 0
    for installation, delivery, trace_id in group:
        weight += len(delivery.body)
        if weight > PAUSE_AFTER:
            weight = 0
            await asyncio.sleep(0)
        try:
            host = runtime.host(installation.host)
            admitted = _admitted(host, installation, delivery)
            if admitted is not None:
                arrivals.append(seal(runtime, installation.id, admitted, trace_id=trace_id))
            found.append(host.acknowledgement(delivery))
        except Exception as error:  # noqa: BLE001 - it is the answer to this delivery alone
            found.append(error)
    if arrivals:
        try:
            await runtime.database.put(*arrivals)
        except Exception as error:  # noqa: BLE001 - likewise, and to all that should have been kept
            return [one if isinstance(one, Exception) else error for one in found]
        for installation_id in {one.installation_id for one in arrivals}:
            runtime.bus.tell(installation_id)
    return found


def _admitted(host: Host, installation: Installation, delivery: Delivery) -> Admitted | None:
    if len(delivery.body) > host.max_body:
        raise TooLarge("a delivery of {title} has at most {max_body} bytes", title=host.title, max_body=host.max_body)
    host.verify(delivery, installation)
    return host.admit(delivery)


def seal(runtime: Runtime, installation_id: int, admitted: Admitted, *, trace_id: str) -> Arrival:
    """An admitted delivery as it is kept."""
    body = runtime.vault.seal(admitted.body, installation_id=installation_id, purpose="inbox", text=False)
    digest = blake2b(admitted.body, digest_size=16).digest()
    return Arrival(installation_id, admitted.key, admitted.kind, digest, body, trace_id, runtime.clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What one round over an inbox did."""

    handled: int
    failed: int


async def drain(runtime: Runtime, installation_id: int) -> Drained:
    """Handle the deliveries that are due, in one transaction with their effects. One that fails is put off; the others go on."""
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)

    def work(unit: UnitOfWork) -> Drained:
        read = [_read(host, one, unit, base_url=installation.base_url) for one in unit.inbox.due(now=unit.now, limit=BATCH)]
        errors = _apply_together(read, unit)
        if errors is None:
            # One of them fails. Each in a part of its own, then, so that it is known which, and the others go on.
            errors = [_apply_alone(one, unit) for one in read]
        done: list[str] = []
        for one, error in zip(read, errors, strict=True):
            if error is None:
                _log(one, unit).info("delivery_handled", events=len(one.events))
                done.append(one.waiting.event_id)
            else:
                # The type of the error only: its text may quote a member.
                _log(one, unit).warning("delivery_failed", error=type(error).__name__, attempts=one.waiting.attempts + 1)
                _put_off(one.waiting, error, unit)
        unit.inbox.handled(done, now=unit.now)
        return Drained(handled=len(done), failed=len(read) - len(done))

    drained = await runtime.database.write(installation_id, work)
    runtime.meter.handled(done=drained.handled, failed=drained.failed)
    if drained.handled:
        runtime.bus.tell(installation_id)
    return drained


@dataclass(frozen=True, slots=True)
class _Read:
    """A delivery with what it says, or why that cannot be read."""

    waiting: Waiting
    events: Sequence[Event] = ()
    error: Exception | None = None


def _read(host: Host, one: Waiting, unit: UnitOfWork, *, base_url: str) -> _Read:
    try:
        body = unit.unseal(one.body, purpose="inbox")
        return _Read(one, list(host.to_events(Admitted(key=one.event_id, kind=one.kind, body=body), received_at=one.received_at, base_url=base_url)))
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one delivery, the others go on
        return _Read(one, error=error)


def _apply_together(read: Sequence[_Read], unit: UnitOfWork) -> list[Exception | None] | None:
    """Let all have their effect in one part of the transaction, which takes half the time; ``None``, with nothing done, if one of them fails."""
    try:
        with unit.savepoint():
            handlers.prefetch([event for one in read for event in one.events], unit)
            for one in read:
                _apply(one, unit)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - met again when each is tried alone
        return None
    return [one.error for one in read]


def _apply_alone(one: _Read, unit: UnitOfWork) -> Exception | None:
    try:
        with unit.savepoint():
            _apply(one, unit)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one delivery, the others go on
        return error
    return one.error


def _apply(one: _Read, unit: UnitOfWork) -> None:
    unit.trace_id = one.waiting.trace_id
    if one.error is None:
        with span("delivery.handle", trace_id=one.waiting.trace_id, kind=one.waiting.kind, installation=unit.installation_id):
            handlers.apply(one.events, unit)


def _log(one: _Read, unit: UnitOfWork) -> structlog.stdlib.BoundLogger:
    bound: structlog.stdlib.BoundLogger = log.bind(trace_id=one.waiting.trace_id, installation=unit.installation_id, kind=one.waiting.kind)
    return bound


def _put_off(one: Waiting, error: Exception, unit: UnitOfWork) -> None:
    attempts = one.attempts + 1
    next_at = unit.now + timedelta(seconds=RETRIES[attempts - 1]) if attempts <= len(RETRIES) else None
    unit.inbox.failed(one.event_id, error=type(error).__name__, attempts=attempts, next_at=next_at)


async def replay(runtime: Runtime, installation_id: int, delivery: Delivery, *, at: datetime | None = None) -> str:
    """Handle a recorded delivery at once, without its signature, as if it were ``at``; returns ``handled``, ``dropped`` or ``refused``."""
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)
    try:
        admitted = host.admit(delivery)
    except DeliveryRefused:
        return "refused"
    if admitted is None:
        return "dropped"
    events = host.to_events(admitted, received_at=at or runtime.clock(), base_url=installation.base_url)

    def work(unit: UnitOfWork) -> None:
        if at is not None:
            unit.now = at
        handlers.apply(events, unit)

    await runtime.database.write(installation_id, work)
    return "handled"
