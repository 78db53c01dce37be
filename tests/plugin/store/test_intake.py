"""Groups of any size are written whole, whatever statements they are made of."""

import asyncio
from datetime import timedelta

import pytest

from plugin.store.database import Database
from plugin.store.intake import Arrival
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW
from tests.plugin.support import community


@pytest.mark.parametrize("size", [1, 2, 3, 7, 63, 64, 65, 130])
async def test_every_column_of_every_row_arrives(database: Database, size: int) -> None:
    one = await community(database)
    sent = [
        Arrival(
            installation_id=one,
            event_id=str(number),
            kind=f"kind{number}",
            digest=bytes([number]) * 16,
            body=b"\x00body%d" % number,
            trace_id=f"trace{number}",
            received_at=NOW - timedelta(microseconds=number),
        )
        for number in range(size)
    ]
    await asyncio.gather(*map(database.put, sent))

    def due(unit: UnitOfWork) -> list[tuple[str, str, bytes, str, object, int]]:
        found = unit.inbox.due(now=NOW, limit=1_000)
        return sorted((row.event_id, row.kind, bytes(row.body), row.trace_id, row.received_at, row.attempts) for row in found)

    assert await database.read(one, due) == sorted((row.event_id, row.kind, row.body, row.trace_id, row.received_at, 0) for row in sent)


async def test_nothing_is_kept_of_what_comes_for_a_community_that_was_removed(database: Database) -> None:
    """Processes know it for some seconds more; what came together with it is kept."""
    one, gone = await community(database), await community(database, base_url="https://gone.example.org")
    await database.manage(lambda found: found.remove(gone))
    sent = [Arrival(of, str(number), "ping", b"d" * 16, b"body", "trace", NOW) for number in range(20) for of in (one, gone)]
    await asyncio.gather(database.put(*sent[:10]), *map(database.put, sent[10:]))
    assert await database.read(one, lambda unit: unit.inbox.counts()) == {"new": 20}
    assert await database.read(gone, lambda unit: unit.inbox.counts()) == {}


async def test_removing_a_community_and_its_deliveries_meet(database: Database) -> None:
    one = await community(database)
    sent = [Arrival(one, str(number), "ping", b"d" * 16, b"body", "trace", NOW) for number in range(60)]
    await asyncio.gather(*map(database.put, sent[:30]), database.manage(lambda found: found.remove(one)), *map(database.put, sent[30:]))
    assert await database.read(one, lambda unit: unit.inbox.counts()) == {}
