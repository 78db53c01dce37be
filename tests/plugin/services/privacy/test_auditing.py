"""The audit log as admins read it: names where there are any, and nobody who reported somebody."""

import pytest

from plugin.domain.people import SERVICE_SCOPES, Principal, Scope
from plugin.domain.reports import ReportKind, ReportState
from plugin.services.departures.erasure import erase_member
from plugin.services.privacy import auditing
from plugin.services.safety import reporting
from plugin.store.repositories import audit as repository
from plugin.store.tables import audit
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.meetings.support import pair_of
from tests.plugin.support import World


def admin_of(world: World) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES | {Scope.ADMIN}, token_id=1)


async def test_who_did_what_is_told_by_name_as_long_as_there_is_one(world: World) -> None:
    pair = await pair_of(world)

    async def numbers() -> set[str]:
        log = await auditing.log(world.runtime, admin_of(world), before=None, limit=100)
        assert all(entry.actor in log.people for entry in log.entries if entry.actor.isdigit())
        return {log.people[entry.actor].username for entry in log.entries if entry.actor in log.people}

    assert await numbers() == {"ann", "mia"}
    await pair.do(lambda unit: erase_member("2", unit, why="self"))
    assert await numbers() == {"ann"}


async def test_who_reported_somebody_is_for_those_who_look_after_safety(world: World) -> None:
    pair = await pair_of(world)
    mia, ann = pair.crowd.people["mia"], pair.id("ann")
    one = await reporting.report(world.runtime, mia, ann, kind=ReportKind.PRESSURE, words="He asked for money", mentorship_id=None, block=False)
    sue = await pair.crowd.member("sue")
    safety = Principal(installation_id=world.installation_id, member_id=sue.member_id, scopes=frozenset({Scope.SAFETY}), token_id=3)
    await reporting.decide(world.runtime, safety, one.report.id, state=ReportState.LOOKING, end=False, apart=False)
    log = await auditing.log(world.runtime, admin_of(world), before=None, limit=100)
    about = [entry for entry in log.entries if entry.action.startswith("report.") or entry.detail.get("what") == "report"]
    assert sorted(entry.action for entry in about) == ["personal.read", "report.decided", "report.made"]
    named = {log.people[word].username for entry in about for word in (entry.actor, str(entry.detail.get("member", ""))) if word in log.people}
    assert named == {"sue"}


# ---------------------------------------------------------------------------------------------------------------------- whether it is whole


async def written(world: World, count: int) -> None:
    def write(unit: UnitOfWork) -> None:
        for number in range(count):
            unit.record("step", actor="operator", n=number)

    await world.database.write(world.installation_id, write)


async def broken_at(world: World, *, before: int | None = None) -> int | None:
    return (await auditing.log(world.runtime, admin_of(world), before=before, limit=5)).broken_at


async def altered(world: World, number: int, *, actor: str) -> None:
    def alter(unit: UnitOfWork) -> None:
        mine = audit.c.installation_id == unit.installation_id
        unit._connection.execute(audit.update().where(mine, audit.c.number == number).values(actor=actor))

    await world.database.write(world.installation_id, alter)


async def removed(world: World, number: int) -> None:
    def remove(unit: UnitOfWork) -> None:
        mine = audit.c.installation_id == unit.installation_id
        unit._connection.execute(audit.delete().where(mine, audit.c.number == number))

    await world.database.write(world.installation_id, remove)


async def test_what_was_looked_at_is_not_looked_at_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    chained = repository._chained

    def counted(before: bytes, number: int, *rest: object, key: bytes) -> bytes:
        looked_at.append(number)
        return chained(before, number, *rest, key=key)  # type: ignore[arg-type]  # whatever it is given

    monkeypatch.setattr(repository, "BATCH", 7)
    monkeypatch.setattr(repository, "_chained", counted)
    await written(world, 40)
    newest = max(looked_at)
    looked_at.clear()
    assert await broken_at(world) is None
    assert looked_at == list(range(1, newest + 1))
    await written(world, 3)
    looked_at.clear()
    assert await broken_at(world) is None
    # The two on the page that were known, and those that are new.
    assert looked_at == [*range(newest - 1, newest + 1), *range(newest + 1, newest + 4)]
    looked_at.clear()
    assert await broken_at(world, before=20) is None
    assert looked_at == [15, 16, 17, 18, 19]


async def test_a_log_that_was_altered_before_it_was_looked_at_is_not_whole(world: World) -> None:
    await written(world, 40)
    await altered(world, 8, actor="somebody")
    assert await broken_at(world) == 8
    await written(world, 2)
    assert await broken_at(world) == 8, "it is told again"
    await altered(world, 8, actor="operator")
    await removed(world, 9)
    assert await broken_at(world) == 10


async def test_what_is_altered_afterwards_shows_where_it_is_read(world: World) -> None:
    await written(world, 40)
    assert await broken_at(world) is None
    await altered(world, 8, actor="somebody")
    assert await broken_at(world, before=11) == 8
    assert await world.database.read(world.installation_id, lambda unit: unit.audit_broken_at()) == 8, "doctor looks at all of it"
    await altered(world, 8, actor="operator")
    await removed(world, 7)
    assert [await broken_at(world, before=before) for before in (11, 13)] == [8, 8]


async def test_what_is_altered_or_removed_at_the_end_shows(world: World) -> None:
    await written(world, 40)
    assert await broken_at(world) is None
    newest = (await auditing.log(world.runtime, admin_of(world), before=None, limit=1)).entries[0].number
    await written(world, 2)
    await altered(world, newest + 1, actor="somebody")
    assert await broken_at(world) == newest + 1
    await altered(world, newest + 1, actor="operator")
    assert await broken_at(world) is None
    await removed(world, newest + 2)
    assert await broken_at(world) == newest + 2, "the last entry that was seen is gone"
