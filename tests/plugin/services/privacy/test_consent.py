"""Consent: by field, group and reply; withdrawal works at once."""

import pytest

from mentorgraph import events as e
from mentorgraph.host import DirectMessage, Paragraph
from plugin.domain.community import Policy
from plugin.domain.members import Consent
from plugin.domain.needs import Need, NeedState, Suggestion
from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.graph.affinity import Ranked
from plugin.services.hosts.choosing import policy_values
from plugin.services.hosts.handlers.members import withdraw
from plugin.services.messages import outgoing
from plugin.services.messages.outgoing import post as put_message
from plugin.services.privacy.consenting import set_consent
from plugin.services.suggestions import experts
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, person, post, space, tell, topic
from tests.plugin.support import World

MESSAGE = DirectMessage(to=("user7",), title="t", body=(Paragraph(("x",)),))


async def choose(world: World, **policy: str) -> None:
    await world.database.write(world.installation_id, lambda unit: unit.update_installation(policy=policy_values(Policy(**policy))))  # type: ignore[arg-type]  # texts only


async def agreed(world: World, host_id: str = "7") -> bool:
    def work(unit: UnitOfWork) -> bool:
        return outgoing.wants_messages(unit.members.by_host(host_id), unit)

    return await world.database.read(world.installation_id, work)


async def principal(world: World, host_id: str = "7") -> Principal:
    member = await world.database.read(world.installation_id, lambda unit: unit.members.by_host(host_id))
    assert member is not None
    return Principal(installation_id=world.installation_id, member_id=member.id, scopes=MEMBER_SCOPES, token_id=1)


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("Yes", True),
        ("yes, please!", True),
        (" JA ", True),
        ("はい", True),
        ("true", True),
        ("", False),
        ("no", False),
        ("only if it is rare", False),
        ("January", False),
        ("since when?", False),
        ("one day", False),
        ("not yet", False),
    ],
)
async def test_a_profile_field_says_yes_only_by_a_whole_word(small_world: World, answer: str, given: bool) -> None:
    await choose(small_world, opt_in_field="1")
    await tell(small_world, person("7", fields={"1": answer}, source=HOST))
    assert await agreed(small_world) is given


async def test_nobody_agreed_who_did_not_say_so(world: World) -> None:
    await tell(world, person("7", fields={"1": "yes"}, group_ids=("3",), source=HOST))
    assert not await agreed(world)


async def test_a_field_takes_back_what_the_field_gave_but_not_what_the_member_decided(world: World, clock: FixedClock) -> None:
    await choose(world, opt_in_field="1")
    await tell(world, person("7", fields={"1": "yes"}, source=HOST))
    clock.move(days=1)
    await tell(world, person("7", fields={"1": "no"}, source=HOST))
    assert not await agreed(world)
    clock.move(days=1)
    await set_consent(world.runtime, await principal(world), Consent.MESSAGES, given=True)
    clock.move(days=1)
    await tell(world, person("7", fields={"1": "no"}, source=HOST))
    assert await agreed(world)
    await set_consent(world.runtime, await principal(world), Consent.MESSAGES, given=False)
    clock.move(days=1)
    await tell(world, person("7", fields={"1": "yes"}, source=HOST))
    assert not await agreed(world), "the member's own no stands"


async def test_a_group_gives_and_takes_back(world: World, clock: FixedClock) -> None:
    await choose(world, opt_in_group="3")
    await tell(world, person("7", group_ids=(), source=HOST), e.GroupChanged(seen_at=NOW, group_id="3", name="three", source=HOST))
    for event, given in (
        (e.MemberJoinedGroup(seen_at=NOW, host_user_id="7", group_id="3"), True),
        (e.MemberLeftGroup(seen_at=NOW, host_user_id="7", group_id="3"), False),
        (e.GroupChanged(seen_at=NOW, group_id="3", name="three", member_ids=("7",), source=HOST), True),
        (person("7", group_ids=(), source=HOST), False),
        (person("7", group_ids=("3",), source=HOST), True),
        (e.GroupDeleted(seen_at=NOW, group_id="3", source=HOST), False),
    ):
        clock.move(days=1)
        await tell(world, event)
        assert await agreed(world) is given, event


@pytest.mark.parametrize(
    ("reply", "given"),
    [
        ("I am in", True),
        ("Yes please", True),
        ("No, thanks", False),
        ("no", False),
        ("No.", False),
        ("please do not write to me", False),
        ("STOP", False),
        ("I don’t want this", False),
        (None, False),
    ],
)
async def test_a_reply_counts_unless_it_refuses(small_world: World, reply: str | None, given: bool) -> None:
    await choose(small_world, opt_in_topic="1")
    await tell(small_world, person("7", source=HOST), space("1", source=HOST), topic("1", source=HOST), post("12", author="7", text=reply, source=HOST))
    assert await agreed(small_world) is given


async def test_reading_a_reply_again_does_not_overturn_a_later_withdrawal(world: World, clock: FixedClock) -> None:
    await choose(world, opt_in_topic="1")
    said = post("12", author="7", text="I am in", source=HOST)
    await tell(world, person("7", source=HOST), space("1", source=HOST), topic("1", source=HOST), said)
    clock.move(days=1)
    await set_consent(world.runtime, await principal(world), Consent.MESSAGES, given=False)
    clock.move(days=1)
    await tell(world, said)
    assert not await agreed(world)
    await tell(world, post("13", author="7", text="I am in again", updated_at=clock(), source=HOST))
    assert await agreed(world), "a new reply is a new decision"


def ask(unit: UnitOfWork, *, state: NeedState = NeedState.ANSWERED, told: bool = True) -> int:
    """A need of 7 for which 8 is suggested, with a message on its way."""
    asker, helper = unit.members.by_host("7"), unit.members.by_host("8")
    assert asker is not None
    assert helper is not None
    need = Need(id=unit.new_id(), member_id=asker.id, text="t", topic_id=None, terms={1: 1}, stated_at=unit.now, state=state)
    unit.needs.put(need)
    unit.suggestions.replace(
        need.id,
        [Suggestion(id=unit.new_id(), need_id=need.id, member_id=helper.id, for_member_id=asker.id, score=1, rank=1, reasons=(), created_at=unit.now)],
    )
    if told:
        put_message(MESSAGE, kind="suggestions", key=f"suggestions:{need.id}", member_id=asker.id, unit=unit)
    return need.id


async def test_withdrawing_drops_what_waits_at_once(world: World) -> None:
    await tell(world, person("7", source=HOST), person("8", source=HOST))
    await set_consent(world.runtime, await principal(world), Consent.MESSAGES, given=True)
    await world.database.write(world.installation_id, ask)
    await set_consent(world.runtime, await principal(world), Consent.MESSAGES, given=False)
    assert await outgoing.send_due(world.runtime, world.installation_id) == 0
    (row, _), *_ = await outgoing.listing(world.runtime, world.installation_id)
    assert (row.state, row.body) == ("dropped", None)
    assert world.client.sends == []


@pytest.mark.parametrize("how", ["expert", "left", "erased"])
async def test_who_withdraws_is_in_no_suggestion_and_in_no_message_on_its_way(world: World, how: str) -> None:
    await tell(world, person("7", source=HOST), person("8", source=HOST))
    await set_consent(world.runtime, await principal(world), Consent.MESSAGES, given=True)
    need_id = await world.database.write(world.installation_id, ask)
    if how == "expert":
        await set_consent(world.runtime, await principal(world, "8"), Consent.EXPERT, given=False)
    else:
        await tell(world, e.MemberLeft(seen_at=NOW, host_user_id="8", source=HOST if how == "erased" else e.Source.HINT))
    assert await world.database.read(world.installation_id, lambda unit: unit.suggestions.of_need(need_id)) == []
    assert await outgoing.send_due(world.runtime, world.installation_id) == 0
    need = await world.database.read(world.installation_id, lambda unit: unit.needs.get(need_id))
    assert need is not None
    assert need.state is NeedState.NEW, "whoever asked is told the new suggestions instead"


async def test_a_closed_need_is_not_opened_by_somebody_elses_withdrawal(world: World) -> None:
    await tell(world, person("7", source=HOST), person("8", source=HOST))
    need_id = await world.database.write(world.installation_id, lambda unit: ask(unit, state=NeedState.CLOSED, told=False))

    def work(unit: UnitOfWork) -> None:
        helper = unit.members.by_host("8")
        assert helper is not None
        withdraw(helper, unit)

    await world.database.write(world.installation_id, work)
    need = await world.database.read(world.installation_id, lambda unit: unit.needs.get(need_id))
    assert need is not None
    assert need.state is NeedState.CLOSED


async def test_who_withdraws_while_an_answer_is_worked_out_is_not_in_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph that was asked is older than the answer is."""
    await tell(world, space("5", source=HOST), person("7", source=HOST), person("8", source=HOST), person("9", source=HOST))
    asker, helper, other = await principal(world, "7"), await principal(world, "8"), await principal(world, "9")

    async def rank(*_: object, **__: object) -> list[list[Ranked]]:
        if helper.member_id in withdrawing:
            await set_consent(world.runtime, helper, Consent.EXPERT, given=False)
        return [[Ranked(member=one.member_id or 0, score=1.0, contributions=()) for one in (helper, other)]]

    withdrawing: set[int | None] = set()
    monkeypatch.setattr(experts, "rank", rank)

    async def named() -> list[int]:
        return [one.member_id for one in await experts.experts_for(world.runtime, world.graphs, asker, need_text="pricing a product", first=5)]

    assert await named() == [helper.member_id, other.member_id]
    withdrawing.add(helper.member_id)
    assert await named() == [other.member_id]
