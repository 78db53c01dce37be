"""Members under age: let in only where the community says so, and brought together only with who was screened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import orjson
import pytest

from mentorgraph.host import Capability, CreateGroup
from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.members import Member
from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, Principal
from plugin.domain.programs import Role
from plugin.domain.screening import Check
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.departures import erasure
from plugin.services.guarding import safeguarding
from plugin.services.hosts import choosing
from plugin.services.identity.rights import settled
from plugin.services.matching import group_lane, round_inputs
from plugin.services.mentorships import mentoring, requesting
from plugin.services.messages import outgoing
from plugin.services.programs import belonging
from plugin.services.recruiting import enrolling
from plugin.services.safety import screening
from plugin.services.suggestions import approaching
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.stories import HOST, person
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World

T = TypeVar("T")
GUARDIAN = "Eva Ray, mother, 030 1234"


@pytest.fixture
async def crowd(small_world: World) -> Crowd:
    """A community that admits from 14 on; ann and ben mentor, mia is grown, and tim applies at 16."""
    made = await crowd_of(small_world)
    await made.member("root", admin=True)
    small_world.picture.members["1"] = person("1", username="root", admin=True, source=HOST)
    for name in ("ann", "ben"):
        await made.join(name, Role.MENTOR, capacity=3)
    await made.join("mia", Role.MENTEE)
    await made.member("tim")
    await choosing.configure(small_world.runtime, small_world.installation_id, {"minimum_age": "14"})
    return made


async def admin_of(crowd: Crowd) -> Principal:
    scopes = MEMBER_SCOPES | OFFICE_SCOPES
    carried = Principal(installation_id=crowd.world.installation_id, member_id=crowd.id("root"), scopes=scopes, token_id=99, audience="session")
    return await settled(crowd.world.runtime, carried)


async def young(crowd: Crowd, name: str = "tim", *, role: Role = Role.MENTEE, age: int | None = 16, guardian: str = GUARDIAN) -> Enrolment:
    runtime, program = crowd.world.runtime, crowd.program.id
    return await enrolling.apply(
        runtime, crowd.people[name], program_id=program, role=role, capacity=None, minimum=0, track="", adult=False, age=age, guardian=guardian
    )


async def let_in(crowd: Crowd) -> Principal:
    """Tim takes part, with his guardian's consent."""
    root, one = await admin_of(crowd), await young(crowd)
    await screening.set_consent(crowd.world.runtime, root, crowd.id("tim"), given=True)
    await enrolling.decide(crowd.world.runtime, crowd.admin, one.id, approve=True, note="")
    return root


async def screen(crowd: Crowd, root: Principal, name: str, clock: FixedClock, *, days: int = 365) -> None:
    until = (clock() + timedelta(days=days)).date()
    await screening.record(crowd.world.runtime, root, crowd.id(name), checks=tuple(Check), until=until)


async def begin(crowd: Crowd, mentor: str, mentee: str = "tim") -> Mentorship:
    def work(unit: UnitOfWork) -> Mentorship:
        return mentoring.begin(unit, program_id=crowd.program.id, mentor_id=crowd.id(mentor), mentee_ids=[crowd.id(mentee)], source="round", by="test")

    return await crowd.world.database.write(crowd.world.installation_id, work)


async def read(crowd: Crowd, work: Callable[[UnitOfWork], T]) -> T:
    return await crowd.world.database.read(crowd.world.installation_id, work)


async def test_programs_are_for_adults_unless_the_community_says_otherwise(crowd: Crowd) -> None:
    runtime, here = crowd.world.runtime, crowd.world.installation_id
    with pytest.raises(Invalid, match="13 to 18"):
        await choosing.configure(runtime, here, {"minimum_age": "12"})
    await choosing.configure(runtime, here, {"minimum_age": "18"})
    with pytest.raises(Invalid, match="programs are for adults"):
        await young(crowd)
    await choosing.configure(runtime, here, {"minimum_age": "14"})
    with pytest.raises(Invalid, match="how old you are"):
        await young(crowd, age=None)
    with pytest.raises(Invalid, match="14 or older") as refused:
        await young(crowd, age=13)
    assert refused.value.code == "too_young"
    with pytest.raises(Invalid, match="parent or guardian"):
        await young(crowd, guardian=" ")
    with pytest.raises(Conflict, match="as a mentee"):
        await young(crowd, role=Role.MENTOR)
    assert await read(crowd, lambda unit: unit.screenings.minors()) == [], "nothing is kept of who was refused"
    assert (await young(crowd, age=40, guardian="")).adult


async def test_who_is_under_age_waits_for_a_guardian_and_does_not_grow_up_by_saying_so(crowd: Crowd) -> None:
    runtime, root = crowd.world.runtime, await admin_of(crowd)
    one = await young(crowd)
    assert (one.state, one.adult) == (EnrolmentState.APPLIED, False), "although mentees need no approval in this program"
    with pytest.raises(Conflict, match="guardian agreed"):
        await enrolling.decide(runtime, crowd.admin, one.id, approve=True, note="")
    found, _screened = await screening.listing(runtime, root)
    assert [(each.minor.member_id, each.minor.age, each.guardian) for each in found] == [(crowd.id("tim"), 16, GUARDIAN)]
    assert GUARDIAN.encode() not in found[0].minor.guardian
    await enrolling.decide(runtime, crowd.admin, one.id, approve=False, note="")
    again = await crowd.apply("tim", Role.MENTEE)
    assert (again.state, again.adult) == (EnrolmentState.APPLIED, False)
    with pytest.raises(Conflict, match="as a mentee"):
        await crowd.apply("tim", Role.MENTOR)


async def test_only_admins_in_person_write_it_down_and_nobody_for_themselves(crowd: Crowd, clock: FixedClock) -> None:
    runtime, root = crowd.world.runtime, await admin_of(crowd)
    await young(crowd)
    until = (clock() + timedelta(days=9)).date()
    for principal in (crowd.admin, crowd.people["ann"]):
        with pytest.raises(Forbidden):
            await screening.record(runtime, principal, crowd.id("ann"), checks=tuple(Check), until=until)
        with pytest.raises(Forbidden):
            await screening.set_consent(runtime, principal, crowd.id("tim"), given=True)
        with pytest.raises(Forbidden):
            await screening.listing(runtime, replace(principal, scopes=MEMBER_SCOPES))
    with pytest.raises(Invalid, match="all checks"):
        await screening.record(runtime, root, crowd.id("ann"), checks=[Check.INTERVIEW], until=until)
    with pytest.raises(Invalid, match="somebody else"):
        await screening.record(runtime, root, crowd.id("root"), checks=tuple(Check), until=until)
    with pytest.raises(Invalid, match="under age"):
        await screening.record(runtime, root, crowd.id("tim"), checks=tuple(Check), until=until)
    with pytest.raises(Invalid, match="to come"):
        await screening.record(runtime, root, crowd.id("ann"), checks=tuple(Check), until=clock().date())
    for missing in (screening.revoke(runtime, root, crowd.id("ann")), screening.set_consent(runtime, root, crowd.id("mia"), given=True)):
        with pytest.raises(NotFound):
            await missing


async def test_nobody_is_brought_together_with_a_minor_before_they_were_screened(crowd: Crowd, clock: FixedClock) -> None:
    runtime, root, tim = crowd.world.runtime, await let_in(crowd), crowd.people["tim"]
    with pytest.raises(Conflict, match="under age") as refused:
        await begin(crowd, "ann")
    assert refused.value.code == "unscreened"
    everybody = {crowd.id(name) for name in ("ann", "ben", "mia", "root")}
    assert everybody <= await read(crowd, lambda unit: safeguarding.apart_from(unit, crowd.id("tim")))
    assert await read(crowd, lambda unit: safeguarding.apart_from(unit, crowd.id("ann"))) == {crowd.id("tim")}
    await screen(crowd, root, "ann", clock)
    enrolled = await read(crowd, lambda unit: unit.enrolments.ever(crowd.program.id))
    apart = await read(crowd, lambda unit: round_inputs.kept_apart(unit, enrolled))
    assert apart == {frozenset({crowd.id("tim"), crowd.id(name)}) for name in ("ben", "mia")}
    assert (await begin(crowd, "ann")).runs
    # They are brought together by managers: a minor asks nobody, and nobody is offered to them.
    with pytest.raises(Conflict, match="by the managers"):
        await requesting.ask(runtime, tim, program_id=crowd.program.id, mentor_ids=[crowd.id("ann")], note="", goal="To grow")
    assert await belonging.askable(runtime, tim) == {}
    assert (await approaching.askable(runtime, tim, [crowd.id("ann")]))[crowd.id("ann")] == []


async def test_what_they_have_together_ends_with_the_screening_and_with_the_consent(crowd: Crowd, clock: FixedClock) -> None:
    runtime, root = crowd.world.runtime, await let_in(crowd)
    await screen(crowd, root, "ann", clock, days=40)
    await screen(crowd, root, "ben", clock)

    async def ended(one: Mentorship) -> EndReason | None:
        found = await read(crowd, lambda unit: unit.mentorships.get(one.id))
        assert found is not None
        return found.end_reason

    first = await begin(crowd, "ann")
    clock.move(days=11)
    await crowd.due()
    assert "screening.ends" in await crowd.told("root")
    assert await ended(first) is None
    clock.move(days=29)
    await crowd.due()
    assert await ended(first) is EndReason.SAFETY
    second = await begin(crowd, "ben")
    await screening.revoke(runtime, root, crowd.id("ben"))
    assert await ended(second) is EndReason.SAFETY
    await screen(crowd, root, "ben", clock)
    third = await begin(crowd, "ben")
    await screening.set_consent(runtime, root, crowd.id("tim"), given=False)
    assert await ended(third) is EndReason.SAFETY
    with pytest.raises(Conflict, match="under age"):
        await begin(crowd, "ben")


async def test_who_turns_out_to_be_under_age_is_parted_from_who_was_not_screened(crowd: Crowd) -> None:
    await crowd.join("noah", Role.MENTEE)
    pair = await begin(crowd, "ann", "noah")
    part = await read(crowd, lambda unit: unit.enrolments.find(crowd.program.id, crowd.id("noah"), Role.MENTEE))
    assert part is not None
    with pytest.raises(Conflict, match="already"):
        await young(crowd, "noah")
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: declare(unit, crowd.id("noah")))
    await crowd.due()
    found = await read(crowd, lambda unit: unit.mentorships.get(pair.id))
    assert found is not None
    assert found.end_reason is EndReason.SAFETY


def declare(unit: UnitOfWork, member_id: int) -> None:
    assert not safeguarding.of_age(unit, member_id, role=Role.MENTEE, adult=False, age=17, guardian=GUARDIAN)


async def test_a_member_takes_along_what_they_said_of_their_age(crowd: Crowd) -> None:
    await let_in(crowd)
    rows = await read(crowd, lambda unit: unit.personal.exported(crowd.id("tim")))
    assert [row["age"] for row in rows["minors"]] == [16]
    told = orjson.loads(
        await crowd.world.database.write(crowd.world.installation_id, lambda unit: erasure.export_member(found(unit, crowd.id("tim")), unit, by="test"))
    )
    assert told["guardian"] == GUARDIAN


def found(unit: UnitOfWork, member_id: int) -> Member:
    one = unit.members.get(member_id)
    assert one is not None
    return one


async def test_managers_are_in_every_group_of_the_host_that_a_minor_is_in(crowd: Crowd, clock: FixedClock) -> None:
    root = await let_in(crowd)
    await screen(crowd, root, "ann", clock)

    def publish(unit: UnitOfWork, *names: str) -> None:
        seats = tuple(Seat(member_id=crowd.id(name), mentor=name == "ann") for name in names)
        state, program_id = GroupState.DRAFT, crowd.program.id
        made = Group(id=unit.new_id(), program_id=program_id, number=1, name=f"With {names[1]}", state=state, created_at=unit.now, seats=seats)
        unit.our_groups.put(made)
        group_lane.begin(unit, made, capabilities=frozenset({Capability.GROUPS}))

    here = crowd.world.installation_id
    with pytest.raises(Conflict, match="under age"):
        await crowd.world.database.write(here, lambda unit: publish(unit, "ann", "mia", "tim"))
    await crowd.world.database.write(here, lambda unit: publish(unit, "ann", "tim"))
    await crowd.world.database.write(here, lambda unit: publish(unit, "ann", "mia"))
    await outgoing.send_due(crowd.world.runtime, here)
    made = {one.title: sorted(one.owner_usernames) for one in crowd.world.client.sent.values() if isinstance(one, CreateGroup)}
    assert made == {"With tim": ["ann", "root"], "With mia": ["ann"]}
