"""Promise 18: told to stop under load, the service answers what it took, refuses no accepted request, loses nothing, and ends within 30 seconds."""

import asyncio
import signal
import time
from pathlib import Path

import httpx2
import pytest

from tests.promises.processes import copied, running
from tests.schema.conftest import filled

__all__ = ["filled"]


@pytest.mark.slow
async def test_promise_18_a_service_that_stops_lets_go_of_nothing(filled: Path, tmp_path: Path) -> None:
    with running(copied(filled, tmp_path)) as service:
        await service.ready()
        before, statuses = service.kept(), []
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:

            async def sender(first: int) -> None:
                for number in range(first, first + 400):
                    status = await service.deliver(http, str(number))
                    statuses.append(status)
                    if status == 0:
                        return

            sending = asyncio.gather(*(sender(1_000 * one) for one in range(1, 5)), return_exceptions=True)
            while len(service.acknowledged) < 20:  # noqa: ASYNC110 - it is another process that goes on
                await asyncio.sleep(0.01)
            told = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            ended = await asyncio.wait_for(service.process.wait(), 35)
            assert time.monotonic() - told < 30
            problems = [one for one in await sending if isinstance(one, BaseException)]
        assert ended in {0, -signal.SIGTERM, 143}
        assert not [one for one in statuses if one >= 500 and one != 503], statuses
        # A connection that waits idle for the next request may be closed as that is sent; a request that was taken is answered.
        assert all(isinstance(one, httpx2.TransportError) for one in problems), problems
        assert service.kept() - before >= len(service.acknowledged)
