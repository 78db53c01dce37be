"""Badges, points, certificates, thanks: given once, by what happened."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph.host import GrantBadge, Reply
from plugin.domain.members import Consent
from plugin.domain.programs import ProgramState, Role
from plugin.domain.rewards import Award, AwardState, Facts, Figure, Level, Rule, level_of
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.mentorships import mentoring
from plugin.services.messages import outgoing
from plugin.services.pairs import thanking
from plugin.services.privacy import consenting
from plugin.services.programs import programming
from plugin.services.recruiting import announcing
from plugin.services.rewards import certifying, rewarding
from tests.conftest import NOW, FixedClock
from tests.plugin.services.meetings.support import Meeting, begun, pair_of
from tests.plugin.services.stories import HOST, space, tell
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


@pytest.fixture
async def pair(world: World) -> Meeting:
    return await pair_of(world)


def rule_of(pair: Meeting, **values: object) -> Rule:
    base: dict[str, object] = {"id": 0, "program_id": pair.crowd.program.id, "figure": Figure.SESSIONS, "least": 2, "created_at": NOW}
    return Rule(**(base | values))  # type: ignore[arg-type]  # tests give what a rule takes


async def rule(pair: Meeting, **values: object) -> Rule:
    return await rewarding.add_rule(pair.world.runtime, pair.crowd.admin, rule=rule_of(pair, **values))


async def meet(pair: Meeting, clock: FixedClock, *, minutes: int = 90) -> None:
    """They meet, both say so, and what follows is done."""
    session = await pair.agreed(clock.now + timedelta(days=1), minutes=minutes)
    clock.move(days=1, minutes=minutes + 1)
    for name in ("ann", "mia"):
        await pair.say(session, name, held=True)
    await pair.crowd.due()


async def given_to(pair: Meeting, name: str) -> list[Award]:
    return (await rewarding.mine(pair.world.runtime, pair.crowd.people[name]))[0]


async def sent(pair: Meeting) -> list[object]:
    await outgoing.send_due(pair.world.runtime, pair.world.installation_id)
    return [one for one in pair.world.client.sent.values() if isinstance(one, GrantBadge | Reply)]


# ---------------------------------------------------------------------------------------------------------------------- badges and points


@pytest.mark.slow
async def test_a_badge_is_given_once_when_it_is_earned(pair: Meeting, clock: FixedClock) -> None:
    made = await rule(pair, badge="Steady mentor", role=Role.MENTOR, points=10)
    assert made.in_host
    await meet(pair, clock)
    assert await given_to(pair, "ann") == []
    await meet(pair, clock)
    (one,) = await given_to(pair, "ann")
    assert (one.badge, one.points, one.state) == ("Steady mentor", 10, AwardState.GRANTED)
    assert await sent(pair) == [GrantBadge(username="ann", badge_name="Steady mentor", reason="Spring")]
    await meet(pair, clock)
    assert len(await given_to(pair, "ann")) == 1
    assert len(await sent(pair)) == 1
    assert (await pair.crowd.told("ann")).count("reward.badge") == 1
    # Only what was done in the role counts.
    assert await given_to(pair, "mia") == []


async def test_a_host_without_badges_has_it_said_in_words(pair: Meeting, clock: FixedClock) -> None:
    pair.world.host.capabilities = frozenset()
    made = await rule(pair, badge="First meeting", least=1)
    assert not made.in_host
    await meet(pair, clock)
    assert await sent(pair) == []
    assert (await pair.crowd.told("mia")).count("reward.badge") == 1
    assert [one.badge for one in await given_to(pair, "mia")] == ["First meeting"]


async def test_points_come_again_and_make_levels_that_only_oneself_sees(pair: Meeting, clock: FixedClock) -> None:
    await rule(pair, least=1, points=5, repeats=True)
    levels = [Level(name="Guide", points=15), Level(name="Friend", points=5)]
    await rewarding.set_levels(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, levels=levels)
    for _ in range(2):
        await meet(pair, clock)
    _, (standing,) = await rewarding.mine(pair.world.runtime, pair.crowd.people["ann"])
    assert (standing.points, standing.level, standing.missing) == (10, "Friend", 5)
    await pair.crowd.member("noa")
    assert await rewarding.mine(pair.world.runtime, pair.crowd.people["noa"]) == ([], [])
    assert await rewarding.mine(pair.world.runtime, pair.crowd.admin) == ([], [])


@pytest.mark.slow
async def test_a_rule_that_comes_late_counts_what_was_before(pair: Meeting, clock: FixedClock) -> None:
    await meet(pair, clock)
    made = await rule(pair, least=1, badge="Met")
    await pair.crowd.due()
    assert len(await given_to(pair, "ann")) == 1
    await rewarding.end_rule(pair.world.runtime, pair.crowd.admin, made.id)
    await pair.crowd.join("noa", Role.MENTEE)
    await meet(pair, clock)
    assert (await rewarding.rules(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id))[0] == []
    assert len(await given_to(pair, "ann")) == 1


@pytest.mark.slow
async def test_what_was_taken_back_does_not_come_again(pair: Meeting, clock: FixedClock) -> None:
    await rule(pair, least=1, badge="Met")
    await meet(pair, clock)
    (one,) = await given_to(pair, "ann")
    with pytest.raises(Forbidden):
        await rewarding.revoke(pair.world.runtime, pair.crowd.people["ann"], one.id)
    await rewarding.revoke(pair.world.runtime, pair.crowd.admin, one.id)
    with pytest.raises(Conflict, match="revoked already"):
        await rewarding.revoke(pair.world.runtime, pair.crowd.admin, one.id)
    await meet(pair, clock)
    assert await given_to(pair, "ann") == []
    # It had not left yet, so the host never hears of it.
    assert not any(isinstance(each, GrantBadge) and each.username == "ann" for each in await sent(pair))


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"least": 0, "badge": "x"}, "from how many"),
        ({"badge": "x" * 61}, "at most 60"),
        ({"points": -1}, "points are"),
        ({}, "what is given"),
        ({"badge": "x", "repeats": True}, "given once"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(pair: Meeting, values: dict[str, object], match: str) -> None:
    with pytest.raises(Invalid, match=match):
        await rule(pair, **values)
    with pytest.raises(Forbidden):
        await rewarding.add_rule(pair.world.runtime, pair.crowd.people["ann"], rule=rule_of(pair, badge="Mine"))
    with pytest.raises(Invalid, match="same number"):
        await rewarding.set_levels(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, levels=[Level(name="a", points=1), Level(name="b", points=1)])


@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.integers(0, 100)), max_size=8, unique_by=lambda one: one[1]), st.integers(0, 120))
def test_a_level_is_the_highest_that_was_reached(given_levels: list[tuple[str, int]], points: int) -> None:
    levels = sorted((Level(name=name, points=at) for name, at in given_levels), key=lambda one: one.points)
    name, missing = level_of(points, levels)
    below = [one for one in levels if one.points <= points]
    assert name == (below[-1].name if below else "")
    assert (missing is None) == all(one.points <= points for one in levels)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(["meet", "rule", "end", "revoke", "again"]), max_size=10))
async def test_whatever_happens_nothing_is_given_twice(small_world: World, clock: FixedClock, steps: list[str]) -> None:
    clock.now = NOW
    pair = await _pair(small_world)
    rules: list[Rule] = []
    revoked: set[int] = set()
    for step in steps:
        if step == "meet":
            await meet(pair, clock)
        elif step == "rule":
            rules.append(await rule(pair, least=1 + len(rules), points=1, repeats=bool(len(rules) % 2)))
        elif step == "end" and rules:
            await rewarding.end_rule(pair.world.runtime, pair.crowd.admin, rules[0].id)
        elif step == "revoke":
            for one in (await given_to(pair, "ann"))[:1]:
                await rewarding.revoke(pair.world.runtime, pair.crowd.admin, one.id)
                revoked.add(one.id)
        await pair.crowd.due()
        found = await pair.do(lambda unit: unit.rewards.of_member(pair.id("ann")))
        assert len({(one.rule_id, one.number) for one in found}) == len(found)
        assert {one.id for one in found if one.state is AwardState.REVOKED} == revoked
        counted = await pair.do(lambda unit: rewarding.figures(unit, pair.crowd.program.id, pair.id("ann"), None))
        for each in rules:
            assert sum(one.rule_id == each.id for one in found) <= each.times(counted[each.figure])


async def _pair(world: World) -> Meeting:
    """A new pair in a community that other examples used before."""
    crowd = await crowd_of(world)
    count = len(await world.database.read(world.installation_id, lambda unit: unit.members.all()))
    crowd.people = {f"before{number}": crowd.admin for number in range(count)}
    await crowd.join("ann", Role.MENTOR)
    await crowd.join("mia", Role.MENTEE)
    return await begun(crowd, "ann", "mia")


# ---------------------------------------------------------------------------------------------------------------------- certificates


async def test_a_certificate_says_what_was_done_and_can_be_checked(pair: Meeting, clock: FixedClock) -> None:
    await rule(pair, figure=Figure.COMPLETED, least=1, certificate=True)
    await meet(pair, clock)
    await meet(pair, clock, minutes=60)
    await pair.do(lambda unit: mentoring.end(unit, pair.one.id, reason="goal_reached", by="test"))
    await pair.crowd.due()
    (one,) = await certifying.mine(pair.world.runtime, pair.crowd.people["ann"])
    assert one.facts == Facts(
        name="ann",
        program="Spring",
        community="Forum",
        role=Role.MENTOR,
        hours=2.5,
        sessions=2,
        mentorships=1,
        began_on=NOW.date(),
        ended_on=clock.now.date(),
    )
    code = one.path.rpartition("/")[2]
    assert one.path == f"/certificate/{pair.world.installation_id}/{code}"
    shown, _ = await certifying.verify(pair.world.runtime, pair.world.installation_id, code)
    assert shown.facts == one.facts
    assert shown.valid
    await certifying.revoke(pair.world.runtime, pair.crowd.admin, one.certificate.id)
    assert not (await certifying.verify(pair.world.runtime, pair.world.installation_id, code))[0].valid
    for wrong in (code[:-1] + ("A" if code[-1] != "A" else "B"), "", "é" * 20, "x" * 100):
        with pytest.raises(NotFound):
            await certifying.verify(pair.world.runtime, pair.world.installation_id, wrong)
    await pair.do(lambda unit: unit.personal.erase(pair.id("ann")))
    with pytest.raises(NotFound):
        await certifying.verify(pair.world.runtime, pair.world.installation_id, code)


async def test_by_hand_it_is_issued_once_and_for_something(pair: Meeting) -> None:
    runtime, admin, program_id = pair.world.runtime, pair.crowd.admin, pair.crowd.program.id
    made = await certifying.issue(runtime, admin, program_id, pair.id("mia"), role=Role.MENTEE)
    assert (made.facts.sessions, made.facts.hours, made.facts.role) == (0, 0.0, Role.MENTEE)
    with pytest.raises(Conflict, match="one for each role"):
        await certifying.issue(runtime, admin, program_id, pair.id("mia"), role=Role.MENTEE)
    with pytest.raises(Conflict, match="nothing to certify"):
        await certifying.issue(runtime, admin, program_id, pair.id("mia"), role=Role.MENTOR)
    with pytest.raises(NotFound):
        await certifying.issue(runtime, admin, program_id, 5, role=Role.MENTOR)
    with pytest.raises(Forbidden):
        await certifying.issue(runtime, pair.crowd.people["ann"], program_id, pair.id("ann"), role=Role.MENTOR)


# ---------------------------------------------------------------------------------------------------------------------- thanks


async def announced(pair: Meeting) -> None:
    await tell(pair.world, space("1", source=HOST))
    changes: dict[str, object] = {"mentor_benefits": "Fresh eyes", "mentee_benefits": "An ear"}
    await programming.change_program(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, changes=changes)
    await announcing.announce(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, space_id="1", intro="")
    await outgoing.send_due(pair.world.runtime, pair.world.installation_id)


async def test_a_manager_thanks_in_public_who_agreed(pair: Meeting) -> None:
    runtime, admin, program_id = pair.world.runtime, pair.crowd.admin, pair.crowd.program.id
    await announced(pair)
    private = await thanking.thank(runtime, admin, program_id, pair.id("mia"), words="You came every time", public=True)
    assert not private.public
    await consenting.set_consent(runtime, pair.crowd.people["ann"], Consent.THANKS, given=True)
    public = await thanking.thank(runtime, admin, program_id, pair.id("ann"), words="Six hours of your time!", public=True)
    assert public.public
    (reply,) = await sent(pair)
    assert isinstance(reply, Reply)
    for name in ("ann", "mia"):
        assert (await pair.crowd.told(name)).count("thanks.received") == 1
    assert [words for _, words in await thanking.mine(runtime, pair.crowd.people["ann"])] == ["Six hours of your time!"]
    with pytest.raises(Conflict, match="within the last 30 days"):
        await thanking.thank(runtime, admin, program_id, pair.id("ann"), words="Again", public=True)


async def test_partners_thank_each_other_in_private(pair: Meeting, clock: FixedClock) -> None:
    runtime, mia, program_id = pair.world.runtime, pair.crowd.people["mia"], pair.crowd.program.id
    await thanking.thank(runtime, mia, program_id, pair.id("ann"), words="For your patience", public=False)
    with pytest.raises(Forbidden, match="only managers"):
        await thanking.thank(runtime, mia, program_id, pair.id("ann"), words="Loudly", public=True)
    with pytest.raises(Invalid, match="somebody else"):
        await thanking.thank(runtime, mia, program_id, pair.id("mia"), words="Well done", public=False)
    await pair.crowd.join("noa", Role.MENTEE)
    with pytest.raises(NotFound):
        await thanking.thank(runtime, mia, program_id, pair.id("noa"), words="Hello there", public=False)
    with pytest.raises(Invalid, match="3 to 500"):
        await thanking.thank(runtime, mia, program_id, pair.id("ann"), words="x", public=False)
    clock.move(days=31)
    await pair.crowd.move(ProgramState.MATCHING)
    again = await thanking.thank(runtime, mia, program_id, pair.id("ann"), words="Still grateful", public=False)
    assert again.from_id == pair.id("mia")
