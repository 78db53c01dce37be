"""A host that misbehaves, on a real socket: it is asked no sooner than it said, costs bounded time and memory, and slows nobody else down."""

import asyncio
import email.utils
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from mentorgraph.host import HostBroken, HostBusy, HostError, HostUnreachable, RateLimit
from plugin import http
from plugin.bodies import MAX_BODY
from plugin.http import GuardedHttp, Patience

Behaviour = Callable[["Hostile", asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Hostile:
    """A host whose answers are bytes. ``forbidden_until`` is the moment before which nobody may call again."""

    behaviour: Behaviour
    address: str = ""
    calls: int = 0
    early: int = 0
    forbidden_until: float = 0.0
    told_at: float = 0.0
    sent: int = 0
    hanging: list[asyncio.Event] = field(default_factory=list)
    serving: set[asyncio.Task[None]] = field(default_factory=set)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        self.writers.append(writer)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.calls += 1
                # What was on its way when the host said so cannot be called back; a hundredth is for the clocks of two sockets.
                self.early += self.told_at + 0.1 < time.monotonic() < self.forbidden_until - 0.01
                until = self.forbidden_until
                await self.behaviour(self, writer)
                self.told_at = time.monotonic() if self.forbidden_until != until else self.told_at
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def hosting(behaviour: Behaviour) -> AsyncIterator[Hostile]:
    host = Hostile(behaviour)
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    host.address = f"127.0.0.1:{port}"
    try:
        yield host
    finally:
        for one in host.hanging:
            one.set()
        for writer in host.writers:
            writer.transport.abort()
        await asyncio.wait_for(asyncio.gather(*host.serving, return_exceptions=True), 5)
        server.close()


@asynccontextmanager
async def calling(host: Hostile, *, total: float = 5.0, tries: int = 3) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    limit = RateLimit(per_minute=60_000, burst=1_000)
    client = GuardedHttp(allow_private=[host.address], limit=limit, patience=Patience(total=total, tries=tries))

    async def call() -> int:
        return (await client.request("GET", f"http://{host.address}/x.json")).status

    try:
        yield call
    finally:
        await client.close()


def said(status: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


async def busy_seconds(host: Hostile, writer: asyncio.StreamWriter) -> None:
    host.forbidden_until = time.monotonic() + 1 if host.calls < 6 else 0
    writer.write(said("429 Too Many Requests", "Retry-After: 1") if host.calls < 6 else OK)


async def busy_date(host: Hostile, writer: asyncio.StreamWriter) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    host.forbidden_until = time.monotonic() + (until - datetime.now(UTC)).total_seconds() if host.calls < 2 else 0
    writer.write(said("429 Too Many Requests", f"Retry-After: {email.utils.format_datetime(until, usegmt=True)}") if host.calls < 2 else OK)


async def away(host: Hostile, writer: asyncio.StreamWriter) -> None:
    host.forbidden_until = time.monotonic() + 1 if host.calls < 2 else 0
    writer.write(said("503 Service Unavailable", "Retry-After: 1") if host.calls < 2 else OK)


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [busy_seconds, busy_date, away])
async def test_nobody_calls_before_the_host_allows_it(behaviour: Behaviour) -> None:
    async with hosting(behaviour) as host, calling(host, total=8.0, tries=4) as call:
        found = await asyncio.gather(*(call() for _ in range(4)), return_exceptions=True)
        assert 200 in found, found
        assert host.early == 0
        assert host.calls >= 4


async def forever(host: Hostile, writer: asyncio.StreamWriter) -> None:
    host.forbidden_until = time.monotonic() + 3_000
    writer.write(said("429 Too Many Requests", "Retry-After: 3000"))


async def test_a_wait_that_is_too_long_is_handed_on_with_its_length() -> None:
    async with hosting(forever) as host, calling(host) as call:
        assert await call() == 429
        for _ in range(5):
            with pytest.raises(HostBusy) as failure:
                await call()
            assert failure.value.retry_after is not None
            assert failure.value.retry_after > 2_900
        assert (host.calls, host.early) == (1, 0)


async def hang(host: Hostile, writer: asyncio.StreamWriter) -> None:
    host.hanging.append(asyncio.Event())
    await host.hanging[-1].wait()


async def drip(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(1_000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def reset(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def truncate(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{")
    await writer.drain()
    writer.close()


async def huge(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(1_600):
        writer.write(b" " * 62_500)
        await writer.drain()
        host.sent += 62_500


async def endless(host: Hostile, writer: asyncio.StreamWriter) -> None:
    """The same without saying how much it will be."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1_600):
        writer.write(b"f424\r\n" + b" " * 62_500 + b"\r\n")
        await writer.drain()
        host.sent += 62_500


BOMB = gzip.compress(b" " * 100_000_000)


async def bomb(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(said("200 OK", "Content-Encoding: gzip", body=BOMB))


async def elsewhere(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(said("302 Found", "Location: http://169.254.169.254/latest/meta-data"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("behaviour", "error", "reason"),
    [
        (hang, HostUnreachable, "timeout"),
        (drip, HostUnreachable, "timeout"),
        (reset, HostUnreachable, "no_connection"),
        (truncate, HostUnreachable, "no_connection"),
        (huge, HostBroken, "too_large"),
        (endless, HostBroken, "too_large"),
        (bomb, HostBroken, "too_large"),
    ],
)
async def test_what_is_no_answer_is_an_error_with_a_reason_in_bounded_time(
    behaviour: Behaviour, error: type[HostError], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.5 if behaviour in {hang, drip} else 10.0)
    before, began = psutil.Process().memory_info().rss, time.monotonic()
    async with hosting(behaviour) as host, calling(host, tries=1) as call:
        with pytest.raises(error) as failure:
            await call()
    assert failure.value.reason == reason
    assert failure.value.message
    assert time.monotonic() - began < 5
    assert host.sent < (MAX_BODY if behaviour is huge else 4 * MAX_BODY), "what is announced is not read, and what has no end is not read to its end"
    assert psutil.Process().memory_info().rss - before < 60_000_000


async def test_a_redirect_is_handed_back_and_not_followed() -> None:
    async with hosting(elsewhere) as host, calling(host) as call:
        assert await call() == 302
        assert host.calls == 1


async def well(host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


@pytest.mark.slow
async def test_hosts_that_hang_slow_nobody_else_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 2.0)

    async def measured(call: Callable[[], Awaitable[int]]) -> float:
        times = []
        for _ in range(200):
            began = time.perf_counter()
            assert await call() == 200
            times.append(time.perf_counter() - began)
        return sorted(times)[-3]

    async with hosting(well) as good, calling(good) as call, hosting(hang) as bad, calling(bad, tries=1) as hopeless:
        await measured(call)
        alone = await measured(call)
        waiting = [asyncio.ensure_future(hopeless()) for _ in range(20)]
        await asyncio.sleep(0.05)
        beside = await measured(call)
        await asyncio.gather(*waiting, return_exceptions=True)
    # Below two milliseconds the machine's own noise is larger than what is measured.
    assert beside <= max(2 * alone, 0.02), f"p99 {beside * 1000:.1f} ms beside 20 hanging calls, {alone * 1000:.1f} ms alone"
