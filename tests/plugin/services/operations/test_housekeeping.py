"""What manifest.yaml says is kept until a time is gone after it, by housekeeping."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Column, create_engine, select

from plugin.domain.needs import Need, NeedState, Suggestion, SuggestionState
from plugin.domain.people import Office
from plugin.services.hosts.handlers.members import known_or_new
from plugin.services.identity import operating
from plugin.services.operations import housekeeping
from plugin.settings import Settings
from plugin.store.crypto import Vault, token_digest
from plugin.store.database import Database
from plugin.store.tables import invitations, let_downs, metadata
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


async def test_suggestions_are_worked_out_anew_each_day_and_for_old_needs_each_week(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock
) -> None:
    installation_id = await community(sqlite_database)
    runtime = make_runtime(sqlite_settings, sqlite_database, vault, clock, FakeHost(FakeClient(Picture(), clock)))
    ages = {1: 0, 2: 29, 3: 31, 4: 400}

    def begin(unit: UnitOfWork) -> None:
        asker, expert, other = (known_or_new(one, unit, username=f"m{one}") for one in ("7", "8", "9"))
        assert asker
        assert expert
        assert other
        unit.flush_rows()
        for number, days in ages.items():
            unit.needs.put(Need(id=number, member_id=asker.id, text="x", topic_id=None, stated_at=unit.now - timedelta(days=days), state=NeedState.ANSWERED))
            shown = Suggestion(
                id=number, need_id=number, member_id=expert.id, for_member_id=asker.id, score=1, rank=1, reasons=(), created_at=unit.now - timedelta(hours=1)
            )
            dismissed = replace(shown, id=number + 100, member_id=other.id, rank=2, created_at=unit.now - timedelta(days=300), state=SuggestionState.DISMISSED)
            unit.suggestions.replace(number, [shown, dismissed])

    def again(unit: UnitOfWork) -> set[int]:
        return {one.id for one in unit.needs.waiting(limit=9)}

    await sqlite_database.write(installation_id, begin)
    for days, expected in ((0.9, set()), (0.1, {1, 2}), (5.9, {1, 2}), (0.1, {1, 2, 3, 4})):
        clock.move(days=days)
        await housekeeping.tidy(runtime, installation_id)
        assert await sqlite_database.read(installation_id, again) == expected, days


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


DAY = timedelta(days=1)
TIMED: dict[str, tuple[timedelta, dict[str, object], str]] = {
    "applications": (30 * DAY, {"state": "pending"}, "created_at"),
    "application_codes": (timedelta(0), {}, "expires_at"),
    "application_refreshes": (timedelta(0), {}, "expires_at"),
    "tokens": (timedelta(0), {}, "expires_at"),
    "invitations": (timedelta(0), {}, "expires_at"),
    "operator_keys": (timedelta(0), {}, "expires_at"),
    "sign_ins": (timedelta(0), {}, "expires_at"),
    "gone": (30 * DAY, {}, "at"),
    "changes": (DAY, {}, "at"),
    "inbox": (30 * DAY, {"state": "handled"}, "received_at"),
    "inbox, dead": (30 * DAY, {"state": "dead"}, "received_at"),
    "feed": (30 * DAY, {}, "at"),
    "webhook_posts": (30 * DAY, {}, "created_at"),
    "jobs": (30 * DAY, {"state": "done"}, "done_at"),
    "notices": (365 * DAY, {}, "created_at"),
    "mails": (365 * DAY, {}, "created_at"),
    "calendar_events": (365 * DAY, {}, "starts_at"),
    "let_downs": (timedelta(0), {}, "until"),
}
"""Tables whose rows go by themselves -> how long after which column, and what else such a row says."""
SAID = re.compile(r"\b(\d+ days?|an? (minute|hour|day|year)|\d+ (minutes|hours|days)|expired)\b")


def test_every_table_that_the_manifest_gives_a_time_is_looked_at() -> None:
    data = yaml.safe_load(Path("manifest.yaml").read_text(encoding="utf-8"))["data"]
    by_the_clock = {name for name, one in data.items() if SAID.search(one["until"])}
    by_other_means = {
        "habits": "each day's study replaces all of them",
        "learned": "likewise",
        "breaks": "a job of its own ends each of them: tests/plugin/services/meetings/test_no_shows.py",
    }
    assert by_the_clock - by_other_means.keys() == {name.partition(",")[0] for name in TIMED} - {"let_downs"}
    assert data["let_downs"]["why"].endswith("90 days")


@pytest.mark.parametrize("name", sorted(TIMED))
async def test_what_has_a_time_goes_after_it_and_not_before(
    name: str, sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock
) -> None:
    installation_id = await community(sqlite_database)
    runtime = make_runtime(sqlite_settings, sqlite_database, vault, clock, FakeHost(FakeClient(Picture(), clock)))
    after, said, column = TIMED[name]
    table, owner = metadata.tables[name.partition(",")[0]], operating.SERVICE if name == "operator_keys" else installation_id
    ours = select(*table.primary_key).where(table.c.installation_id == owner)
    engine = create_engine(f"sqlite:///{sqlite_settings.sqlite_path}")
    with engine.begin() as connection:
        for number, age in ((1, after + timedelta(minutes=1)), (2, after - timedelta(minutes=1))):
            row = {one.name: _some(one, number, at=clock()) for one in table.columns if not one.nullable}
            connection.execute(table.insert().values(row | said | {"installation_id": owner, column: clock() - age}))
        before = {tuple(found) for found in connection.execute(ours)}
    assert len(before) == 2
    await housekeeping.tidy(runtime, installation_id)
    with engine.begin() as connection:
        left = {tuple(found) for found in connection.execute(ours)}
    engine.dispose()
    (gone,) = before - left
    assert len(left) == 1
    assert gone == min(before, key=repr)


def _some(column: Column[object], number: int, *, at: datetime) -> object:
    """A value that the column takes."""
    values: dict[str, object] = {
        "Text": str(number),
        "LargeBinary": bytes([number]) * 32,
        "Moment": at,
        "Boolean": False,
        "JSON": {},
        "Terms": b"",
        "Float": 0.0,
    }
    return values.get(type(column.type).__name__, number)
