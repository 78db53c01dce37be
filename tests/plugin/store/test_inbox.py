"""The inbox: what was acknowledged is there, once."""

import asyncio
import threading
from datetime import timedelta
from hashlib import blake2b

import pytest

from plugin.errors import Unavailable
from plugin.store.database import Database
from plugin.store.intake import Arrival
from plugin.store.sqlite import SqliteDatabase
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW, FixedClock
from tests.plugin.support import community


def arrival(installation_id: int, event_id: str, body: bytes = b"body") -> Arrival:
    return Arrival(
        installation_id=installation_id,
        event_id=event_id,
        kind="k",
        digest=blake2b(body, digest_size=16).digest(),
        body=b"sealed " + body,
        trace_id="t",
        received_at=NOW,
    )


def kept(unit: UnitOfWork) -> list[tuple[str, bytes]]:
    return sorted((one.event_id, one.body) for one in unit.inbox.due(now=unit.now, limit=1_000))


async def test_the_same_delivery_is_kept_once(database: Database) -> None:
    one = await community(database)
    await asyncio.gather(*(database.put(arrival(one, "1")) for _ in range(5)))
    await database.put(arrival(one, "1"))
    assert await database.read(one, kept) == [("1", b"sealed body")]


async def test_another_body_under_a_taken_id_is_kept_too(database: Database) -> None:
    one = await community(database)
    await asyncio.gather(*(database.put(arrival(one, "1", body)) for body in (b"a", b"b", b"a", b"b")))
    for body in (b"c", b"a", b"c"):
        await database.put(arrival(one, "1", body))
    found = await database.read(one, kept)
    assert sorted(body for _, body in found) == [b"sealed a", b"sealed b", b"sealed c"]


async def test_a_repeat_of_a_handled_delivery_is_not_handled_again(database: Database) -> None:
    one = await community(database)
    await database.put(arrival(one, "1"))
    await database.write(one, lambda unit: unit.inbox.handled(["1"], now=unit.now))
    await database.put(arrival(one, "1"))
    assert await database.read(one, kept) == []
    assert await database.read(one, lambda unit: unit.inbox.counts()) == {"handled": 1}


async def test_communities_do_not_share_ids(database: Database) -> None:
    one, other = await community(database), await community(database, base_url="https://other.example.org")
    await asyncio.gather(database.put(arrival(one, "1", b"a")), database.put(arrival(other, "1", b"b")))
    assert await database.read(one, kept) == [("1", b"sealed a")]
    assert await database.read(other, kept) == [("1", b"sealed b")]


async def test_a_burst_is_kept_whole_and_makes_the_lane_due(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    await asyncio.gather(*(database.put(arrival(one, str(number))) for number in range(1_200)))
    assert await database.read(one, lambda unit: unit.inbox.counts()) == {"new": 1_200}
    claims = await database.dispatch(lambda found: found.claim(now=clock(), lease=timedelta(minutes=1), holder="a", limit=5))
    assert [claim.lane for claim in claims] == ["inbox"]


async def test_put_returns_only_when_another_reader_sees_it(database: Database) -> None:
    one = await community(database)
    for number in range(20):
        await database.put(arrival(one, str(number)))
        assert await database.read(one, lambda unit: sum(unit.inbox.counts().values())) == number + 1


async def test_a_caller_who_went_away_does_not_stop_the_others(database: Database) -> None:
    one = await community(database)
    tasks = [asyncio.create_task(database.put(arrival(one, str(number)))) for number in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert [number for number, result in enumerate(done) if result is not None] == [3]
    assert await database.read(one, lambda unit: sum(unit.inbox.counts().values())) >= 9


async def test_two_event_loops_put_at_the_same_time(sqlite_database: Database) -> None:
    one = await community(sqlite_database)
    failures: list[BaseException] = []

    def elsewhere() -> None:
        async def go() -> None:
            for number in range(100):
                await asyncio.wait_for(sqlite_database.put(arrival(one, f"there{number}")), 5)

        try:
            asyncio.run(go())
        except BaseException as error:  # noqa: BLE001 - looked at below
            failures.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    for number in range(100):
        await asyncio.wait_for(sqlite_database.put(arrival(one, f"here{number}")), 5)
    await asyncio.to_thread(thread.join)
    assert not failures
    assert await sqlite_database.read(one, lambda unit: unit.inbox.counts()) == {"new": 200}


async def test_a_loop_that_was_closed_does_not_end_the_writer(sqlite_database: Database) -> None:
    one = await community(sqlite_database)
    assert isinstance(sqlite_database, SqliteDatabase)
    holding, go_on = threading.Event(), threading.Event()

    def hold(_unit: UnitOfWork) -> None:
        holding.set()
        go_on.wait(5)

    held = asyncio.create_task(sqlite_database.write(one, hold))
    await asyncio.to_thread(holding.wait)

    def leave() -> None:
        async def go() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(sqlite_database.put(arrival(one, "left")), 0.05)

        asyncio.run(go())

    await asyncio.to_thread(leave)
    go_on.set()
    await held
    await asyncio.wait_for(sqlite_database.put(arrival(one, "after")), 5)
    assert await sqlite_database.read(one, lambda unit: unit.inbox.counts()) == {"new": 2}


async def test_what_cannot_be_kept_is_not_acknowledged(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await community(sqlite_database)
    bad = Arrival(installation_id=one, event_id="1", kind="k", digest=b"", body=b"", trace_id="t", received_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match=r"zone|offset"):
        await sqlite_database.put(bad)
    await sqlite_database.put(arrival(one, "2"))
    assert await sqlite_database.read(one, lambda unit: unit.inbox.counts()) == {"new": 1}


async def test_dead_letters_lose_their_content_and_handled_ones_are_forgotten(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    for event_id in ("handled", "dead", "new"):
        await database.put(arrival(one, event_id))

    def settle(unit: UnitOfWork) -> None:
        unit.inbox.handled(["handled"], now=unit.now)
        unit.inbox.failed("dead", error="KeyError", attempts=8, next_at=None)

    await database.write(one, settle)
    clock.move(days=8)
    prune = {"handled_after": timedelta(days=30), "dead_after": timedelta(days=7)}
    await database.write(one, lambda unit: unit.inbox.prune(now=unit.now, **prune))
    assert await database.write(one, lambda unit: unit.inbox.retry(now=unit.now)) == 0, "there is nothing left to retry"
    assert await database.read(one, lambda unit: unit.inbox.counts()) == {"handled": 1, "dead": 1, "new": 1}
    clock.move(days=23)
    await database.write(one, lambda unit: unit.inbox.prune(now=unit.now, **prune))
    assert await database.read(one, lambda unit: unit.inbox.counts()) == {"new": 1}
    assert Unavailable.status_code == 503
