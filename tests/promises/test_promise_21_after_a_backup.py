"""Promise 21: after last night's copy was put back, one reading makes it what the host is, and whoever was erased since stays erased."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from plugin.app import open_database
from plugin.errors import Invalid
from plugin.services.departures import burials
from plugin.services.departures.erasure import erase_member
from plugin.services.hosts import reconcile
from plugin.settings import Settings
from plugin.store.crypto import Vault
from tests.conftest import FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.stories import HOST, known, person, settle, tell
from tests.plugin.support import World

PLANTED = "zqplantedname"


async def read_all(world: World) -> None:
    report = await reconcile.reconcile(world.runtime, world.installation_id, whole=True)
    await reconcile.settle_all(world.runtime, world.installation_id, report=report)


async def test_promise_21_a_copy_of_last_night_and_one_reading(sqlite_settings: Settings, vault: Vault, clock: FixedClock, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    first = await make_world(sqlite_settings, open_database(sqlite_settings, vault=vault, clock=clock), vault, clock)
    picture = first.picture
    picture.members |= {one: person(one, source=HOST) for one in ("1", "3")} | {"2": person("2", name=PLANTED, source=HOST)}
    await tell(first, *picture.members.values())
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)

    # Today: one asks to be erased, one leaves the host, one is renamed.
    clock.move(hours=9)
    await first.database.write(first.installation_id, lambda unit: erase_member("2", unit, why="self"))
    del picture.members["3"]
    picture.members["1"] = person("1", name="Renamed", seen_at=clock.now, source=HOST)
    await read_all(first)
    today = await known(first)
    beside = await first.database.read(first.installation_id, burials.tombstones)
    await first.database.close()

    for one in sqlite_settings.sqlite_path.parent.glob(f"{sqlite_settings.sqlite_path.name}*"):
        one.unlink()
    shutil.copyfile(backup, sqlite_settings.sqlite_path)
    again = World(first.runtime, first.host, first.installation_id)
    again.runtime.database = open_database(sqlite_settings, vault=vault, clock=clock)
    try:
        assert PLANTED in str(await known(again)), "it is yesterday's copy"
        erased = await again.database.write(again.installation_id, lambda unit: burials.bury_again(unit, beside))
        assert erased == 2
        await read_all(again)
        await settle(again)
        assert await known(again) == today
        await tell(again, picture.members["2"])
        await settle(again)
        assert PLANTED not in str(await known(again)), "the host still has them, and they stay erased"
        assert await again.database.write(again.installation_id, lambda unit: burials.bury_again(unit, beside)) == 0
        with pytest.raises(Invalid):
            await again.database.write(again.installation_id, lambda unit: burials.bury_again(unit, ["none"]))
    finally:
        await again.database.close()
