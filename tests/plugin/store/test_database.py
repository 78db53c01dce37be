"""Units of work on both databases."""

from plugin.store.database import Database
from plugin.store.unit_of_work import Installations, UnitOfWork


def make(installations: Installations) -> int:
    keys = dict.fromkeys(("terms", "tombstones", "audit"), "ab" * 32)
    return installations.create(host="discourse", base_url="https://forum.example.org", secrets={}, keys=keys, name="Forum")


async def test_opens(database: Database) -> None:
    await database.check()
    one = await database.manage(make)
    def work(unit: UnitOfWork) -> str:
        unit.record("x", actor="y")
        return unit.community.name
    assert await database.write(one, work) == "Forum"
