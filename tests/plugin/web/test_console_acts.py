"""What is done on the console's pages of groups, export and erasure, over HTTP, and what a member does about their own data."""

import re

import pytest

from mentorgraph.events import MemberChanged
from plugin.domain.designs import GroupDesign
from plugin.domain.groups import GroupState
from plugin.domain.programs import Role
from plugin.domain.screening import Check
from plugin.services.departures import erasure
from plugin.services.guarding import safeguarding
from plugin.services.hosts import choosing
from plugin.services.matching import group_reading, group_telling, round_lane, rounds
from plugin.services.privacy import auditing
from plugin.services.recruiting import enrolling
from plugin.store.repositories.lessons import Move
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.matching.support import put_enrolment
from tests.plugin.web.test_browser import hidden, sign_in
from tests.plugin.web.test_console_running import SAME, admin_of, done, get, program_of, refused, send
from tests.schema.world import START, World, person

pytestmark = pytest.mark.slow
NAMES = tuple(f"guest_{number}" for number in range(8))


def asked_again(world: World, says: MemberChanged) -> None:
    """What the forum says of somebody when it is asked, without a network."""

    class Forum:
        async def read(self, kind: str, host_id: str) -> list[object]:
            assert (kind, host_id) == ("member", says.host_user_id)
            return [says]

    async def client(_installation_id: int) -> Forum:
        return Forum()

    world.parts.runtime.client = client  # type: ignore[assignment,method-assign]  # a stand-in for the network


async def enrolled(world: World, program: int, names: tuple[str, ...], *, first: int) -> None:
    await world.apply(*(person(number, name, START, timezone="Europe/Berlin") for number, name in enumerate(names, first)))
    members = [await world.member_id(name) for name in names]

    def put(unit: UnitOfWork) -> None:
        for member in members:
            put_enrolment(unit, program, member, Role.MENTEE)

    await world.write(put)


async def groups_that_run(world: World, program: int) -> list[int]:
    """Circles of three without mentors; gives their ids."""
    runtime, admin = world.parts.runtime, admin_of(world)
    made = await rounds.draft(runtime, admin, program_id=program, name="Circles", design=GroupDesign(smallest=3, largest=3))
    await rounds.compute(runtime, admin, made.id)
    while await round_lane.work(runtime, world.parts.graphs, world.installation_id):
        pass
    await rounds.publish(runtime, admin, made.id)
    while await round_lane.work(runtime, world.parts.graphs, world.installation_id):
        pass
    return [one.id for one in await group_reading.running(runtime, admin, program)]


async def test_newcomers_are_placed_and_small_groups_joined(world: World) -> None:
    program = await program_of(world, "cat")
    await enrolled(world, program, NAMES[:6], first=900)
    first, second = await groups_that_run(world, program)
    await enrolled(world, program, NAMES[6:7], first=906)
    newcomer = await world.member_id(NAMES[6])
    await sign_in(world)
    page = f"/console/programs/{program}/groups"
    assert f"@{NAMES[6]}" not in await get(world, page)

    # What cannot be is said at its field, and nobody is moved.
    await refused(world, page, "smallest", do="place", smallest="5", largest="3")
    assert (await send(world, page, do="shuffle")).status_code == 422
    shown = await done(world, page, do="place", smallest="3", largest="4")
    assert f"@{NAMES[6]}" in shown
    assert "Why these people" in shown
    assert "Members: 4 (3 to 4 were asked for)." in shown

    def shrink(unit: UnitOfWork) -> None:
        for number in (first, second):
            group = unit.our_groups.get(number)
            assert group is not None
            for seat in [one for one in group.seats if one.member_id != newcomer][:2]:
                group_telling.leave(unit, group, seat.member_id)
                group = unit.our_groups.get(number)
                assert group is not None

    await world.write(shrink)
    await done(world, page, do="merge", smallest="3", largest="4")
    now = await world.read(lambda unit: [unit.our_groups.get(number) for number in (first, second)])
    assert sorted(one.state for one in now if one is not None) == [GroupState.MERGED, GroupState.RUNNING]
    left = next(one for one in now if one is not None and one.state is GroupState.RUNNING)
    assert len(left.seats) == 3

    await sign_in(world, user="4", username="dan")
    assert (await world.http.get(page)).status_code == 403, "dan manages nothing"


async def test_two_are_kept_together_and_apart_and_each_group_says_why(world: World) -> None:
    program = await program_of(world, "cat")
    await enrolled(world, program, NAMES[:6], first=900)
    runtime, admin = world.parts.runtime, admin_of(world)
    made = await rounds.draft(runtime, admin, program_id=program, name="Circles", design=GroupDesign(smallest=3, largest=3))
    await rounds.compute(runtime, admin, made.id)

    async def worked() -> None:
        while await round_lane.work(runtime, world.parts.graphs, world.installation_id):
            pass

    await worked()
    await sign_in(world)
    page = f"/console/rounds/{made.id}"
    shown = await get(world, page)
    assert shown.count("Members: 3 (3 to 3 were asked for).") == 2
    one, other = [str(await world.member_id(name)) for name in NAMES[:2]]
    for do, said in (
        ("together", "Pairs that stay together as was asked: 1."),
        ("apart", "Pairs that are kept apart as was asked, one of them being here: 1."),
    ):
        await done(world, page, do=do, one=one, other=other)
        await worked()
        assert said in await get(world, page)
    assert (await send(world, page, do="together", one=one, other=one)).status_code == 422
    await done(world, page, do="loosen", one=one, other=other)
    await worked()
    assert "Decided by hand" not in await get(world, page)


async def test_an_admin_exports_and_erases_a_member_and_the_member_sees_the_first(world: World) -> None:
    dan, cat = await world.member_id("dan"), await world.member_id("cat")
    await world.apply(person(3, "cat", START, admin=True))
    asked_again(world, person(3, "cat", START, admin=True))
    await world.write(lambda unit: unit.blocks.put(dan, cat, at=unit.now))
    await sign_in(world, admin="true")
    page = "/console/privacy"
    taken = await send(world, "/console/privacy/export", page, username="@dan")
    assert taken.headers["content-disposition"] == 'attachment; filename="mentorgraph-export.json"'
    assert taken.headers["cache-control"] == "no-store"
    assert [one["username"] for one in taken.json()["tables"]["members"]] == ["dan"]
    assert not {"answers", "reports", "messages"} & taken.json().keys(), "what somebody said in confidence is not for admins"
    assert not {"blocks", "reports", "submissions"} & taken.json()["tables"].keys()
    assert (await send(world, "/console/privacy/export", page, username="nobody")).status_code == 422

    for fields, field in (({"username": "dan", "again": "ben"}, "again"), ({"username": "cat", "again": "cat"}, "username")):
        answer = await send(world, "/console/privacy/erase", page, **fields)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
    assert await world.read(lambda unit: unit.members.get(dan)) is not None, "nobody is erased by a slip"

    # What was read is there for who it is about, until they are gone.
    await sign_in(world, user="4", username="dan")
    assert "@cat" in await get(world, "/my/data")
    assert (await world.http.get(page)).status_code == 403
    await sign_in(world, admin="true")
    await done(world, "/console/privacy/erase", page, username="dan", again="@dan")
    assert await world.read(lambda unit: unit.members.get(dan)) is None
    log = await auditing.log(world.parts.runtime, admin_of(world), before=None, limit=50)
    assert log.broken_at is None
    assert any(one.action == "member.erased" for one in log.entries)


async def test_the_audit_log_names_who_and_what_as_long_as_they_are_there(world: World) -> None:
    """Its entries hold numbers drawn by lot for members, and ids for the rest."""
    program = await program_of(world, "dan", name="Spring of learning")
    await sign_in(world, admin="true")
    await done(world, f"/console/programs/{program}/duplicate", f"/console/programs/{program}", name="Autumn of learning")
    rows = re.findall(r"<tr>.*?</tr>", await get(world, "/console/audit"))
    told = {action: row for row in reversed(rows) for action in re.findall(r"<code>([a-z]+\.[a-z_]+)</code>", row)}
    assert "@cat" in told["program.created"]
    assert "Autumn of learning" in told["program.created"]
    assert "Spring of learning" in told["program.created"], "the one that it is like"
    assert "@dan" in told["program.manager"]
    assert "Spring of learning" in told["program.manager"]
    await world.write(lambda unit: erasure.erase_member("4", unit, why="test"))
    shown = await get(world, "/console/audit")
    assert "@dan" not in shown
    assert "program.manager" in shown


async def test_a_member_takes_their_data_along_and_is_erased_after_their_own_name(world: World) -> None:
    cat = await world.member_id("cat")
    await sign_in(world)
    taken = await send(world, "/my/data", do="export")
    assert [one["username"] for one in taken.json()["tables"]["members"]] == ["cat"]
    assert {"answers", "reports", "messages"} <= taken.json().keys()
    await refused(world, "/my/data", "again", do="erase", again="dan")
    assert await world.read(lambda unit: unit.members.get(cat)) is not None
    gone = await send(world, "/my/data", do="erase", again="@cat")
    assert (gone.status_code, gone.headers["location"]) == (303, "/")
    assert "Max-Age=0" in gone.headers["set-cookie"] or "expires=Thu, 01 Jan 1970" in gone.headers["set-cookie"]
    assert await world.read(lambda unit: unit.members.get(cat)) is None
    assert (await world.http.get("/my/data")).status_code == 401


async def test_names_of_skills_are_merged_and_what_was_learned_is_forgotten(world: World) -> None:
    program, page = await program_of(world, "cat"), "/console/skills"
    await world.apply(person(3, "cat", START, admin=True, fields={"1": "pricing, kubernetes"}), person(4, "dan", START, fields={"1": "kubernets"}))
    asked_again(world, person(3, "cat", START, admin=True))
    await choosing.configure(world.parts.runtime, world.installation_id, {"offers_field": "1"})
    await sign_in(world, admin="true")
    shown = await get(world, page)
    assert "Every name is a skill of its own." in shown
    assert "Show both as “kubernetes”" in shown, "what is spelt alike is offered"
    await refused(world, page, "name", do="merge", name="!", into="pricing")
    await done(world, page, do="merge", name="js", into="JavaScript")
    await refused(world, page, "into", do="merge", name="JavaScript", into="js")
    assert "JavaScript</b>" in await get(world, page)
    await done(world, page, do="part", name="js")
    assert await world.read(lambda unit: unit.skills.names()) == []
    assert (await send(world, page, do="else")).status_code == 422

    # Weights of the ranking, and of a program's criteria.
    await done(world, page, do="reset")
    assert "Put back to what ships with the product" in await get(world, page)
    rounds_page = f"/console/programs/{program}/rounds"

    def taught(unit: UnitOfWork) -> None:
        move = Move(id=unit.new_id(), program_id=program, criterion="timezone", earlier=1.0, later=1.4, because={"lessons": 12.0}, at=unit.now)
        unit.lessons.move([move], samples=12)

    await world.write(taught)
    await rounds.draft(world.parts.runtime, admin_of(world), program_id=program, name="Circles", design=GroupDesign(smallest=3, largest=3))
    shown = await get(world, rounds_page)
    assert "What answers have taught" in shown
    assert "1.4</td>" in shown
    await done(world, rounds_page, do="forget")
    assert "1.4</td>" not in await get(world, rounds_page)
    assert await world.read(lambda unit: unit.lessons.factors(program)) == {}
    log = await auditing.log(world.parts.runtime, admin_of(world), before=None, limit=50)
    assert {"skill.merged", "skill.unmerged", "ranking.reset", "weights.reset"} <= {one.action for one in log.entries}


async def test_screenings_and_consent_are_written_down_and_taken_back(world: World) -> None:
    program, page = await program_of(world, "cat"), "/console/screening"
    ann, dan = await world.member_id("ann"), await world.member_id("dan")
    await choosing.configure(world.parts.runtime, world.installation_id, {"minimum_age": "14"})
    await world.apply(person(3, "cat", START, admin=True))
    asked_again(world, person(3, "cat", START, admin=True))

    def take_part(unit: UnitOfWork) -> None:
        put_enrolment(unit, program, ann, Role.MENTOR)
        enrolling.enrol(unit, program_id=program, member_id=dan, role=Role.MENTEE, age=16, guardian="Eva Ray, mother")

    await world.write(take_part)

    async def apart() -> bool:
        return await world.read(lambda unit: safeguarding.between(unit, ann, dan))

    await sign_in(world, admin="true")
    assert "Eva Ray, mother" in await get(world, page)
    assert await apart()
    # What is missing or cannot be is said at its field, and nothing is written down.
    good: dict[str, object] = {"do": "record", "member": "ann", "until": f"{START.year + 1}-06-01", "checks": [one.value for one in Check]}
    for wrong, field in (({"member": "nobody"}, "member"), ({"until": ""}, "until"), ({"until": "2020-01-01"}, "until"), ({"checks": ["interview"]}, "checks")):
        await refused(world, page, field, **(good | wrong))
    assert (await send(world, page, do="forget")).status_code == 422
    assert (await world.http.post(page, data=good, headers=SAME)).status_code == 403, "a form of somebody else's"
    assert await world.read(lambda unit: unit.screenings.all()) == []

    await done(world, page, **good)  # type: ignore[arg-type]  # fields of a form
    assert await apart(), "the guardian has not agreed"
    await done(world, page, do="agreed", member=str(dan))
    assert not await apart()
    await done(world, page, do="withdrew", member=str(dan))
    assert await apart()
    await done(world, page, do="agreed", member=str(dan))
    shown = await done(world, page, do="revoke", member=str(ann))
    assert "Taken back" in shown
    assert await apart()
    # Whoever is no admin neither sees nor does it.
    asked_again(world, person(4, "dan", START))
    await sign_in(world, user="4", username="dan")
    assert (await world.http.get(page)).status_code == 403
    csrf = hidden(await get(world, "/my/data"))
    for do in ("record", "agreed", "withdrew", "revoke"):
        answer = await world.http.post(page, data={"csrf": csrf, "do": do, "member": str(dan)}, headers=SAME)
        assert answer.status_code == 403, do
    assert await apart()
