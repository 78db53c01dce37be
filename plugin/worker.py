"""Works off what is due: deliveries, doubts, needs, messages, reading.

A worker claims a lane of one community by a lease, does a bounded part of its work, and gives the lane back with the time at which it is due next. Any number
of workers can do so; a community's lane is in one hand at a time, and a worker that dies lets its lease run out.
"""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from mentorgraph.host import HostBusy, HostDenied, HostError
from plugin.errors import NotFound, PluginError, Unavailable
from plugin.services import scheduling
from plugin.services.developers import webhook_lane
from plugin.services.hosts import deliveries, reconcile
from plugin.services.knowledge import studying
from plugin.services.knowledge.graphs import Graphs
from plugin.services.matching import round_lane
from plugin.services.messages import delivering, mailing, outgoing
from plugin.services.operations import housekeeping
from plugin.services.runtime import Runtime
from plugin.services.suggestions import suggesting
from plugin.store.dispatch import Claim, Dispatcher
from plugin.store.repositories.lanes import ENDPOINT

log = structlog.get_logger()

LEASE = timedelta(seconds=120)
"""How long a lane is held where one process works alone (SQLite). After a kill, its next start ends the leases that are left."""
SHARED_LEASE = timedelta(seconds=8)
"""How long where several processes may work (PostgreSQL): what a killed one held is taken up by another within this time."""
RENEWALS = 4
"""How often a lease on work that goes on is prolonged in the time that it lasts: reading a large community takes hours."""
POLL = 0.5
"""Seconds after which a worker looks for work of other processes; work of this process wakes it at once."""
LOCAL: tuple[str, ...] = ("inbox", "suggest", "jobs", "tell", "webhooks")
"""Work that asks no host. It has hands of its own, so that hosts that hang cannot keep deliveries from being handled."""
REMOTE: tuple[str, ...] = ("checks", "outbox", "reconcile", "mail")
ENDPOINTS: tuple[str, ...] = (ENDPOINT,)
"""Posting to developers' endpoints, a lane for each: those that hang hold hands that nothing else needs."""
STUDY: tuple[str, ...] = ("learn",)
"""Work that takes minutes of computing: one at a time, and never in the way of the rest."""
LONG: tuple[str, ...] = ("rounds",)
"""Matching rounds: they compute for minutes too, and an admin waits for them."""
HANDS: dict[tuple[str, ...], int] = {LOCAL: 4, REMOTE: 16, ENDPOINTS: 32, STUDY: 1, LONG: 2}
"""How much of each is done at the same time."""
PARALLEL = 4
BROKEN_OFF = "reconcile"
"""Reading a community takes hours, and goes on later where it was: it does not hold up a stop."""
LAST_SECONDS = 10.0
"""How long what is under way may still take when the worker is to stop. What is not done by then is begun again, as after a kill."""
REST = timedelta(seconds=60)
"""How long a lane rests after a failure that is not its host's."""

Outcome = datetime | None
"""When a lane is due again."""


@dataclass
class _Held:
    """A claim as it was prolonged last, and whether the work that it is held for is over."""

    claim: Claim
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Worker:
    """Runs until it is stopped; stops between two pieces of work."""

    def __init__(self, runtime: Runtime, graphs: Graphs) -> None:
        self._runtime = runtime
        self._graphs = graphs
        self._holder = secrets.token_hex(6)
        self._lease = LEASE if runtime.settings.embedded else SHARED_LEASE
        self._stopping = asyncio.Event()
        self._random = random.Random()  # noqa: S311 - spreads load, guards nothing
        self._lanes: dict[str, Callable[[int], Awaitable[Outcome]]] = {
            "inbox": self._inbox,
            "checks": self._checks,
            "suggest": self._suggest,
            "rounds": self._rounds,
            "outbox": self._outbox,
            "reconcile": self._reconcile,
            "jobs": self._jobs,
            "tell": self._tell,
            "mail": self._mail,
            "webhooks": self._webhooks,
            "learn": self._learn,
        }

    def stop(self) -> None:
        """Finish what is under way and return from :meth:`run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stopped."""
        if self._runtime.settings.embedded:
            # SQLite has one process: whoever held a lease was killed, and what they held need not wait until it runs out.
            await self._runtime.database.dispatch(lambda found: found.free(now=self._runtime.clock()))
        self._runtime.meter.begin(lanes=(*self._lanes, ENDPOINT.rstrip(":")))
        woken = self._runtime.bus.subscribe()
        running: dict[tuple[str, ...], set[asyncio.Task[None]]] = {lanes: set() for lanes in HANDS}
        try:
            while not self._stopping.is_set():
                woken.clear()
                more = False
                for lanes, tasks in running.items():
                    claims = await self._claim(HANDS[lanes] - len(tasks), lanes)
                    tasks |= {asyncio.create_task(self._do(claim), name=claim.lane) for claim in claims}
                    more = more or (bool(claims) and len(tasks) < HANDS[lanes])
                if not more:
                    await self._wait(woken, set().union(*running.values()))
                for tasks in running.values():
                    tasks -= {task for task in tasks if task.done()}
        except Exception:
            log.exception("worker_ended")
            raise
        finally:
            self._runtime.bus.unsubscribe(woken)
            await self._end(set().union(*running.values()))

    async def _end(self, left: set[asyncio.Task[None]]) -> None:
        if not left:
            return
        for task in left:
            if task.get_name() == BROKEN_OFF:
                task.cancel()
        _, late = await asyncio.wait(left, timeout=LAST_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _wait(self, woken: asyncio.Event, running: set[asyncio.Task[None]]) -> None:
        waits = [asyncio.create_task(woken.wait()), asyncio.create_task(self._stopping.wait())]
        await asyncio.wait([*waits, *running], timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _claim(self, limit: int, lanes: tuple[str, ...]) -> list[Claim]:
        if limit <= 0:
            return []
        now = self._runtime.clock()
        try:
            return await self._runtime.database.dispatch(lambda found: found.claim(now=now, lease=self._lease, holder=self._holder, limit=limit, only=lanes))
        except Unavailable as error:
            log.warning("database_unavailable", reason=error.code)
            await asyncio.sleep(POLL)
            return []

    async def run_until_idle(self, *, lanes: frozenset[str] | None = None, rounds: int = 10_000) -> None:
        """Do everything that is due now and return; for commands and tests."""
        for _ in range(rounds):
            now = self._runtime.clock()
            only = sorted(lanes) if lanes else ()
            claim_some = partial(Dispatcher.claim, now=now, lease=self._lease, holder=self._holder, limit=PARALLEL, only=only)
            claims = await self._runtime.database.dispatch(claim_some)
            if not claims:
                return
            for claim in claims:
                await self._do(claim)

    async def _do(self, claim: Claim) -> None:
        due: datetime | None
        note = ""
        bound, kind = log.bind(installation=claim.installation_id, lane=claim.lane), claim.lane.partition(":")[0]
        held = _Held(claim)
        keeping = asyncio.create_task(self._keep(held))
        try:
            due = await self._work_off(claim)
        except HostError as error:
            rest = error.retry_after if isinstance(error, HostBusy) and error.retry_after is not None else self._random.uniform(20, 60)
            if isinstance(error, HostDenied):
                rest = 900.0
            due, note = self._runtime.clock() + timedelta(seconds=rest), error.message
            bound.warning("host_failed", reason=error.reason)
            self._runtime.meter.failed(kind, error.reason)
        except NotFound as error:
            # The community was removed, and its lanes with it. Where it is something else that is missing, the lane rests and says so.
            due, note = self._runtime.clock() + REST, error.message
            bound.info("lane_left", reason=error.message)
        except PluginError as error:
            due, note = self._runtime.clock() + REST, error.message
            bound.warning("lane_failed", reason=error.code)
            self._runtime.meter.failed(kind, error.code)
        except Exception:  # noqa: BLE001 - one broken lane must not stop the others; the log has it all
            due, note = self._runtime.clock() + REST, "an unexpected error; the log has it"
            bound.exception("lane_broken")
            self._runtime.meter.failed(kind, "unexpected")
        finally:
            # A renewal that is under way comes to its end: a lease is given back as it is in the table, or not at all.
            held.over.set()
            await asyncio.wait({keeping})
        await self._release(held.claim, due, note)

    async def _work_off(self, claim: Claim) -> Outcome:
        if claim.lane.startswith(ENDPOINT):
            return await webhook_lane.send_due(self._runtime, claim.installation_id, int(claim.lane.removeprefix(ENDPOINT)))
        return await self._lanes[claim.lane](claim.installation_id)

    async def _keep(self, held: _Held) -> None:
        """Prolong the lease for as long as the work goes on."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(held.over.wait(), self._lease.total_seconds() / RENEWALS)
                return
            renew = partial(Dispatcher.renew, claim=held.claim, until=self._runtime.clock() + self._lease)
            try:
                renewed = await self._runtime.database.dispatch(renew)
            except Unavailable:
                continue
            if renewed is None:
                return
            held.claim = renewed

    async def _release(self, claim: Claim, due: datetime | None, note: str) -> None:
        try:
            await self._runtime.database.dispatch(partial(Dispatcher.release, claim=claim, due_at=due, note=note))
        except Unavailable:
            # The lease runs out by itself.
            log.warning("release_failed", installation=claim.installation_id, lane=claim.lane)

    # ------------------------------------------------------------------------------------------------------------- lanes

    async def _inbox(self, installation_id: int) -> Outcome:
        done = await deliveries.drain(self._runtime, installation_id)
        if done.handled + done.failed >= deliveries.BATCH:
            return self._runtime.clock()
        return await self._runtime.database.read(installation_id, lambda unit: unit.inbox.next_at())

    async def _checks(self, installation_id: int) -> Outcome:
        await reconcile.settle(self._runtime, installation_id)
        return await self._runtime.database.read(installation_id, lambda unit: unit.checks.next_at())

    async def _suggest(self, installation_id: int) -> Outcome:
        return self._runtime.clock() if await suggesting.answer_needs(self._runtime, self._graphs, installation_id) else None

    async def _rounds(self, installation_id: int) -> Outcome:
        return self._runtime.clock() if await round_lane.work(self._runtime, self._graphs, installation_id) else None

    async def _outbox(self, installation_id: int) -> Outcome:
        await outgoing.send_due(self._runtime, installation_id)
        return await self._runtime.database.read(installation_id, lambda unit: unit.outbox.next_at())

    async def _learn(self, installation_id: int) -> Outcome:
        return await studying.learn(self._runtime, installation_id)

    async def _jobs(self, installation_id: int) -> Outcome:
        await scheduling.run_due(self._runtime, installation_id)
        return await self._runtime.database.read(installation_id, lambda unit: unit.jobs.next_at())

    async def _tell(self, installation_id: int) -> Outcome:
        await delivering.deliver_due(self._runtime, installation_id)
        return await self._runtime.database.read(installation_id, lambda unit: unit.notices.next_at())

    async def _mail(self, installation_id: int) -> Outcome:
        if self._runtime.mailer is None:
            return None
        await mailing.send_due(self._runtime, installation_id)
        return await self._runtime.database.read(installation_id, lambda unit: unit.mails.next_at())

    async def _webhooks(self, installation_id: int) -> Outcome:
        await webhook_lane.hand_out(self._runtime, installation_id)
        return None

    async def _reconcile(self, installation_id: int) -> Outcome:
        await housekeeping.tidy(self._runtime, installation_id)
        imported = await self._runtime.database.read(installation_id, reconcile.imported)
        await reconcile.reconcile(self._runtime, installation_id, whole=not imported)
        await self._runtime.database.write(installation_id, studying.schedule_first)
        minutes = self._runtime.settings.reconcile_minutes
        # Spread, so that a thousand communities do not read at the same minute.
        return self._runtime.clock() + timedelta(minutes=minutes * self._random.uniform(0.9, 1.1))
