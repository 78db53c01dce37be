"""What manifest.yaml says is kept until a time is gone after it, by housekeeping."""

from datetime import timedelta

from sqlalchemy import create_engine

from plugin.domain.people import Office
from plugin.services import housekeeping
from plugin.settings import Settings
from plugin.store.crypto import Vault, token_digest
from plugin.store.database import Database
from plugin.store.tables import invitations, let_downs
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.support import FakeClient, FakeHost, Picture, community, make_runtime


async def test_an_invitation_that_nobody_took_goes_without_another_being_made(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock
) -> None:
    installation_id = await community(sqlite_database)
    runtime = make_runtime(sqlite_settings, sqlite_database, vault, clock, FakeHost(FakeClient(Picture(), clock)))

    def invite(unit: UnitOfWork) -> None:
        unit.staff.invite(token_digest("a secret"), office=Office.SAFETY, expires_at=unit.now + timedelta(days=7))

    def left(unit: UnitOfWork) -> int:
        return len(unit._connection.execute(invitations.select().where(invitations.c.installation_id == unit.installation_id)).all())

    await sqlite_database.write(installation_id, invite)
    clock.move(days=6)
    await housekeeping.tidy(runtime, installation_id)
    assert await sqlite_database.read(installation_id, left) == 1
    clock.move(days=2)
    await housekeeping.tidy(runtime, installation_id)
    assert await sqlite_database.read(installation_id, left) == 0


async def test_who_was_let_down_is_forgotten_when_it_gives_no_priority_any_more(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock
) -> None:
    installation_id = await community(sqlite_database)
    runtime = make_runtime(sqlite_settings, sqlite_database, vault, clock, FakeHost(FakeClient(Picture(), clock)))

    # Behind the service's back, where no session is asked for.
    engine = create_engine(f"sqlite:///{sqlite_settings.sqlite_path}")
    with engine.begin() as connection:
        row = {"installation_id": installation_id, "session_id": 1, "member_id": 1, "until": clock() + timedelta(days=90)}
        connection.execute(let_downs.insert().values(row))
    engine.dispose()

    def left(unit: UnitOfWork) -> int:
        return len(unit._connection.execute(let_downs.select().where(let_downs.c.installation_id == installation_id)).all())

    clock.move(days=89)
    await housekeeping.tidy(runtime, installation_id)
    assert await sqlite_database.read(installation_id, left) == 1
    clock.move(days=1)
    await housekeeping.tidy(runtime, installation_id)
    assert await sqlite_database.read(installation_id, left) == 0
