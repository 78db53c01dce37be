"""Reading the host: deliveries are hints, this is the guarantee.

A sweep reads one listing page by page; each page and the place to go on are committed together, so a broken run goes on where it stopped. What a whole
sweep did not name is not removed but asked about, one by one: a page that failed, an empty answer or a cut list can never remove anyone.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from mentorgraph import events as e
from mentorgraph.host import Batch, HostBusy, HostClient, HostDenied, HostError, HostUnreachable, Sweep
from plugin.errors import Conflict
from plugin.services.hosts import overtaken
from plugin.services.runtime import Runtime
from plugin.store.repositories.readings import Check, SweepState
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

WHOLE: tuple[Sweep, ...] = (Sweep.SPACES, Sweep.MEMBERS, Sweep.GROUPS, Sweep.TOPICS, Sweep.POSTS, Sweep.SOLUTIONS, Sweep.LIKES)
REGULAR: tuple[Sweep, ...] = (Sweep.SPACES, Sweep.MEMBERS, Sweep.GROUPS, Sweep.RECENT)
ROLLING: tuple[Sweep, ...] = (Sweep.TOPICS, Sweep.POSTS, Sweep.SOLUTIONS, Sweep.LIKES)
ROLLING_PAGES = 20
"""Pages of each rolling sweep in one regular run; what was deleted unnoticed is found within one round over the whole listing."""
SLOWLY = timedelta(hours=20)
"""How old a whole listing of members, groups or spaces may be where calls are counted by the month."""
ROUND = timedelta(hours=4)
"""Likewise for a round over topics and posts: what was deleted should not be shown for long. What is new is read each time."""
CHECK_RETRIES = (10, 60, 300, 1800, 7200, 21600)
ASKING = timedelta(minutes=15)
"""After which a question whose answer nobody took in is asked again."""
MAX_PAGES = 200_000
"""A listing that never ends is a broken host."""


class Progress:
    """Told how far a run is; the command line draws it, the worker does not."""

    def step(self, sweep: Sweep, *, done: int, total: int | None) -> None:
        """So many items of a sweep are done, of so many if the host says."""

    def finished(self, sweep: Sweep) -> None:
        """A sweep is whole."""


@dataclass(kw_only=True)
class Report:
    """What a run did."""

    items: dict[str, int] = field(default_factory=dict)
    changed: int = 0
    """Subjects whose state differed from the host's: the drift."""
    doubted: int = 0
    asked: int = 0
    dropped: int = 0
    whole: bool = True
    error: str = ""


async def reconcile(runtime: Runtime, installation_id: int, *, whole: bool, progress: Progress | None = None) -> Report:
    """Bring the store to the host's state; ``whole`` reads everything, otherwise what is new and a part of the rest.

    Raises :class:`HostError` when the host fails; what was read until then is kept. A first reading and one of parts go on from there the next time. A whole
    reading of a community that was read before begins each listing anew: what a broken run has read of it may have changed since.
    """
    client = await runtime.client(installation_id)
    report = Report()
    progress = progress or Progress()
    known = await runtime.database.read(installation_id, imported)
    thrifty = await _is_thrifty(runtime, installation_id)
    fresh = await runtime.database.read(installation_id, _fresh) if thrifty and not whole else frozenset()
    if Sweep.SPACES not in fresh:
        await _refresh(runtime, installation_id, client)
    for sweep in WHOLE if whole else _due(REGULAR, fresh, thrifty=thrifty):
        await _sweep(runtime, installation_id, client, sweep, report=report, progress=progress, pages=MAX_PAGES, anew=whole and known)
    if not whole:
        for sweep in _due(ROLLING, fresh, thrifty=thrifty):
            await _sweep(runtime, installation_id, client, sweep, report=report, progress=progress, pages=1 if thrifty else ROLLING_PAGES)
    if known:
        runtime.meter.drifted(installation_id, report.changed)
    return report


async def _is_thrifty(runtime: Runtime, installation_id: int) -> bool:
    """Whether the host counts calls by the month: then what changes slowly is read once a day."""
    return runtime.host((await runtime.installation(installation_id)).host).rate_limit.per_month > 0


def _fresh(unit: UnitOfWork) -> frozenset[Sweep]:
    """The listings that were read whole a short while ago."""
    kept = dict.fromkeys(REGULAR, SLOWLY) | dict.fromkeys(ROLLING, ROUND)
    states = {sweep: unit.sweeps.get(sweep) for sweep in kept if sweep is not Sweep.RECENT}
    return frozenset(
        sweep for sweep, state in states.items() if state.finished_at is not None and unit.now - state.finished_at < kept[sweep] and not state.running
    )


def _due(sweeps: Sequence[Sweep], fresh: Collection[Sweep], *, thrifty: bool) -> tuple[Sweep, ...]:
    """The sweeps that are not fresh. Where calls are counted what is new comes first: should they run out, it was read."""
    due = tuple(sweep for sweep in sweeps if sweep not in fresh)
    return tuple(sorted(due, key=lambda sweep: sweep is not Sweep.RECENT)) if thrifty else due


async def _refresh(runtime: Runtime, installation_id: int, client: HostClient) -> None:
    info = await client.describe()

    def work(unit: UnitOfWork) -> None:
        unit.update_installation(name=info.title, locale=info.locale, limits=list(info.limits), profile_fields=dict(info.profile_fields), accent=info.accent)

    await runtime.database.write(installation_id, work)


async def _sweep(
    runtime: Runtime, installation_id: int, client: HostClient, sweep: Sweep, *, report: Report, progress: Progress, pages: int, anew: bool = False
) -> None:
    state, revision = await runtime.database.write(installation_id, lambda unit: _begin(unit, sweep, anew=anew))
    since = await runtime.database.read(installation_id, _since) if sweep is Sweep.RECENT else None
    done = 0
    for _ in range(pages):
        batch = await client.pull(sweep, state.cursor, since=since)
        state, revision = await runtime.database.write(installation_id, _page(state, batch, report, revision=revision))
        done += len(batch.events)
        report.items[sweep.value] = report.items.get(sweep.value, 0) + len(batch.events)
        report.dropped += batch.dropped
        progress.step(sweep, done=done, total=batch.total)
        runtime.bus.tell(installation_id)
        if not state.running:
            progress.finished(sweep)
            return
    report.whole = False


def _since(unit: UnitOfWork) -> datetime | None:
    """Since when topics may have news that were not read: the beginning of the last regular run, or of the import."""
    return unit.sweeps.get(Sweep.RECENT).finished_at or unit.sweeps.get(Sweep.TOPICS).began_at


def imported(unit: UnitOfWork) -> bool:
    """Whether the community was read whole once."""
    return unit.sweeps.get(Sweep.POSTS).finished_at is not None


def _begin(unit: UnitOfWork, sweep: Sweep, *, anew: bool) -> tuple[SweepState, int]:
    state = unit.sweeps.get(sweep)
    if anew or not state.running:
        # ``finished_at`` stays until the run ends: it says since when a regular run has to look.
        state = replace(state, number=state.number + 1, cursor=None, began_at=unit.now, calls=0)
        unit.sweeps.put(state)
    return state, unit.revision


def _page(state: SweepState, batch: Batch, report: Report, *, revision: int) -> Callable[[UnitOfWork], tuple[SweepState, int]]:
    def work(unit: UnitOfWork) -> tuple[SweepState, int]:
        if unit.sweeps.get(state.sweep) != state:
            raise Conflict("the reading was begun anew meanwhile, because an admin changed what counts or somebody else reads too", code="begun_anew")
        overtaken.take_in(batch.events, unit, revision=revision)
        unit.flush_rows()
        _mark(batch.events, state, unit)
        report.changed += len(unit.changed)
        after = replace(state, cursor=batch.cursor, calls=state.calls + 1)
        if batch.cursor is None:
            report.doubted += _doubt_unnamed(state, unit)
            after = replace(after, finished_at=max(unit.now, state.began_at or unit.now) if state.sweep is not Sweep.RECENT else state.began_at)
        unit.sweeps.put(after)
        return after, unit.revision_after

    return work


def _mark(events: Sequence[e.Event], state: SweepState, unit: UnitOfWork) -> None:
    sweep = state.number
    if state.sweep is Sweep.MEMBERS:
        unit.members.mark_seen([event.host_user_id for event in events if isinstance(event, e.MemberChanged)], sweep=sweep)
    elif state.sweep is Sweep.GROUPS:
        unit.groups.mark_seen([event.group_id for event in events if isinstance(event, e.GroupChanged)], sweep=sweep)
    elif state.sweep is Sweep.SPACES:
        unit.spaces.mark_seen([event.space_id for event in events if isinstance(event, e.SpaceChanged)], sweep=sweep)
    elif state.sweep is Sweep.TOPICS:
        unit.topics.mark_seen([event.topic_id for event in events if isinstance(event, e.TopicChanged)], sweep=sweep)
    elif state.sweep is Sweep.POSTS:
        unit.posts.mark_seen([event.post_id for event in events if isinstance(event, e.PostChanged)], sweep=sweep)


def _doubt_unnamed(state: SweepState, unit: UnitOfWork) -> int:
    began = state.began_at or unit.now
    kind: e.Kind
    if state.sweep is Sweep.MEMBERS:
        kind, unnamed = "member", unit.members.unseen(sweep=state.number, before=began)
    elif state.sweep is Sweep.GROUPS:
        kind, unnamed = "group", unit.groups.unseen(sweep=state.number)
    elif state.sweep is Sweep.SPACES:
        kind, unnamed = "space", unit.spaces.unseen(sweep=state.number)
    elif state.sweep is Sweep.TOPICS:
        kind, unnamed = "topic", unit.topics.unseen(sweep=state.number, before=began)
    elif state.sweep is Sweep.POSTS:
        kind, unnamed = "post", unit.posts.unseen(sweep=state.number, before=began)
    else:
        return 0
    if unnamed:
        unit.checks.add(kind, unnamed, due_at=unit.now)
        unit.wake("checks")
    return len(unnamed)


async def settle(runtime: Runtime, installation_id: int, *, limit: int = 20, report: Report | None = None) -> int:
    """Ask the host about what is doubtful now; returns how many doubts were settled. Raises :class:`HostError` when the host cannot be asked."""
    client = await runtime.client(installation_id)
    settled = 0
    for _ in range(limit):
        check, revision = await runtime.database.write(installation_id, _take)
        if check is None:
            break
        try:
            events = await client.read(check.kind, check.host_id)
        except (HostBusy, HostUnreachable, HostDenied) as error:
            await _postpone(runtime, installation_id, check, error)
            raise
        except HostError as error:
            # Something about this one subject: the others are asked all the same.
            log.warning("check_failed", installation=installation_id, kind=check.kind, reason=error.reason)
            await _postpone(runtime, installation_id, check, error)
            continue

        def work(unit: UnitOfWork, check: Check = check, events: Sequence[e.Event] = events, revision: int = revision) -> int:
            overtaken.take_in(events, unit, revision=revision)
            unit.checks.settle(check)
            return len(unit.changed)

        changed = await runtime.database.write(installation_id, work)
        if report is not None:
            report.changed += changed
            report.asked += 1
        settled += 1
        runtime.bus.tell(installation_id)
    return settled


def _take(unit: UnitOfWork) -> tuple[Check | None, int]:
    check = unit.checks.take(now=unit.now, until=unit.now + ASKING)
    return check, 0 if check is None else unit.revision


async def _postpone(runtime: Runtime, installation_id: int, check: Check, error: HostError) -> None:
    seconds = CHECK_RETRIES[min(check.attempts, len(CHECK_RETRIES) - 1)]
    if isinstance(error, HostBusy) and error.retry_after is not None:
        seconds = max(seconds, int(error.retry_after) + 1)
    await runtime.database.write(
        installation_id,
        lambda unit: unit.checks.postpone(check, due_at=unit.now + timedelta(seconds=seconds), error=error.reason),
    )


async def settle_all(runtime: Runtime, installation_id: int, *, report: Report) -> None:
    """Settle every doubt that there is, those that are not due yet included; for a command that promises the host's state."""
    while True:

        def work(unit: UnitOfWork) -> int:
            unit.checks.hasten(now=unit.now)
            return unit.checks.count()

        if not await runtime.database.write(installation_id, work):
            return
        before = report.asked
        await settle(runtime, installation_id, limit=100, report=report)
        if report.asked == before:
            return
