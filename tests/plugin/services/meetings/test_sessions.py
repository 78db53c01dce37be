"""Sessions: proposed, confirmed by the other side, moved, called off, and what both say afterwards."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest

from plugin.domain.mentorships import EndReason
from plugin.domain.programs import Role
from plugin.domain.sessions import CancelReason, SessionState
from plugin.domain.surveys import SurveyKind
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.departures import erasure
from plugin.services.meetings import attending, free_times, meeting, proposing, sessions
from plugin.services.meetings.sessions import Words
from plugin.services.mentorships import mentoring
from plugin.services.messages import calendars
from plugin.services.safety import keeping_apart
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import HOUR, Meeting, begun, pair_of, tomorrow
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


@pytest.fixture
async def pair(small_world: World) -> Meeting:
    return await pair_of(small_world)


def entry(file: bytes) -> Any:
    found = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert len(found) == 1
    return found[0]


async def file_of(pair: Meeting, session_id: int, name: str) -> Any:
    return entry(await pair.do(lambda unit: calendars.event_file(unit, f"session:{session_id}", member_id=pair.id(name))))


async def test_from_a_proposal_to_what_both_thought_of_it(world: World, clock: FixedClock) -> None:
    """The whole way, on both databases."""
    pair = await pair_of(world)
    first, second = tomorrow(clock, 15), tomorrow(clock, 17)
    words = Words(topic="My first talk", place="https://meet.example.org/x", note="slides")
    made = await pair.do(lambda unit: proposing.propose(unit, pair.one.id, by=pair.id("mia"), times=[second, first], minutes=45, words=words))
    assert (made.state, made.times, made.asking) == (SessionState.PROPOSED, (first, second), pair.id("mia"))
    assert "session.proposed" in await pair.crowd.told("ann")
    agreed = await pair.answer(made, "ann", second)
    assert (agreed.state, agreed.starts_at, agreed.times) == (SessionState.CONFIRMED, second, ())
    event = await file_of(pair, made.id, "ann")
    assert (event["summary"], event["dtstart"].dt, event["dtend"].dt, int(event["sequence"])) == (
        "My first talk",
        second,
        second + timedelta(minutes=45),
        0,
    )
    for before in (timedelta(days=1), HOUR):
        clock.now = second - before
        await pair.crowd.due()
    assert (await pair.crowd.told("mia")).count("session.reminder") == 2
    clock.now = second + timedelta(minutes=50)
    await pair.crowd.due()
    assert "session.asked" in await pair.crowd.told("ann")
    await pair.say(made, "ann", held=True)
    assert (await pair.get(made)).state is SessionState.CONFIRMED, "the other side has not said anything yet"
    done = await pair.say(made, "mia", held=True)
    assert done.state is SessionState.HELD
    await pair.crowd.due()
    asked = await pair.do(lambda unit: [one for name in ("ann", "mia") for one in unit.surveys.of_member(pair.id(name)) if one.kind is SurveyKind.SESSION])
    assert [(one.about, one.asked_at is not None) for one in asked] == [(f"session:{made.id}", True)] * 2
    assert "survey.asked" in await pair.crowd.told("mia")
    waiting = await pair.do(lambda unit: unit.jobs.page(state="waiting", after=None, limit=100))
    assert not [one.key for one in waiting if one.key.startswith(f"session:{made.id}:")], "nothing is left to be done for it"


async def test_only_those_of_the_mentorship_and_only_while_it_runs(pair: Meeting, clock: FixedClock) -> None:
    await pair.crowd.join("noah", Role.MENTEE)
    with pytest.raises(NotFound):
        await pair.propose("noah", tomorrow(clock))
    made = await pair.propose("mia", tomorrow(clock))
    for act in (
        lambda unit: proposing.answer(unit, made.id, by=pair.id("noah"), can=[]),
        lambda unit: proposing.cancel(unit, made.id, by=pair.id("noah")),
        lambda unit: sessions.describe(unit, made.id, by=pair.id("noah"), topic="x"),
        lambda unit: attending.say(unit, made.id, by=pair.id("noah"), held=True),
    ):
        with pytest.raises(NotFound):
            await pair.do(act)
    assert await meeting.find(pair.world.runtime, pair.crowd.people["noah"], made.id) is None
    seen = await meeting.find(pair.world.runtime, pair.crowd.admin, made.id)
    assert seen is not None
    await pair.do(lambda unit: mentoring.end(unit, pair.one.id, reason="no_time", by="test"))
    assert (await pair.get(made)).reason == CancelReason.ENDED.value
    with pytest.raises(Conflict, match="has ended"):
        await pair.propose("mia", tomorrow(clock))


@pytest.mark.slow
async def test_managers_do_not_read_what_was_written(pair: Meeting, clock: FixedClock) -> None:
    words = Words(topic="Private matter", note="between us")
    made = await pair.do(lambda unit: proposing.propose(unit, pair.one.id, by=pair.id("mia"), times=[tomorrow(clock)], minutes=60, words=words))
    seen = await meeting.find(pair.world.runtime, pair.crowd.admin, made.id)
    assert seen is not None
    assert seen.words == Words()
    mine = await meeting.mine(pair.world.runtime, pair.crowd.people["ann"], states=None, mentorship_id=None)
    assert [one.words for one in mine] == [words]


async def test_none_of_the_times_suits_and_others_are_proposed(pair: Meeting, clock: FixedClock) -> None:
    made = await pair.propose("mia", tomorrow(clock, 9))
    with pytest.raises(Conflict, match="your own proposal"):
        await pair.answer(made, "mia", tomorrow(clock, 9))
    with pytest.raises(Invalid, match="not proposed"):
        await pair.answer(made, "ann", tomorrow(clock, 10))
    await pair.answer(made, "ann")
    assert "session.unsuited" in await pair.crowd.told("mia")
    other = tomorrow(clock, 19)
    again = await pair.do(lambda unit: proposing.move(unit, made.id, by=pair.id("ann"), times=[other]))
    assert (again.state, again.asking) == (SessionState.PROPOSED, pair.id("ann"))
    assert (await pair.answer(made, "mia", other)).starts_at == other


async def test_a_move_leaves_what_is_agreed_on_until_the_other_side_agrees(pair: Meeting, clock: FixedClock) -> None:
    old, new = tomorrow(clock, 17), tomorrow(clock, 20)
    made = await pair.agreed(old)
    moving = await pair.do(lambda unit: proposing.move(unit, made.id, by=pair.id("ann"), times=[new]))
    assert (moving.state, moving.starts_at, moving.times) == (SessionState.CONFIRMED, old, (new,))
    kept = await pair.answer(made, "mia")
    assert (kept.starts_at, (await pair.get(made)).times) == (old, ())
    assert "session.unsuited" in await pair.crowd.told("ann")
    await pair.do(lambda unit: proposing.move(unit, made.id, by=pair.id("ann"), times=[new]))
    moved = await pair.answer(made, "mia", new)
    assert moved.starts_at == new
    event = await file_of(pair, made.id, "mia")
    assert (event["dtstart"].dt, int(event["sequence"])) == (new, 1)
    uid = str(event["uid"])
    await pair.do(lambda unit: proposing.cancel(unit, made.id, by=pair.id("mia"), reason=CancelReason.CONFLICT))
    event = await file_of(pair, made.id, "ann")
    assert (str(event["uid"]), str(event["status"]), int(event["sequence"])) == (uid, "CANCELLED", 2)
    clock.now = new + timedelta(days=3)
    await pair.crowd.due()
    assert "session.asked" not in await pair.crowd.told("ann")
    assert not set(await pair.crowd.told("mia")) & {"strike.first"}


async def test_a_move_that_nobody_answers_changes_nothing(pair: Meeting, clock: FixedClock) -> None:
    old, new = tomorrow(clock, 17), tomorrow(clock, 20)
    made = await pair.agreed(old)
    await pair.do(lambda unit: proposing.move(unit, made.id, by=pair.id("ann"), times=[new]))
    clock.now = old + timedelta(minutes=20)
    with pytest.raises(Conflict, match="has begun"):
        await pair.answer(made, "mia", new)
    for name in ("ann", "mia"):
        await pair.say(made, name, held=True)
    assert (await pair.get(made)).state is SessionState.HELD


async def test_times_that_pass_without_an_answer(pair: Meeting, clock: FixedClock) -> None:
    made = await pair.propose("mia", tomorrow(clock, 9), tomorrow(clock, 10))
    clock.now = tomorrow(clock, 9) + timedelta(minutes=1)
    await pair.crowd.due()
    assert (await pair.get(made)).state is SessionState.PROPOSED
    clock.move(hours=1)
    await pair.crowd.due()
    assert (await pair.get(made)).state is SessionState.LAPSED
    assert "session.lapsed" in await pair.crowd.told("mia")
    with pytest.raises(Conflict, match="propose new ones"):
        await pair.answer(made, "ann", tomorrow(clock, 10))


async def test_nobody_is_in_two_sessions_at_once(pair: Meeting, clock: FixedClock) -> None:
    await pair.crowd.join("noah", Role.MENTEE)
    other = await begun(pair.crowd, "ann", "noah")
    at = tomorrow(clock)
    await pair.agreed(at)
    with pytest.raises(Conflict, match="another session"):
        await pair.propose("mia", at + timedelta(minutes=59))
    waiting = await other.propose("noah", at + timedelta(minutes=30), at + HOUR)
    with pytest.raises(Conflict, match="another session"):
        await other.answer(waiting, "ann", at + timedelta(minutes=30))
    assert (await other.answer(waiting, "ann", at + HOUR)).starts_at == at + HOUR


async def test_what_cannot_be_proposed(pair: Meeting, clock: FixedClock) -> None:
    for minutes in (0, 9, 481):
        with pytest.raises(Invalid, match="lasts"):
            await pair.propose("mia", tomorrow(clock), minutes=minutes)
    with pytest.raises(Invalid, match="topic"):
        await pair.do(lambda unit: proposing.propose(unit, pair.one.id, by=pair.id("mia"), times=[tomorrow(clock)], minutes=60, words=Words(topic="x" * 201)))
    for hour in range(12):
        await pair.propose("mia", tomorrow(clock, hour + 6))
    with pytest.raises(Conflict, match="ahead already"):
        await pair.propose("mia", tomorrow(clock, 20))


async def test_members_who_are_kept_apart_do_not_meet(pair: Meeting, clock: FixedClock) -> None:
    made = await pair.agreed(tomorrow(clock))
    before = await pair.crowd.told("ann")
    await keeping_apart.block(pair.world.runtime, pair.crowd.people["mia"], pair.id("ann"))
    assert (await pair.get(made)).state is SessionState.CANCELLED
    assert set(await pair.crowd.told("ann")) <= set(before), "who is kept away is not told"
    with pytest.raises(Conflict):
        await pair.propose("ann", tomorrow(clock, 20))


async def test_saying_whether_it_took_place_has_its_time(pair: Meeting, clock: FixedClock) -> None:
    at = tomorrow(clock)
    made = await pair.agreed(at)
    with pytest.raises(Conflict, match="has not begun"):
        await pair.say(made, "ann", held=True)
    clock.now = at + timedelta(minutes=9)
    with pytest.raises(Conflict, match="ten minutes"):
        await pair.say(made, "ann", "mia", held=False)
    with pytest.raises(Conflict, match="has begun"):
        await pair.do(lambda unit: proposing.cancel(unit, made.id, by=pair.id("mia")))
    clock.move(minutes=1)
    await pair.say(made, "ann", "mia", held=False)
    with pytest.raises(Invalid, match="who was not there"):
        await pair.say(made, "mia", "mia", held=True)
    # It can be corrected as long as the matter is open.
    await pair.say(made, "ann", held=True)
    done = await pair.say(made, "mia", held=True)
    assert done.state is SessionState.HELD
    with pytest.raises(Conflict, match="it took place"):
        await pair.say(made, "ann", "mia", held=False)


async def test_two_days_after_the_end_what_was_said_decides(pair: Meeting, clock: FixedClock) -> None:
    held, silent, disputed = [await pair.agreed(tomorrow(clock, hour)) for hour in (9, 11, 13)]
    clock.now = tomorrow(clock, 14)
    await pair.say(held, "ann", held=True)
    await pair.say(disputed, "ann", "mia", held=False)
    await pair.say(disputed, "mia", held=True)
    clock.move(days=2, minutes=-1)
    await pair.crowd.due()
    assert (await pair.get(silent)).state is SessionState.UNCLEAR
    clock.move(minutes=1)
    await pair.crowd.due()
    assert [(await pair.get(one)).state for one in (held, silent, disputed)] == [SessionState.HELD, SessionState.UNCLEAR, SessionState.UNCLEAR]
    decided = await meeting.decide(pair.world.runtime, pair.crowd.admin, disputed.id, held=True)
    assert decided.session.state is SessionState.HELD
    with pytest.raises(Conflict):
        await meeting.decide(pair.world.runtime, pair.crowd.admin, disputed.id, held=False)


async def test_a_group_agrees_on_what_suits_most_and_goes_on_without_one(small_world: World, clock: FixedClock) -> None:
    crowd = await crowd_of(small_world)
    await crowd.join("ann", Role.MENTOR, capacity=5)
    for name in ("mia", "noah", "zoe"):
        await crowd.join(name, Role.MENTEE)
    group = await begun(crowd, "ann", "mia", "noah", "zoe", group_id=7)
    early, late = tomorrow(clock, 10), tomorrow(clock, 18)
    made = await group.propose("ann", early, late)
    await group.answer(made, "mia", late)
    await group.answer(made, "noah", early, late)
    assert (await group.get(made)).state is SessionState.PROPOSED
    with pytest.raises(Conflict, match="whoever proposed"):
        await group.do(lambda unit: proposing.settle_on(unit, made.id, by=group.id("noah")))
    agreed = await group.answer(made, "zoe")
    assert agreed.starts_at == late, "three can then, two the other time"
    left = await group.do(lambda unit: proposing.cancel(unit, made.id, by=group.id("zoe")))
    assert (left.state, group.id("zoe") in left.member_ids) == (SessionState.CONFIRMED, False)
    assert "session.without" in await crowd.told("ann")
    clock.now = late + timedelta(minutes=30)
    await group.say(made, "ann", "noah", held=True)
    await group.say(made, "mia", "noah", held=True)
    clock.move(days=3)
    await crowd.due()
    assert (await group.get(made)).state is SessionState.HELD
    assert "strike.first" in await crowd.told("noah")
    assert "survey.asked" not in await crowd.told("noah")


async def test_who_cannot_need_not_be_free(small_world: World, clock: FixedClock) -> None:
    crowd = await crowd_of(small_world)
    await crowd.join("ann", Role.MENTOR, capacity=4)
    for name in ("mia", "noah"):
        await crowd.join(name, Role.MENTEE)
    group = await begun(crowd, "ann", "mia", "noah", group_id=7)
    await crowd.join("bob", Role.MENTOR, capacity=1)
    await crowd.join("eve", Role.MENTEE)
    other = await begun(crowd, "bob", "eve", "noah", group_id=8)
    at = tomorrow(clock)
    made = await group.propose("ann", at)
    elsewhere = await other.propose("bob", at + 2 * HOUR)
    for name in ("eve", "noah"):
        await other.answer(elsewhere, name, at + 2 * HOUR)
    await group.answer(made, "mia", at)
    assert (await group.answer(made, "noah")).starts_at == at, "two of the three can"
    later = await group.propose("ann", at + 2 * HOUR)
    await group.answer(later, "mia", at + 2 * HOUR)
    assert (await group.answer(later, "noah")).starts_at == at + 2 * HOUR, "who is elsewhere then has said that they cannot"


async def test_nobody_is_kept_from_leaving_by_what_others_have_ahead(small_world: World, clock: FixedClock) -> None:
    crowd = await crowd_of(small_world)
    await crowd.join("ann", Role.MENTOR, capacity=4)
    for name in ("mia", "noah", "zoe"):
        await crowd.join(name, Role.MENTEE)
    group = await begun(crowd, "ann", "mia", "noah", "zoe", group_id=7)
    await crowd.join("bob", Role.MENTOR, capacity=1)
    other = await begun(crowd, "bob", "mia", group_id=8)
    at = tomorrow(clock)
    made = await group.propose("ann", at)
    for name in ("mia", "noah"):
        await group.answer(made, name, at)
    elsewhere = await other.propose("bob", at)
    await other.answer(elsewhere, "mia", at)
    left = await group.do(lambda unit: proposing.cancel(unit, made.id, by=group.id("zoe")))
    assert (left.state, left.starts_at, group.id("zoe") in left.member_ids) == (SessionState.PROPOSED, None, False)
    assert await group.do(lambda unit: erasure.erase_member("3", unit, why="self"))
    assert group.id("noah") not in (await group.get(made)).member_ids


async def test_a_session_that_is_written_down_afterwards(pair: Meeting, clock: FixedClock) -> None:
    at = clock() - timedelta(hours=2)
    done = await pair.do(lambda unit: attending.write_down(unit, pair.one.id, by=pair.id("mia"), starts_at=at, minutes=30))
    assert done.state is SessionState.CONFIRMED
    await pair.crowd.due()
    assert "session.asked" in await pair.crowd.told("ann")
    assert "session.asked" not in await pair.crowd.told("mia")
    clock.move(days=2)
    await pair.crowd.due()
    assert (await pair.get(done)).state is SessionState.HELD
    with pytest.raises(Conflict, match="there was a session"):
        await pair.do(lambda unit: attending.write_down(unit, pair.one.id, by=pair.id("ann"), starts_at=at, minutes=60))
    with pytest.raises(Invalid, match="is over"):
        await pair.do(lambda unit: attending.write_down(unit, pair.one.id, by=pair.id("ann"), starts_at=clock(), minutes=60))


async def test_times_at_which_both_can_are_found(pair: Meeting, clock: FixedClock) -> None:
    at = tomorrow(clock)
    await pair.agreed(at)
    found = await free_times.suggest(
        pair.world.runtime, pair.crowd.people["mia"], pair.one.id, minutes=60, since=at - HOUR, until=at + timedelta(days=3), most=4
    )
    assert len(found) == 4
    assert all(not one.busy for _, fits in found for one in fits)
    assert all(not (moment < at + HOUR and at < moment + HOUR) for moment, _ in found)


async def test_somebody_is_erased_in_the_middle_of_everything(pair: Meeting, clock: FixedClock) -> None:
    """Proposed, agreed on, begun, over: each session of somebody who leaves ends sanely, and nothing of theirs stays in it."""
    over = await pair.agreed(tomorrow(clock, 8))
    begun_ = await pair.agreed(tomorrow(clock, 10))
    agreed = await pair.agreed(tomorrow(clock, 20))
    proposed = await pair.do(
        lambda unit: proposing.propose(unit, pair.one.id, by=pair.id("mia"), times=[tomorrow(clock, 22)], minutes=60, words=Words(topic="PLANTED"))
    )
    clock.now = tomorrow(clock, 10) + timedelta(minutes=15)
    for name in ("ann", "mia"):
        await pair.say(over, name, held=True)
    await pair.say(begun_, "ann", "mia", held=False)

    def erase(unit: UnitOfWork) -> None:
        member = unit.members.get(pair.id("mia"))
        assert member is not None
        erasure.erase_member(member.host_user_id, unit, why="self")

    await pair.do(erase)
    states = [(await pair.get(one)).state for one in (over, begun_, agreed, proposed)]
    assert states == [SessionState.HELD, SessionState.MISSED, SessionState.CANCELLED, SessionState.CANCELLED]
    for one in (over, begun_, agreed, proposed):
        left = await pair.get(one)
        assert (left.member_ids, left.words) == ((pair.id("ann"),), None)
    assert (await pair.get(agreed)).reason == CancelReason.MEMBER_LEFT.value
    assert str((await file_of(pair, agreed.id, "ann"))["status"]) == "CANCELLED"
    assert "mia" not in str((await file_of(pair, over.id, "ann")).to_ical())
    ended = await pair.do(lambda unit: unit.mentorships.get(pair.one.id))
    assert ended is not None
    assert ended.end_reason is EndReason.MEMBER_LEFT
    assert "mentorship.left" in await pair.crowd.told("ann")
    clock.move(days=40)
    await pair.crowd.due()
