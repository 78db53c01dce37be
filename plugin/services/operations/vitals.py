"""How each community is served at this moment: what waits, since when, and what failed. Numbers only; no member is looked at."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from mentorgraph.host import Sweep
from plugin.domain.community import InstallationState
from plugin.errors import NotFound
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

FRESH_SECONDS = 10.0
"""How long what was read is given out again, so that scraping a thousand communities costs little however often it is done."""
AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """One community. Times are ``None`` where nothing waits or nothing happened yet."""

    installation_id: int
    state: InstallationState
    deliveries: dict[str, int]
    messages: dict[str, int]
    oldest_delivery_at: datetime | None
    message_due_at: datetime | None
    last_read_at: datetime | None
    calls_left: int | None
    notes: tuple[str, ...]
    """Why lanes of work rest, in words for an admin."""


def of_unit(unit: UnitOfWork, *, quota: int) -> Vitals:
    """How the unit's community is served. ``quota`` is what its host allows a month, 0 for no limit."""
    due = unit.outbox.next_at()
    return Vitals(
        installation_id=unit.installation_id,
        state=unit.community.state,
        deliveries=unit.inbox.counts(),
        messages=unit.outbox.counts(),
        oldest_delivery_at=unit.inbox.oldest(),
        message_due_at=due if due is not None and due <= unit.now else None,
        last_read_at=unit.sweeps.get(Sweep.RECENT).finished_at or unit.sweeps.get(Sweep.POSTS).finished_at,
        calls_left=quota - unit.host_calls.of(f"{unit.now:%Y-%m}") if quota else None,
        notes=tuple(sorted(note for note in unit.lanes.notes().values() if note)),
    )


async def of(runtime: Runtime, installation_id: int) -> Vitals:
    """How one community is served. Raises :class:`~plugin.errors.NotFound`."""
    installation = await runtime.installation(installation_id)
    quota = runtime.quota_of(installation)
    return await runtime.database.read(installation_id, lambda unit: of_unit(unit, quota=quota))


@dataclass
class Watch:
    """Vitals of all communities, read again when they are older than :data:`FRESH_SECONDS`."""

    runtime: Runtime
    _found: list[Vitals] = field(default_factory=list)
    _read_at: float = -FRESH_SECONDS
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def all(self) -> list[Vitals]:
        """The vitals of every community."""
        async with self._turn:
            if monotonic() - self._read_at >= FRESH_SECONDS:
                ids = await self.runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids())
                gate = asyncio.Semaphore(AT_ONCE)

                async def one(installation_id: int) -> Vitals | None:
                    async with gate:
                        try:
                            return await of(self.runtime, installation_id)
                        except NotFound:  # it was removed since they were listed
                            return None

                self._found = [found for found in await asyncio.gather(*map(one, ids)) if found is not None]
                self._read_at = monotonic()
            return self._found
