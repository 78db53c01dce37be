"""Promise 4: in a burst a delivery is acknowledged within a second at the 99th percentile, and how many wait can be seen."""

import asyncio
import statistics
import time

import pytest

from tests.plugin.web.test_hooks import body_of, kept, signed
from tests.schema.conftest import both, clock, filled
from tests.schema.world import World, served

__all__ = ["both", "clock", "filled"]

SENDERS, EACH = 48, 40


@pytest.mark.slow
async def test_promise_04_acknowledged_within_a_second_in_a_burst(both: World) -> None:
    body, times = body_of(), list[float]()
    async with served(both.app) as address:
        host, _, port = address.partition(":")

        async def send(first: int) -> None:
            reader, writer = await asyncio.open_connection(host, int(port))
            for number in range(first, first + EACH):
                headers = "\r\n".join(f"{name}: {value}" for name, value in signed(body, number=str(number)).items())
                began = time.perf_counter()
                writer.write(f"POST /hooks/{both.installation_id}/ HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{headers}\r\n\r\n".encode() + body)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 202")
                times.append(time.perf_counter() - began)
            writer.close()

        await asyncio.gather(*(send(1 + number * EACH) for number in range(SENDERS)))
        assert await kept(both) == {"new": SENDERS * EACH}
        metrics = (await both.http.get("/metrics")).text
    assert statistics.quantiles(times, n=100)[98] < 1
    assert f'mentorgraph_deliveries{{state="new"}} {SENDERS * EACH}.0' in metrics
