"""Promise 20: slow and oversize requests hurt nobody else, and are ended in bounded time."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx2
import pytest

from plugin.web import connections, limits
from tests.plugin.web.test_hooks import signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World, served

__all__ = ["clock", "filled", "world"]


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with served(world.app) as found:
        yield found


async def opened(address: str, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    await writer.drain()
    return reader, writer


async def ends(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """What came until the connection ended."""
    try:
        return await asyncio.wait_for(reader.read(), seconds)
    except ConnectionError:
        return b""


@pytest.mark.slow
async def test_promise_20_sixty_half_open_requests_hold_up_nobody_and_are_closed(world: World, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 3.0)
    slow = [await opened(address, b"POST /hooks/1/ HTTP/1.1\r\nHost: x\r\nX-A: ") for _ in range(30)]
    slow += [await opened(address, b"") for _ in range(30)]
    worst = 0.0
    async with httpx2.AsyncClient(timeout=5) as http:
        for number in range(20):
            body = b'{"ping":"OK"}'
            began = time.perf_counter()
            answer = await http.post(
                f"http://{address}/hooks/{world.installation_id}/", content=body, headers=signed(body, kind="ping", event="ping", number=str(number))
            )
            worst = max(worst, time.perf_counter() - began)
            assert answer.status_code in {200, 202}
    assert worst < 1.0
    # A byte now and then does not keep it open either.
    for _, writer in slow[:30]:
        writer.write(b"a")
    await asyncio.gather(*(ends(reader, 6) for reader, _ in slow))
    for _, writer in slow:
        writer.close()


@pytest.mark.slow
async def test_promise_20_a_body_that_drips_is_ended(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.5)
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    reader, writer = await opened(address, head + b"{")
    dripping = asyncio.ensure_future(_drip(writer))
    answer = await ends(reader, 5)
    dripping.cancel()
    writer.close()
    assert b" 400 " in answer
    assert b"too_slow" in answer


async def _drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 300_000,
        b"GET /healthz HTTP/1.1\r\n" + b"X-A: a\r\n" * 40_000,
        b"GET /" + b"a" * 300_000,
    ],
    ids=["a long header", "many headers", "a long address"],
)
async def test_promise_20_a_head_has_a_largest_size(address: str, head: bytes) -> None:
    reader, writer = await opened(address, b"")
    try:
        writer.write(head)
        await writer.drain()
    except ConnectionError:
        pass
    answer = await ends(reader, 5)
    writer.close()
    assert b" 200 " not in answer


@pytest.mark.slow
async def test_promise_20_a_kept_connection_serves_again_and_again(address: str) -> None:
    async with httpx2.AsyncClient(timeout=5) as http:
        for size in (0, 10, 99_000, 0, 70_000):
            assert (await http.get(f"http://{address}/healthz")).status_code == 200
            body = b'{"query":"{ __typename }"}' + b" " * size
            assert (await http.post(f"http://{address}/graphql", content=body, headers={"Content-Type": "application/json"})).status_code == 200
