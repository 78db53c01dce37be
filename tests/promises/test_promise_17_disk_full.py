"""Promise 17: on a full disk nothing is acknowledged that is not kept, nothing is damaged, and with room again the service goes on."""

from pathlib import Path

import httpx2
import pytest

from tests.promises.processes import copied, running
from tests.schema.conftest import filled

__all__ = ["filled"]


@pytest.mark.slow
async def test_promise_17_a_full_disk_acknowledges_nothing_that_it_does_not_keep(filled: Path, tmp_path: Path) -> None:
    path = copied(filled, tmp_path)
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        with running(path, file_bytes=path.stat().st_size + 200_000) as service:
            await service.ready()
            before = service.kept()
            statuses = [await service.deliver(http, str(number)) for number in range(1_000, 1_400)]
            assert any(one == 503 for one in statuses), "the disk got full"
            assert {one // 100 for one in statuses} <= {2, 5}
            assert 500 not in statuses
            assert service.kept() - before >= len(service.acknowledged)
            earlier = list(service.acknowledged)
        with running(path) as service:
            await service.ready()
            assert service.kept() - before >= len(earlier)
            assert await service.deliver(http, "2000") < 300
