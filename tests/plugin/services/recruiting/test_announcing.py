"""A program's topic in the host: posted once, kept in step, and replies to it that enrol."""

import pytest

from mentorgraph.events import Access
from mentorgraph.host import EditTopic, HostMessage, TopicMessage
from plugin.domain.enrolments import EnrolmentState
from plugin.domain.programs import ProgramState, Role
from plugin.domain.recruiting import AnnouncementState
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.departures import leaving
from plugin.services.guarding import safeguarding
from plugin.services.hosts import choosing
from plugin.services.messages import outgoing, wire
from plugin.services.programs import programming
from plugin.services.recruiting import announcing, enrolling
from plugin.services.recruiting.announcing import Announced
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.stories import HOST, person, post, space, tell, topic
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World

BENEFITS = {"mentor_benefits": "You see your own work with fresh eyes.", "mentee_benefits": "Somebody who listens."}


@pytest.fixture
async def crowd(world: World) -> Crowd:
    """A program that takes members in and says what they get."""
    await tell(world, space("1", source=HOST), space("2", access=Access.GROUPS, source=HOST))
    found = await crowd_of(world)
    found.program = await programming.change_program(world.runtime, found.admin, found.program.id, changes=dict(BENEFITS))
    return found


async def announce(crowd: Crowd, *, intro: str = "We begin in spring.", space_id: str = "1") -> Announced:
    return await announcing.announce(crowd.world.runtime, crowd.admin, crowd.program.id, space_id=space_id, intro=intro)


async def sent(crowd: Crowd) -> list[HostMessage]:
    await outgoing.send_due(crowd.world.runtime, crowd.world.installation_id)
    return list(crowd.world.client.sent.values())


def words(message: HostMessage) -> str:
    assert isinstance(message, TopicMessage | EditTopic)
    return wire.dump(message).decode()


async def state_of(crowd: Crowd, name: str, role: Role) -> str | None:
    def read(unit: UnitOfWork) -> str | None:
        found = unit.enrolments.find(crowd.program.id, crowd.id(name), role)
        return None if found is None else found.state.value

    return await crowd.world.database.read(crowd.world.installation_id, read)


async def test_the_topic_says_what_both_sides_get_and_how_to_take_part(crowd: Crowd) -> None:
    seen = await announcing.preview(crowd.world.runtime, crowd.admin, crowd.program.id, space_id="1", intro="")
    assert await sent(crowd) == []
    assert "What you get as a mentor" in seen.text
    await announce(crowd)
    (message,) = await sent(crowd)
    assert isinstance(message, TopicMessage)
    assert (message.space_id, message.title) == ("1", "Take part in Spring")
    for part in (
        "We begin in spring.",
        "fresh eyes",
        "Somebody who listens",
        "“mentor” or “mentee”",
        f"/enrol/{crowd.world.installation_id}/p{crowd.program.id}",
    ):
        assert part in words(message)
    found = await announcing.announced(crowd.world.runtime, crowd.admin, crowd.program.id)
    assert found is not None
    assert found.topic_id.startswith("r-")


async def test_it_is_edited_and_never_doubled(crowd: Crowd) -> None:
    await announce(crowd)
    # Before it was sent, it is the message itself that changes.
    await announce(crowd, intro="We begin in May.")
    (first,) = await sent(crowd)
    assert "in May" in words(first)
    await announce(crowd, intro="We begin in May.")
    assert len(await sent(crowd)) == 1
    await programming.change_program(crowd.world.runtime, crowd.admin, crowd.program.id, changes={"audience": "Everybody"})
    await programming.change_program(crowd.world.runtime, crowd.admin, crowd.program.id, changes={"audience": "Bakers"})
    _, edit = await sent(crowd)
    assert isinstance(edit, EditTopic)
    assert "Bakers" in words(edit)
    await crowd.move(ProgramState.DRAFT)
    *_, last = await sent(crowd)
    assert "takes nobody in" in words(last)
    assert sum(isinstance(one, TopicMessage) for one in await sent(crowd)) == 1


async def test_a_change_while_it_is_being_sent_comes_later(crowd: Crowd, clock: FixedClock) -> None:
    await announce(crowd)
    crowd.world.client.lose_answers = 1
    with pytest.raises(KeyboardInterrupt):
        await sent(crowd)
    await announce(crowd, intro="Later")
    clock.move(minutes=11)
    await sent(crowd)
    await crowd.due()
    *_, edit = await sent(crowd)
    assert isinstance(edit, EditTopic)
    assert "Later" in words(edit)


@pytest.mark.slow
async def test_what_cannot_be_announced_says_why(crowd: Crowd) -> None:
    with pytest.raises(Invalid, match="every member may read"):
        await announce(crowd, space_id="2")
    with pytest.raises(Invalid, match="every member may read"):
        await announce(crowd, space_id="99")
    with pytest.raises(Invalid, match="at most 1000"):
        await announce(crowd, intro="x" * 1_001)
    ann = await crowd.member("ann")
    with pytest.raises(Forbidden):
        await announcing.announce(crowd.world.runtime, ann, crowd.program.id, space_id="1", intro="")
    with pytest.raises(NotFound):
        await announcing.stop(crowd.world.runtime, crowd.admin, crowd.program.id)
    await programming.change_program(crowd.world.runtime, crowd.admin, crowd.program.id, changes={"mentor_benefits": " "})
    with pytest.raises(Invalid, match="what mentors get"):
        await announce(crowd)
    await programming.change_program(crowd.world.runtime, crowd.admin, crowd.program.id, changes=dict(BENEFITS))
    await crowd.move(ProgramState.DRAFT)
    with pytest.raises(Conflict, match="open it for enrolment"):
        await announce(crowd)
    await crowd.move(ProgramState.ENROLLING)
    await announce(crowd)
    await tell(crowd.world, space("3", source=HOST))
    with pytest.raises(Conflict, match="another space"):
        await announce(crowd, space_id="3")
    crowd.world.host.capabilities = frozenset()
    with pytest.raises(Conflict, match="no topics"):
        await announce(crowd)


# ---------------------------------------------------------------------------------------------------------------------- replies


async def replied(crowd: Crowd, post_id: str, number: str, text: str, *, version: int = 1) -> None:
    """A member of the host replies to the announcement, and what follows is done."""
    place = await announcing.announced(crowd.world.runtime, crowd.admin, crowd.program.id)
    assert place is not None
    await tell(crowd.world, post(post_id, topic_id=place.topic_id, author=number, text=text, version=version))
    await crowd.due()


@pytest.fixture
async def announced(crowd: Crowd) -> Crowd:
    """The same, announced; ann and bea are members 1 and 2 of the host."""
    await announce(crowd)
    await sent(crowd)
    place = await announcing.announced(crowd.world.runtime, crowd.admin, crowd.program.id)
    assert place is not None
    await tell(crowd.world, person("9", username="system"), topic(place.topic_id, author="9"))
    for name in ("ann", "bea"):
        await crowd.member(name)
    return crowd


async def test_a_reply_is_an_application(announced: Crowd) -> None:
    await replied(announced, "11", "1", "Mentor, gladly!")
    await replied(announced, "12", "2", "I would like a mentor")
    assert await state_of(announced, "ann", Role.MENTOR) == EnrolmentState.APPLIED
    assert await state_of(announced, "bea", Role.MENTEE) == EnrolmentState.APPROVED
    assert await announced.told("ann") == ["enrolment.received"]
    assert await announced.told("bea") == ["enrolment.approved"]


async def test_a_reply_counts_once_however_often_it_is_read(announced: Crowd) -> None:
    await replied(announced, "12", "2", "mentee")
    one = (await announced.world.database.read(announced.world.installation_id, lambda unit: unit.enrolments.of_member(announced.id("bea"))))[0]

    await leaving.leave_program(announced.world.runtime, announced.people["bea"], one.id)
    await replied(announced, "12", "2", "mentee")
    await replied(announced, "12", "2", "mentee, really", version=2)
    assert await state_of(announced, "bea", Role.MENTEE) == EnrolmentState.WITHDRAWN
    # A new reply is a new decision.
    await replied(announced, "13", "2", "mentee")
    assert await state_of(announced, "bea", Role.MENTEE) == EnrolmentState.APPROVED


async def test_what_is_unclear_is_asked_once_and_made_clear_by_an_edit(announced: Crowd) -> None:
    await replied(announced, "11", "1", "Mentor or mentee, both sound good")
    await replied(announced, "11", "1", "Mentor or mentee, both sound good")
    assert await announced.told("ann") == ["enrolment.unclear"]
    await replied(announced, "11", "1", "Mentee then", version=2)
    assert await state_of(announced, "ann", Role.MENTEE) == EnrolmentState.APPROVED


@pytest.mark.slow
async def test_talk_enrols_nobody_and_what_stands_in_the_way_is_said(announced: Crowd) -> None:
    await replied(announced, "11", "1", "Great idea!")
    assert await announced.told("ann") == []
    await replied(announced, "12", "1", "mentee")
    await replied(announced, "13", "1", "mentor")
    assert sorted(await announced.told("ann")) == ["enrolment.approved", "enrolment.reply_failed"]
    await replied(announced, "14", "1", "mentee")
    assert sorted(await announced.told("ann")) == ["enrolment.approved", "enrolment.reply_failed"]


async def test_replies_elsewhere_and_to_one_that_was_stopped_enrol_nobody(announced: Crowd) -> None:
    await tell(announced.world, topic("77", author="9"), post("15", topic_id="77", author="1", text="mentee"))
    stopped = await announcing.stop(announced.world.runtime, announced.admin, announced.program.id)
    assert stopped.announcement.state is AnnouncementState.STOPPED
    await replied(announced, "16", "1", "mentee")
    assert await announced.told("ann") == []
    await programming.change_program(announced.world.runtime, announced.admin, announced.program.id, changes={"audience": "Nobody"})
    assert len(await sent(announced)) == 1


async def test_a_member_who_is_erased_takes_their_reply_along(announced: Crowd) -> None:
    await replied(announced, "12", "2", "mentee")
    bea = announced.id("bea")
    await announced.world.database.write(announced.world.installation_id, lambda unit: unit.personal.erase(bea))
    assert await announced.world.database.read(announced.world.installation_id, lambda unit: unit.announcements.was_read("12")) is None
    await announced.due()


# ---------------------------------------------------------------------------------------------------------------------- where others than adults take part


async def test_where_minors_take_part_a_reply_is_no_word_on_ones_age(announced: Crowd) -> None:
    runtime, here = announced.world.runtime, announced.world.installation_id
    await replied(announced, "11", "1", "mentee")
    assert await state_of(announced, "ann", Role.MENTEE) == EnrolmentState.APPROVED
    await choosing.configure(runtime, here, {"minimum_age": "14"})
    # What the topic says of replies has changed with it.
    edited = words((await sent(announced))[-1])
    assert "of age (18 or older)" not in edited
    assert "How old you are you never say here" in edited

    await replied(announced, "12", "2", "mentee")
    assert await state_of(announced, "bea", Role.MENTEE) is None, "nobody is an adult for not having said otherwise"
    assert await announced.told("bea") == ["enrolment.reply_failed"]
    (told,) = await announced.said("bea")
    assert "say on this page whether you are of age" in told
    # Who has said it before need not say it again, and who said that they are under age does not grow up by a reply.
    ann = next(one for one in await enrolling.mine(runtime, announced.people["ann"]))
    await leaving.leave_program(runtime, announced.people["ann"], ann.id)
    await replied(announced, "13", "1", "mentee")
    assert await state_of(announced, "ann", Role.MENTEE) == EnrolmentState.APPROVED
    await announced.world.database.write(here, lambda unit: _declare(unit, announced.id("bea")))
    await replied(announced, "14", "2", "mentee, please")
    part = await announced.world.database.read(here, lambda unit: unit.enrolments.find(announced.program.id, announced.id("bea"), Role.MENTEE))
    assert part is not None
    assert (part.state, part.adult) == (EnrolmentState.APPLIED, False)
    await replied(announced, "15", "2", "mentor")
    assert await state_of(announced, "bea", Role.MENTOR) is None


def _declare(unit: UnitOfWork, member_id: int) -> None:
    safeguarding.of_age(unit, member_id, role=Role.MENTEE, adult=False, age=16, guardian="Eva Ray, mother")
