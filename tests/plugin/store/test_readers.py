"""One thread reads for as long as it gets on; what waits behind a long reading is taken over."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from plugin.store import readers
from plugin.store.readers import Readers


class Boom(Exception):
    """What a test lets go wrong."""


@pytest.fixture
def three() -> Iterator[Readers]:
    made = Readers(3)
    yield made
    made.close()


async def test_short_readings_share_a_thread(three: Readers) -> None:
    found = await asyncio.gather(*(three.run(threading.get_ident) for _ in range(200)))
    assert len(set(found)) == 1
    assert found[0] != threading.get_ident()


async def test_what_waits_behind_a_long_reading_is_taken_over(three: Readers) -> None:
    let_go = threading.Event()
    long = asyncio.ensure_future(three.run(let_go.wait))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(three.run(lambda: "there"), 10) == "there"
    let_go.set()
    assert await long


async def test_there_are_never_more_threads_than_allowed(three: Readers) -> None:
    let_go, places, refused = threading.Event(), threading.Semaphore(3), []

    def hold() -> None:
        if not places.acquire(blocking=False):
            refused.append("a fourth")
        let_go.wait()
        places.release()

    held = [asyncio.ensure_future(three.run(hold)) for _ in range(8)]
    await asyncio.sleep(10 * readers.PATIENCE)
    let_go.set()
    await asyncio.gather(*held)
    assert not refused


async def test_a_reading_that_raises_does_so_where_it_was_asked_for(three: Readers) -> None:
    def boom() -> None:
        raise Boom

    with pytest.raises(Boom):
        await three.run(boom)
    assert await three.run(lambda: 1) == 1


async def test_a_reading_that_nobody_waits_for_any_more_is_not_begun(three: Readers) -> None:
    let_go, done = threading.Event(), []
    first = asyncio.ensure_future(three.run(let_go.wait))
    second = asyncio.ensure_future(three.run(lambda: done.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    let_go.set()
    await first
    await three.run(lambda: None)
    assert done == []


def test_a_loop_that_was_closed_in_the_middle_holds_nobody_up(three: Readers) -> None:
    """The look-out of the first loop never comes; the second has its own."""
    let_go = threading.Event()

    async def leave() -> None:
        asyncio.ensure_future(three.run(let_go.wait)).cancel()
        await asyncio.sleep(0)

    async def stay() -> str:
        long = asyncio.ensure_future(three.run(let_go.wait))
        await asyncio.sleep(0)
        found = await asyncio.wait_for(three.run(lambda: "there"), 10)
        let_go.set()
        await long
        return found

    asyncio.run(leave())
    assert asyncio.run(stay()) == "there"


async def test_closing_finishes_what_was_asked_for() -> None:
    one = Readers(2)
    asked = [asyncio.ensure_future(one.run(lambda: "there")) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.to_thread(one.close)
    assert await asyncio.gather(*asked) == ["there"] * 20
