"""Events of a program: announced, answered, with places, a waiting list, and calendars that follow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import icalendar
import pytest

from mentorgraph.events import Access
from mentorgraph.host import CalendarEntry, EditTopic, HostUnreachable, Paragraph, TopicMessage, Words
from plugin.domain.content import Space
from plugin.domain.program_events import Answer, EventPlan, EventState
from plugin.domain.programs import Role
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.departures import erasure
from plugin.services.meetings import hosting
from plugin.services.meetings.hosting import Seen
from plugin.services.messages import delivering
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts.program_events import CANCELLED_LINE
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import Meeting, pair_of, tomorrow
from tests.plugin.services.messages.support import work
from tests.plugin.support import World


@pytest.fixture
async def pair(small_world: World) -> Meeting:
    found = await pair_of(small_world)
    await found.crowd.join("noah", Role.MENTEE)
    await found.crowd.member("zoe")
    return found


async def plan(pair: Meeting, clock: FixedClock, **values: object) -> Seen:
    said = EventPlan(**{"title": "Open evening", "starts_at": tomorrow(clock) + timedelta(days=3), "place": "https://meet.example.org/e"} | values)  # type: ignore[arg-type]  # tests give what a plan takes
    return await hosting.plan(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, said=said)


async def answer(pair: Meeting, event: Seen, name: str, *, going: bool = True) -> Seen:
    return await hosting.answer(pair.world.runtime, pair.crowd.people[name], event.event.id, going=going)


async def test_places_are_given_in_order_and_the_longest_waiting_moves_up(pair: Meeting, clock: FixedClock) -> None:
    event = await plan(pair, clock, capacity=1)
    assert "event.announced" in await pair.crowd.told("mia")
    assert (await answer(pair, event, "mia")).mine is Answer.GOING
    clock.move(minutes=1)
    assert (await answer(pair, event, "noah")).mine is Answer.WAITING
    clock.move(minutes=1)
    assert (await answer(pair, event, "ann")).mine is Answer.WAITING
    left = await answer(pair, event, "mia", going=False)
    assert (left.going, left.waiting, left.mine) == (1, 1, Answer.NOT_GOING)
    assert "event.place" in await pair.crowd.told("noah")
    more = await hosting.change(pair.world.runtime, pair.crowd.admin, event.event.id, changes={"capacity": 2})
    assert (more.going, dict(more.people)[pair.id("ann")]) == (2, Answer.GOING)
    with pytest.raises(NotFound):
        await answer(pair, event, "zoe")
    with pytest.raises(Forbidden):
        await hosting.page(pair.world.runtime, pair.crowd.people["zoe"], pair.crowd.program.id, after=None, limit=5)
    mine = (await hosting.page(pair.world.runtime, pair.crowd.people["mia"], pair.crowd.program.id, after=None, limit=5))[0]
    assert mine.people == (), "who comes is for managers; members see how many"


async def test_calendars_follow(pair: Meeting, clock: FixedClock) -> None:
    event = await plan(pair, clock)
    await answer(pair, event, "mia")
    file = await hosting.ics(pair.world.runtime, pair.crowd.people["mia"], event.event.id)
    assert file is not None
    first = icalendar.Calendar.from_ical(file).walk("VEVENT")[0]
    moved = tomorrow(clock) + timedelta(days=5)
    await hosting.change(pair.world.runtime, pair.crowd.admin, event.event.id, changes={"starts_at": moved})
    assert "event.changed" in await pair.crowd.told("mia")
    assert "event.changed" not in await pair.crowd.told("noah")
    file = await hosting.ics(pair.world.runtime, pair.crowd.people["mia"], event.event.id)
    assert file is not None
    second: Any = icalendar.Calendar.from_ical(file).walk("VEVENT")[0]
    assert (str(second["uid"]), second["dtstart"].dt) == (str(first["uid"]), moved)
    clock.now = moved - timedelta(hours=23)
    await pair.crowd.due()
    assert (await pair.crowd.told("mia")).count("event.reminder") == 1
    done = await hosting.cancel(pair.world.runtime, pair.crowd.admin, event.event.id)
    assert done.event.state is EventState.CANCELLED
    assert "event.cancelled" in await pair.crowd.told("mia")
    with pytest.raises(Conflict, match="called off"):
        await answer(pair, event, "noah")


def there_is(*space_ids: str, access: Access = Access.MEMBERS) -> Callable[[UnitOfWork], None]:
    def work(unit: UnitOfWork) -> None:
        for one in space_ids:
            unit.spaces.put(Space(id=one, name=f"Space {one}", access=access))

    return work


async def test_the_space_of_an_event_can_be_another_until_it_was_announced(pair: Meeting, clock: FixedClock) -> None:
    write, here = pair.world.database.write, pair.world.installation_id
    await write(here, there_is("1", "2"))
    await write(here, there_is("3", access=Access.GROUPS))
    runtime, admin = pair.world.runtime, pair.crowd.admin
    with pytest.raises(Invalid, match="every member may read"):
        await plan(pair, clock, space_id="3")
    event = await plan(pair, clock)
    for space, refusal in (("3", Invalid), ("9", Invalid)):
        with pytest.raises(refusal, match="every member may read"):
            await hosting.change(runtime, admin, event.event.id, changes={"space_id": space})
    await hosting.change(runtime, admin, event.event.id, changes={"space_id": "1"})
    changed = await hosting.change(runtime, admin, event.event.id, changes={"space_id": "2"})
    assert changed.event.plan.space_id == "2"
    await work(pair.world)
    assert [one.space_id for one in pair.world.client.sent.values() if isinstance(one, TopicMessage)] == ["2"], "said once, where it is to be"
    with pytest.raises(Conflict, match="move the topic there"):
        await hosting.change(runtime, admin, event.event.id, changes={"space_id": "1"})
    assert (await hosting.change(runtime, admin, event.event.id, changes={"space_id": "2", "title": "Later"})).event.plan.title == "Later"


async def test_the_host_announces_it_in_its_own_calendar_and_the_announcement_follows(pair: Meeting, clock: FixedClock) -> None:
    await pair.world.database.write(pair.world.installation_id, there_is("1"))
    event = await plan(pair, clock, space_id="1", description="For all of you")
    await hosting.change(pair.world.runtime, pair.crowd.admin, event.event.id, changes={"title": "Open evening, at last"})
    await work(pair.world)
    sent = [one for one in pair.world.client.sent.values() if isinstance(one, TopicMessage)]
    assert [one.title for one in sent] == ["Open evening, at last"], "changed before it was sent: said once, as it is"
    (entry,) = (block for block in sent[0].body if isinstance(block, CalendarEntry))
    assert Paragraph((Words("For all of you"),)) in sent[0].body
    assert entry.description == "", "what it is about is said once"
    await hosting.cancel(pair.world.runtime, pair.crowd.admin, event.event.id)
    await work(pair.world)
    assert len(pair.world.client.sent) >= 2


async def test_a_change_while_it_is_being_sent_comes_later(pair: Meeting, clock: FixedClock) -> None:
    await pair.world.database.write(pair.world.installation_id, there_is("1"))
    event = await plan(pair, clock, space_id="1")
    pair.world.client.failures = [HostUnreachable("away")]
    await work(pair.world)
    await hosting.cancel(pair.world.runtime, pair.crowd.admin, event.event.id)
    clock.move(minutes=11)
    await work(pair.world)
    clock.move(minutes=11)
    await work(pair.world)
    said = [one for one in pair.world.client.sent.values() if isinstance(one, TopicMessage | EditTopic)]
    assert [type(one) for one in said] == [TopicMessage, EditTopic]
    assert said[-1].body[0] == Paragraph((Words(CANCELLED_LINE),))


async def test_what_was_called_off_before_the_host_heard_of_it_is_not_announced(pair: Meeting, clock: FixedClock) -> None:
    await pair.world.database.write(pair.world.installation_id, there_is("1"))
    event = await plan(pair, clock, space_id="1")
    await hosting.cancel(pair.world.runtime, pair.crowd.admin, event.event.id)
    await work(pair.world)
    assert not [one for one in pair.world.client.sent.values() if isinstance(one, TopicMessage)]


async def test_who_has_not_heard_of_it_yet_hears_of_it_as_it_is_now(pair: Meeting, clock: FixedClock) -> None:
    event = await plan(pair, clock)
    await answer(pair, event, "mia")
    moved = tomorrow(clock) + timedelta(days=4)
    for days in (0, 1):
        await hosting.change(
            pair.world.runtime, pair.crowd.admin, event.event.id, changes={"starts_at": moved + timedelta(days=days), "title": "  Open\nhouse "}
        )

    def waiting(unit: UnitOfWork) -> dict[int, tuple[str, str]]:
        return {one.member_id: (one.kind, str(delivering.about_of(unit, one)["at"])) for one in unit.notices.unsent(f"event:{event.event.id}:")}

    at = (moved + timedelta(days=1)).isoformat()
    found = await pair.do(waiting)
    assert found == {pair.id("ann"): ("event.announced", at), pair.id("noah"): ("event.announced", at), pair.id("mia"): ("event.changed", at)}
    assert (await hosting.page(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, after=None, limit=1))[0].event.plan.title == "Open house"


async def test_what_cannot_be_planned(pair: Meeting, clock: FixedClock) -> None:
    for values, why in (({"title": "x"}, "title"), ({"starts_at": clock()}, "is over"), ({"minutes": 1}, "lasts"), ({"capacity": 0}, "room for")):
        with pytest.raises(Invalid, match=why):
            await plan(pair, clock, **values)
    with pytest.raises(Forbidden):
        await hosting.plan(pair.world.runtime, pair.crowd.people["mia"], pair.crowd.program.id, said=EventPlan(title="Mine", starts_at=tomorrow(clock)))


async def test_who_leaves_gives_their_place_away(pair: Meeting, clock: FixedClock) -> None:
    event = await plan(pair, clock, capacity=1)
    await answer(pair, event, "mia")
    clock.move(minutes=1)
    await answer(pair, event, "noah")

    def erase(unit: UnitOfWork) -> None:
        member = unit.members.get(pair.id("mia"))
        assert member is not None
        erasure.erase_member(member.host_user_id, unit, why="self")

    await pair.do(erase)
    assert await pair.do(lambda unit: unit.program_events.answers(event.event.id)) == {pair.id("noah"): Answer.GOING}
