"""Members are asked to take part once, in waves, with the reason why them; prospects and shortages come from what people do and say."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.members import Consent
from plugin.domain.members import Standing as MemberStanding
from plugin.domain.notices import Channel, Frequency
from plugin.domain.programs import ProgramState, Role
from plugin.domain.recruiting import ANSWER_WITHIN, NEXT, WAITING, Invitation, InvitationState, Wave, WaveEnd, WaveState
from plugin.domain.skills import Standing
from plugin.errors import Conflict, Forbidden, Invalid, NotFound, PluginError
from plugin.services.departures import erasure, leaving
from plugin.services.messages import wishing
from plugin.services.privacy import consenting
from plugin.services.recruiting import asking, enrolling, inviting, prospecting
from plugin.services.recruiting.inviting import Named
from plugin.services.recruiting.prospecting import Found
from plugin.services.suggestions import knowing, needs
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, post, space, tell, topic
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World


@pytest.fixture
async def crowd(world: World) -> Crowd:
    """Four members, of whom the first has helped the three others and the second two of them."""
    found = await crowd_of(world)
    for name in ("ann", "ben", "cleo", "dan"):
        await found.member(name)
    await tell(world, space("1", source=HOST))
    number = 100
    for helper, asked in (("1", ("2", "3", "4")), ("2", ("3", "4"))):
        for asker in asked:
            number += 10
            subject = "fundraising" if helper == "1" else "baking"
            await tell(
                world,
                topic(str(number), author=asker, source=HOST, title=f"About {subject}"),
                post(str(number + 1), topic_id=str(number), author=asker, number=1, text=f"{subject} question?", source=HOST),
                post(str(number + 2), topic_id=str(number), author=helper, number=2, text=f"{subject} grants and donors", source=HOST),
            )
    return found


async def prospects(crowd: Crowd, *, need: str = "", first: int = 10) -> list[Found]:
    return await prospecting.find(crowd.world.runtime, crowd.world.graphs, crowd.admin, crowd.program.id, need=need, first=first)


async def wave(
    crowd: Crowd, *names: str, role: Role = Role.MENTOR, days: float = 0, until: int | None = None, words: str = ""
) -> tuple[Wave, list[Invitation]]:
    people = [Named(member_id=crowd.id(name)) for name in names]
    due_at = crowd.world.runtime.clock() + timedelta(days=days) if days else None
    return await asking.plan(crowd.world.runtime, crowd.admin, crowd.program.id, role=role, people=people, words=words, due_at=due_at, until=until)


async def invitation(crowd: Crowd, name: str) -> Invitation:
    found = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.invitations.find(crowd.program.id, crowd.id(name)))
    assert found is not None
    return found


async def answer(crowd: Crowd, name: str, *, accept: bool) -> Invitation:
    one = await invitation(crowd, name)
    return await inviting.answer(crowd.world.runtime, crowd.people[name], one.id, accept=accept, adult=True, capacity=None)


async def enrolment(crowd: Crowd, name: str, role: Role = Role.MENTOR) -> str | None:
    def read(unit: UnitOfWork) -> str | None:
        found = unit.enrolments.find(crowd.program.id, crowd.id(name), role)
        return None if found is None else found.state.value

    return await crowd.world.database.read(crowd.world.installation_id, read)


# ---------------------------------------------------------------------------------------------------------------------- prospects


async def test_who_helps_like_a_mentor_is_found_with_evidence(crowd: Crowd) -> None:
    (one,) = await prospects(crowd)
    assert one.member_id == crowd.id("ann")
    assert {each.criterion: each.count for each in one.evidence}["people"] == 3
    assert set(one.post_ids) == {"112", "122", "132"}
    assert not one.reachable
    await consenting.set_consent(crowd.world.runtime, crowd.people["ann"], Consent.MESSAGES, given=True)
    assert (await prospects(crowd))[0].reachable


async def test_a_need_asks_for_who_knows_about_it(crowd: Crowd) -> None:
    (one,) = await prospects(crowd, need="fundraising donors")
    assert one.evidence[0].criterion in {"topic", "people"}
    assert sum(each.contribution for each in one.evidence) == pytest.approx(one.score)
    assert await prospects(crowd, need="astronomy") == []
    with pytest.raises(Invalid, match="at most 200"):
        await prospects(crowd, need="x" * 201)
    with pytest.raises(Invalid, match="first"):
        await prospects(crowd, first=0)
    with pytest.raises(Forbidden):
        await prospecting.find(crowd.world.runtime, crowd.world.graphs, crowd.people["ann"], crowd.program.id, need="", first=1)


async def no_invitations(crowd: Crowd) -> None:
    await consenting.set_consent(crowd.world.runtime, crowd.people["ann"], Consent.INVITATIONS, given=False)


async def no_suggestions(crowd: Crowd) -> None:
    await consenting.set_consent(crowd.world.runtime, crowd.people["ann"], Consent.EXPERT, given=False)


async def no_messages_about_it(crowd: Crowd) -> None:
    await wishing.choose(crowd.world.runtime, crowd.people["ann"], group="recruiting", channel=Channel.PRODUCT, frequency=Frequency.AT_ONCE)


async def takes_part(crowd: Crowd) -> None:
    await crowd.join("ann", Role.MENTEE)


async def was_asked(crowd: Crowd) -> None:
    await wave(crowd, "ann")
    await answer(crowd, "ann", accept=False)


@pytest.mark.parametrize("act", [no_invitations, no_suggestions, no_messages_about_it, takes_part, was_asked])
async def test_who_does_not_want_it_or_was_asked_is_left_alone(crowd: Crowd, act: Callable[[Crowd], object]) -> None:
    await act(crowd)  # type: ignore[misc]  # each of them is a coroutine
    assert await prospects(crowd) == []
    with pytest.raises(Invalid, match="1 of these cannot be asked: ann"):
        await wave(crowd, "ann", "dan")
    with pytest.raises(Conflict, match="this member"):
        await inviting.invite(crowd.world.runtime, crowd.admin, program_id=crowd.program.id, member_id=crowd.id("ann"), role=Role.MENTOR, reason="")
    assert await enrolment(crowd, "dan") is None


# ---------------------------------------------------------------------------------------------------------------------- waves


async def test_a_wave_asks_with_reasons_and_a_yes_lets_in(crowd: Crowd) -> None:
    (one,) = await prospects(crowd)
    people = [Named(member_id=one.member_id, found=one), Named(member_id=crowd.id("dan"))]
    sent, made = await asking.plan(
        crowd.world.runtime, crowd.admin, crowd.program.id, role=Role.MENTOR, people=people, words="We need you", due_at=None, until=None
    )
    assert (sent.state, sent.number, [each.state for each in made]) == (WaveState.SENT, 1, [InvitationState.INVITED] * 2)
    ann = await wishing.notices(crowd.world.runtime, crowd.people["ann"], after=None, limit=1, unread=False)
    assert "You have helped 3 different members lately." in ann[0][1].text
    assert "We need you" in ann[0][1].text
    assert f"/enrol/{crowd.world.installation_id}/i{made[0].id}" in ann[0][1].text
    seen = await inviting.see(crowd.world.runtime, crowd.people["ann"], made[0].id)
    assert seen.state is InvitationState.SEEN
    assert (await inviting.see(crowd.world.runtime, crowd.people["ann"], made[0].id)).seen_at == seen.seen_at
    assert (await answer(crowd, "ann", accept=True)).state is InvitationState.ACCEPTED
    # Mentors are approved by hand in this program, but not who was asked.
    assert await enrolment(crowd, "ann") == EnrolmentState.APPROVED
    assert (await answer(crowd, "dan", accept=False)).state is InvitationState.DECLINED
    assert await enrolment(crowd, "dan") == EnrolmentState.WITHDRAWN
    ((_, counts),) = await asking.waves(crowd.world.runtime, crowd.admin, crowd.program.id)
    assert counts == {InvitationState.ACCEPTED: 1, InvitationState.DECLINED: 1}


async def test_who_left_the_community_or_the_program_is_not_invited(crowd: Crowd) -> None:
    """Suspended, erased, and who takes no part in the program any more: each is refused, and nothing of it is kept."""
    runtime, here, program = crowd.world.runtime, crowd.world.installation_id, crowd.program.id

    async def refused(member_id: int, error: type[Exception], match: str) -> None:
        with pytest.raises(error, match=match):
            await inviting.invite(runtime, crowd.admin, program_id=program, member_id=member_id, role=Role.MENTOR, reason="")
        with pytest.raises(Invalid, match="cannot be asked"):
            await asking.plan(runtime, crowd.admin, program, role=Role.MENTOR, people=[Named(member_id=member_id)], words="", due_at=None, until=None)
        assert await crowd.world.database.read(here, lambda unit: unit.invitations.find(program, member_id)) is None

    ann, dan = crowd.id("ann"), crowd.id("dan")
    part = await crowd.apply("dan", Role.MENTEE)
    await leaving.leave_program(runtime, crowd.people["dan"], part.id)
    await refused(dan, Conflict, "takes part already, or did")

    def standing(unit: UnitOfWork) -> None:
        one = unit.members.get(ann)
        assert one is not None
        unit.members.put(replace(one, standing=MemberStanding.SUSPENDED))

    await crowd.world.database.write(here, standing)
    await refused(ann, NotFound, "no such member who takes part")
    await crowd.world.database.write(here, lambda unit: erasure.erase_member(host_of(unit, ann), unit, why="self"))
    await refused(ann, NotFound, "no such member who takes part")


def host_of(unit: UnitOfWork, member_id: int) -> str:
    one = unit.members.get(member_id)
    assert one is not None
    return one.host_user_id


async def test_nobody_answers_for_somebody_else_or_twice(crowd: Crowd) -> None:
    await wave(crowd, "ann", days=1)
    one = await invitation(crowd, "ann")
    with pytest.raises(NotFound):
        await answer(crowd, "ann", accept=True)
    await asking.send(crowd.world.runtime, crowd.admin, one.wave_id or 0)
    for act in (inviting.see(crowd.world.runtime, crowd.people["ben"], one.id), inviting.see(crowd.world.runtime, crowd.people["ben"], 5)):
        with pytest.raises(NotFound):
            await act
    with pytest.raises(Invalid, match="of age"):
        await inviting.answer(crowd.world.runtime, crowd.people["ann"], one.id, accept=True, adult=False, capacity=None)
    await answer(crowd, "ann", accept=False)
    for accept in (True, False):
        with pytest.raises(Conflict, match="declined"):
            await answer(crowd, "ann", accept=accept)


async def test_without_an_answer_it_expires_and_is_not_repeated(crowd: Crowd, clock: FixedClock) -> None:
    await wave(crowd, "ann")
    clock.move(days=ANSWER_WITHIN.days, seconds=1)
    await crowd.due()
    assert (await invitation(crowd, "ann")).state is InvitationState.EXPIRED
    assert await enrolment(crowd, "ann") == EnrolmentState.WITHDRAWN
    assert await prospects(crowd) == []
    clock.move(days=60)
    await crowd.due()
    assert await crowd.told("ann") in (["invitation.sent"], [])


async def test_a_planned_wave_goes_when_it_is_due_to_who_can_still_be_asked(crowd: Crowd, clock: FixedClock) -> None:
    planned, _ = await wave(crowd, "ann", "ben", days=7)
    assert planned.state is WaveState.PLANNED
    assert await crowd.told("ann") == []
    await no_invitations(crowd)
    clock.move(days=7, seconds=1)
    await crowd.due()
    assert await crowd.told("ann") == []
    assert await crowd.told("ben") == ["invitation.sent"]
    assert (await invitation(crowd, "ann")).state is InvitationState.DROPPED
    with pytest.raises(Conflict, match="sent already"):
        await asking.cancel(crowd.world.runtime, crowd.admin, planned.id)


@pytest.mark.slow
async def test_a_wave_is_not_sent_for_nothing(crowd: Crowd, clock: FixedClock) -> None:
    enough, _ = await wave(crowd, "ann", days=7, until=2)
    nobody, _ = await wave(crowd, "cleo", days=8)
    closed, _ = await wave(crowd, "dan", days=9)
    taken_back, _ = await wave(crowd, "ben", days=9)
    await asking.cancel(crowd.world.runtime, crowd.admin, taken_back.id)
    await crowd.join("eve", Role.MENTOR, capacity=2)
    await consenting.set_consent(crowd.world.runtime, crowd.people["cleo"], Consent.INVITATIONS, given=False)
    clock.move(days=8, seconds=1)
    await crowd.due()
    await crowd.move(ProgramState.DRAFT)
    clock.move(days=1)
    await crowd.due()
    ended = {one.id: one.ended for one, _ in await asking.waves(crowd.world.runtime, crowd.admin, crowd.program.id)}
    assert ended == {enough.id: WaveEnd.ENOUGH, nobody.id: WaveEnd.NOBODY, closed.id: WaveEnd.CLOSED, taken_back.id: WaveEnd.BY_HAND}
    assert [await crowd.told(name) for name in ("ann", "ben", "cleo", "dan")] == [[], [], [], []]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "days", "until", "words", "match"),
    [
        ((), 0, None, "", "1 to 50"),
        (("ann", "ann"), 0, None, "", "each once"),
        (("ann",), 400, None, "", "180 days ahead"),
        (("ann",), 0, 0, "", "1 or more"),
        (("ann",), 0, None, "x" * 1_001, "at most 1000"),
    ],
)
async def test_a_wave_that_cannot_be_says_why(crowd: Crowd, names: tuple[str, ...], days: int, until: int | None, words: str, match: str) -> None:
    with pytest.raises(Invalid, match=match):
        await wave(crowd, *names, days=days, until=until, words=words)
    await crowd.move(ProgramState.DRAFT)
    with pytest.raises(Conflict, match="takes nobody in"):
        await wave(crowd, "ann")


async def test_a_member_manages_only_what_they_were_given(crowd: Crowd) -> None:
    runtime, ann, program_id = crowd.world.runtime, crowd.people["ann"], crowd.program.id
    people = [Named(member_id=crowd.id("ben"))]
    with pytest.raises(Forbidden):
        await asking.plan(runtime, ann, program_id, role=Role.MENTOR, people=people, words="", due_at=None, until=None)
    naive = runtime.clock().replace(tzinfo=None)
    with pytest.raises(Invalid) as refused:
        await asking.plan(runtime, crowd.admin, program_id, role=Role.MENTOR, people=people, words="", due_at=naive, until=None)
    assert refused.value.field == "dueAt"
    planned, _ = await wave(crowd, "ben", days=3)
    for act in (asking.cancel, asking.send):
        with pytest.raises(Forbidden):
            await act(crowd.world.runtime, crowd.people["ann"], planned.id)
        with pytest.raises(NotFound):
            await act(crowd.world.runtime, crowd.admin, 5)


# ---------------------------------------------------------------------------------------------------------------------- shortages


async def test_what_is_lacking_comes_from_needs_and_skills(crowd: Crowd) -> None:
    for name in ("mia", "noa", "ole"):
        await crowd.join(name, Role.MENTEE)
    await crowd.join("pia", Role.MENTOR, capacity=1)
    await knowing.choose(crowd.world.runtime, crowd.people["mia"], name="Fundraising", standing=Standing.LEARNING)
    await knowing.choose(crowd.world.runtime, crowd.people["noa"], name="fund-raising", standing=Standing.LEARNING)
    await needs.state_need(crowd.world.runtime, crowd.world.graphs, crowd.people["ole"], need_text="I need fundraising help", topic_url=None)
    await knowing.choose(crowd.world.runtime, crowd.people["pia"], name="fundraising", standing=Standing.EXPERT)
    await knowing.merge(crowd.world.runtime, crowd.admin, name="fund-raising", into="Fundraising")
    (gap,) = await prospecting.shortages(crowd.world.runtime, crowd.world.graphs, crowd.admin, crowd.program.id, first=5)
    assert (gap.skill.casefold(), gap.wanted, gap.waiting, gap.offered, gap.places) == ("fundraising", 3, 3, 1, 1)
    assert [one.member_id for one in gap.invite] == [crowd.id("ann")]
    # What a member hid is not counted.
    await knowing.choose(crowd.world.runtime, crowd.people["mia"], name="fundraising", standing=Standing.HIDDEN)
    (gap,) = await prospecting.shortages(crowd.world.runtime, crowd.world.graphs, crowd.admin, crowd.program.id, first=5)
    assert gap.wanted == 2


# ---------------------------------------------------------------------------------------------------------------------- random walks

COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["wave", "plan", "send", "cancel", "see", "accept", "decline", "apply", "leave", "opt_out", "opt_in", "days", "open", "close"]),
        st.integers(0, 2),
        st.integers(0, 20),
    ),
    max_size=25,
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(commands=COMMANDS)
async def test_random_commands_ask_nobody_twice(small_world: World, clock: FixedClock, commands: list[tuple[str, int, int]]) -> None:
    clock.now = NOW
    crowd = await crowd_of(small_world)
    # The community is the same for all examples; its members are new ones each time.
    count = len(await small_world.database.read(small_world.installation_id, lambda unit: unit.members.all()))
    crowd.people = {f"before{number}": crowd.admin for number in range(count)}
    names = ("ann", "ben", "cleo")
    for name in names:
        await crowd.member(name)
    seen: dict[int, InvitationState] = {}
    for what, who, number in commands:
        with contextlib.suppress(PluginError):
            await _command(crowd, clock, what, names[who], number)
        await crowd.due()
        rows = await small_world.database.read(small_world.installation_id, lambda unit: unit.invitations.page(crowd.program.id, after=None, limit=100))
        for one in rows:
            assert _reachable(seen.get(one.id, InvitationState.DROPPED), one.state), (seen.get(one.id), one.state)
            seen[one.id] = one.state
            # Who waits for an answer has an enrolment that waits, and nobody else does.
            assert (await enrolment(crowd, crowd.name(one.member_id)) == EnrolmentState.INVITED) == (one.state in WAITING)
        assert len({one.member_id for one in rows}) == len(rows)
    for name in names:
        assert (await crowd.told(name)).count("invitation.sent") <= 1


def _reachable(before: InvitationState, after: InvitationState) -> bool:
    """Whether some steps lead from one state to another; a command may take several."""
    reached, left = {before}, [before]
    while left:
        for one in NEXT[left.pop()] - reached:
            reached.add(one)
            left.append(one)
    return after in reached


async def _command(crowd: Crowd, clock: FixedClock, what: str, name: str, number: int) -> None:
    runtime, me = crowd.world.runtime, crowd.people[name]
    found = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.invitations.find(crowd.program.id, crowd.id(name)))
    asked = found.id if found else 1
    if what in {"send", "cancel"}:
        waves = await asking.waves(runtime, crowd.admin, crowd.program.id)
        act = asking.send if what == "send" else asking.cancel
        await act(runtime, crowd.admin, waves[number % len(waves)][0].id if waves else 1)
    elif what in {"wave", "plan"}:
        await wave(crowd, name, days=0 if what == "wave" else number + 1)
    elif what == "see":
        await inviting.see(runtime, me, asked)
    elif what in {"accept", "decline"}:
        await inviting.answer(runtime, me, asked, accept=what == "accept", adult=True, capacity=None)
    else:
        await _around(crowd, clock, what, name, number)


async def _around(crowd: Crowd, clock: FixedClock, what: str, name: str, number: int) -> None:
    """What happens beside the invitations."""
    runtime, me = crowd.world.runtime, crowd.people[name]
    if what == "apply":
        await crowd.apply(name, Role.MENTOR)
    elif what == "leave":
        mine = [one for one in await enrolling.mine(runtime, me) if one.program_id == crowd.program.id]
        await leaving.leave_program(runtime, me, mine[0].id if mine else 1)
    elif what in {"opt_out", "opt_in"}:
        await consenting.set_consent(runtime, me, Consent.INVITATIONS, given=what == "opt_in")
    elif what == "days":
        clock.move(days=number)
    else:
        await crowd.move(ProgramState.ENROLLING if what == "open" else ProgramState.DRAFT)
