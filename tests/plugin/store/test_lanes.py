"""Lanes: one hand at a time, and no work lost."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.store.database import Database
from plugin.store.dispatch import NEVER, Claim, Dispatcher
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW, FixedClock
from tests.plugin.support import community

LEASE = timedelta(minutes=2)


def wake_all(unit: UnitOfWork) -> None:
    """Bring work to three lanes."""
    unit.wake("inbox")
    unit.wake("suggest")
    unit.wake("outbox")


async def claim(database: Database, now: datetime, *, holder: str = "a", limit: int = 9) -> list[Claim]:
    return await database.dispatch(partial(Dispatcher.claim, now=now, lease=LEASE, holder=holder, limit=limit))


async def release(database: Database, one: Claim, *, due_at: datetime | None = None) -> None:
    await database.dispatch(partial(Dispatcher.release, claim=one, due_at=due_at))


async def test_a_claimed_lane_is_nobody_elses(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    assert await claim(database, clock()) == []
    await database.write(one, lambda unit: unit.wake("inbox"))
    held = await claim(database, clock())
    assert [(found.installation_id, found.lane) for found in held] == [(one, "inbox")]
    assert await claim(database, clock(), holder="b") == []
    await release(database, held[0])
    assert await claim(database, clock(), holder="b") == []
    assert {row["due_at"] for row in await database.read(one, lambda unit: unit.lanes.all())} == {NEVER}


async def test_work_that_comes_while_the_lane_is_held_is_due_after_its_release(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    await database.write(one, lambda unit: unit.wake("inbox"))
    (held,) = await claim(database, clock())
    clock.move(seconds=1)
    await database.write(one, lambda unit: unit.wake("inbox"))
    assert await claim(database, clock(), holder="b") == [], "held all the same"
    await release(database, held, due_at=None)
    assert len(await claim(database, clock(), holder="b")) == 1


async def test_a_lease_that_ran_out_is_taken_over_and_cannot_be_given_back_by_the_first(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    await database.write(one, lambda unit: unit.wake("inbox"))
    (first,) = await claim(database, clock())
    clock.move(minutes=3)
    (second,) = await claim(database, clock(), holder="b")
    await release(database, first)
    assert await claim(database, clock(), holder="c") == [], "the second still holds it"
    await release(database, second)
    assert await claim(database, clock()) == []


async def test_a_holder_that_took_its_own_lane_over_does_not_give_back_the_new_lease(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    await database.write(one, lambda unit: unit.wake("inbox"))
    (first,) = await claim(database, clock())
    clock.move(minutes=3)
    (second,) = await claim(database, clock())
    await release(database, first)
    assert await claim(database, clock(), holder="b") == []
    await release(database, second)


async def test_a_lease_is_prolonged_only_by_who_holds_it(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    await database.write(one, lambda unit: unit.wake("reconcile"))
    (held,) = await claim(database, clock())
    clock.move(minutes=1)
    later = clock() + LEASE
    assert await database.dispatch(partial(Dispatcher.renew, claim=replace(held, holder="b"), until=later)) is None
    assert await database.dispatch(partial(Dispatcher.renew, claim=held, until=later)) == replace(held, until=later)
    assert await database.dispatch(partial(Dispatcher.renew, claim=held, until=later)) is None, "that lease was prolonged and is another one"
    clock.move(seconds=90)
    assert await claim(database, clock(), holder="b") == []
    await database.write(one, lambda unit: unit.wake("reconcile"))
    clock.move(minutes=2)
    assert len(await claim(database, clock(), holder="b")) == 1, "not renewed again, so it ran out"


async def test_claims_of_many_never_overlap(database: Database, clock: FixedClock) -> None:
    ids = [await community(database, base_url=f"https://{number}.example.org") for number in range(4)]
    for one in ids:
        await database.write(one, wake_all)
    found = await asyncio.gather(*(claim(database, clock(), holder=str(number), limit=3) for number in range(8)))
    pairs = [(one.installation_id, one.lane) for part in found for one in part]
    assert len(pairs) == len(set(pairs))
    rest = await claim(database, clock(), holder="rest", limit=99)
    assert len(pairs) + len(rest) == 12


async def test_the_longest_waiting_comes_first(database: Database, clock: FixedClock) -> None:
    ids = [await community(database, base_url=f"https://{number}.example.org") for number in range(3)]
    for late, one in zip((2, 0, 1), ids, strict=True):
        await database.write(one, lambda unit, late=late: unit.wake("inbox", at=NOW + timedelta(seconds=late)))  # type: ignore[misc]
    clock.move(seconds=5)
    assert [one.installation_id for one in await claim(database, clock())] == [ids[1], ids[2], ids[0]]


async def test_a_stopped_community_is_never_due(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    await database.write(one, lambda unit: unit.wake("inbox"))
    await database.write(one, lambda unit: unit.lanes.stop())
    clock.move(days=10_000)
    assert await claim(database, clock()) == []


@pytest.mark.slow
@given(steps=st.lists(st.tuples(st.sampled_from(["wake", "claim", "release", "pass", "crash"]), st.integers(0, 3)), max_size=14))
async def test_work_is_always_done_in_the_end(sqlite_database: Database, clock: FixedClock, steps: list[tuple[str, int]]) -> None:
    clock.now = NOW
    one = await community(sqlite_database, base_url=f"https://{abs(hash(tuple(steps)))}.example.org")
    brought, seen = 0, 0
    held: tuple[Claim, int] | None = None
    for step, size in steps:
        if step == "wake":
            brought += 1
            await sqlite_database.write(one, lambda unit: unit.wake("inbox"))
        elif step == "pass":
            clock.move(seconds=size * 50)
        elif step == "claim" and held is None:
            got = [found for found in await claim(sqlite_database, clock()) if found.installation_id == one]
            held = (got[0], brought) if got else None
        elif step == "release" and held is not None:
            seen = max(seen, held[1])
            await release(sqlite_database, held[0])
            held = None
        elif step == "crash":
            held = None
    clock.move(minutes=5)
    if [found for found in await claim(sqlite_database, clock()) if found.installation_id == one]:
        seen = brought
    assert seen == brought
    await sqlite_database.manage(lambda installations: installations.remove(one))
    assert clock() < NEVER
