"""Every commit after which an answer may be another makes another epoch, and no other does."""

import asyncio
from collections.abc import Callable

import pytest

from plugin.domain.community import Policy
from plugin.store.database import Database
from plugin.store.epochs import QUIET
from plugin.store.intake import Arrival
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW
from tests.plugin.support import community


def test_what_is_quiet_is_there() -> None:
    assert set(metadata.tables) >= QUIET


LOUD: dict[str, Callable[[UnitOfWork], object]] = {
    "a row": lambda unit: unit.groups.put("7", name="mentors", title=""),
    "a row that is taken away": lambda unit: unit.groups.remove("7"),
    "a choice of the admin": lambda unit: unit.update_installation(policy={"spread": 0.25}),
    "something that the graph follows": lambda unit: unit.change("member", 1),
    "a statement of another kind": lambda unit: unit.tokens.revoke_of(1),
}


@pytest.mark.parametrize("name", LOUD)
async def test_a_commit_that_may_change_an_answer(database: Database, name: str) -> None:
    one = await community(database)
    before = await database.epoch(one)
    await database.write(one, LOUD[name])
    after = await database.epoch(one)
    assert before is not None
    assert after == await database.read(one, lambda unit: unit.epoch)
    assert after is not None
    assert (after > before) == (name != "something that the graph follows")


async def test_work_that_nobody_reads_is_quiet(database: Database) -> None:
    one = await community(database)
    before = await database.epoch(one)
    await database.write(one, lambda unit: unit.wake("suggest"))
    await database.write(one, lambda unit: unit.host_calls.add("2026-11", 3))
    await database.put(Arrival(installation_id=one, event_id="1", kind="post", digest=b"1", body=b"sealed", received_at=NOW, trace_id="t"))
    assert await database.epoch(one) == before


async def test_what_was_undone_made_no_epoch(database: Database) -> None:
    one = await community(database)
    before = await database.epoch(one)

    def fails(unit: UnitOfWork) -> None:
        unit.groups.put("7", name="mentors", title="")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(one, fails)
    await database.write(one, lambda unit: unit.wake("suggest"))
    assert await database.epoch(one) == before


async def test_each_community_has_its_own(database: Database) -> None:
    one, two = await community(database, policy=Policy()), await community(database, base_url="https://other.example")
    before = await database.epoch(two)
    await database.write(one, LOUD["a row"])
    assert await database.epoch(two) == before
    assert await database.epoch(999) is None


async def test_many_ask_at_once(database: Database) -> None:
    ids = [await community(database, base_url=f"https://{number}.example") for number in range(5)]
    found = await asyncio.gather(*(database.epoch(one) for one in ids * 20))
    assert found == [await database.epoch(one) for one in ids] * 20
