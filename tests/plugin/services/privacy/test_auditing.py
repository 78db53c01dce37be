"""The audit log as admins read it: names where there are any, and nobody who reported somebody."""

from plugin.domain.people import SERVICE_SCOPES, Principal, Scope
from plugin.domain.reports import ReportKind, ReportState
from plugin.services.departures.erasure import erase_member
from plugin.services.privacy import auditing
from plugin.services.safety import reporting
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
