"""The outbox: sent once where the host can tell, and never to somebody who no longer wants it."""

import pytest

from mentorgraph.host import Capability, HostBusy, HostDenied, HostInvalid, HostMessage, HostUnreachable
from plugin.domain.members import Consent
from plugin.services.hosts.handlers.members import decide
from plugin.services.messages import outgoing
from plugin.services.operations.housekeeping import tidy
from plugin.store.tables import outbox
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.privacy.test_consent import MESSAGE
from tests.plugin.services.stories import HOST, person, tell
from tests.plugin.support import World


async def waiting(world: World, *keys: str) -> None:
    await tell(world, person("7", source=HOST))

    def work(unit: UnitOfWork) -> None:
        member = unit.members.by_host("7")
        assert member is not None
        decide(member, Consent.MESSAGES, given=True, source="self", unit=unit)
        for key in keys:
            outgoing.post(MESSAGE, kind="suggestions", key=key, member_id=member.id, unit=unit)

    await world.database.write(world.installation_id, work)


async def states(world: World) -> list[tuple[str, bool]]:
    return [(one.state, one.body is not None) for one, _ in await outgoing.listing(world.runtime, world.installation_id)]


async def send(world: World) -> int:
    return await outgoing.send_due(world.runtime, world.installation_id)


async def test_a_message_is_sent_once_and_its_content_erased(world: World, clock: FixedClock) -> None:
    await waiting(world, "a")
    await waiting(world, "a")
    assert await send(world) == 1
    clock.move(days=3)
    await waiting(world, "a")
    assert await send(world) == 0
    assert len(world.client.sends) == 1
    assert await states(world) == [("sent", False)]


async def test_a_crash_between_the_send_and_the_mark_sends_nothing_twice(world: World, clock: FixedClock) -> None:
    await waiting(world, "a")
    world.client.lose_answers = 1
    with pytest.raises(KeyboardInterrupt):
        await send(world)
    assert await states(world) == [("pending", True)]
    clock.move(seconds=11)
    assert await send(world) == 1
    assert len(world.client.sends) == 1
    assert await states(world) == [("sent", False)]


async def test_a_crash_before_the_send_sends_it_later(world: World, clock: FixedClock) -> None:
    await waiting(world, "a")
    world.client.failures = [KeyboardInterrupt()]  # type: ignore[list-item]  # the end of the process
    with pytest.raises(KeyboardInterrupt):
        await send(world)
    assert await send(world) == 0, "not before its time"
    clock.move(seconds=11)
    assert await send(world) == 1


@pytest.mark.parametrize("failure", [HostBusy("later", retry_after=500), HostUnreachable("no"), HostDenied("key")])
async def test_a_host_that_cannot_be_asked_is_asked_again_later(world: World, clock: FixedClock, failure: HostBusy) -> None:
    await waiting(world, "a")
    world.client.failures = [failure]
    with pytest.raises(type(failure)):
        await send(world)
    clock.move(seconds=9)
    assert await send(world) == 0
    if isinstance(failure, HostBusy):
        clock.move(seconds=480)
        assert await send(world) == 0, "what the host asks for is waited for"
    clock.move(seconds=20)
    assert await send(world) == 1


async def test_tries_end(world: World, clock: FixedClock) -> None:
    await waiting(world, "a")
    for _ in range(len(outgoing.RETRIES) + 1):
        world.client.failures = [HostUnreachable("no")]
        with pytest.raises(HostUnreachable):
            await send(world)
        clock.move(days=2)
    assert await states(world) == [("dead", True)]
    assert await send(world) == 0
    assert await world.database.write(world.installation_id, lambda unit: unit.outbox.retry(now=unit.now)) == 1
    assert await send(world) == 1


async def test_one_that_the_host_refuses_does_not_hold_up_the_others(world: World, clock: FixedClock) -> None:
    await waiting(world, "a", "b")
    world.client.failures = [HostInvalid("title too short")]
    assert await send(world) == 1
    assert sorted(await states(world)) == [("dead", True), ("sent", False)]
    clock.move(days=8)
    await tidy(world.runtime, world.installation_id)
    assert sorted(await states(world)) == [("dead", False), ("sent", False)], "the content of dead messages goes after a week"


async def test_one_that_was_dropped_after_it_was_listed_is_not_sent(world: World) -> None:
    await waiting(world, "a", "b")
    send_one = world.client.send

    async def change_of_mind(message: object, *, key: str) -> object:
        def work(unit: UnitOfWork) -> None:
            member = unit.members.by_host("7")
            assert member is not None
            unit.outbox.drop_for(member.id, why="gone")

        receipt = await send_one(message, key=key)  # type: ignore[arg-type]  # handed on
        await world.database.write(world.installation_id, work)
        return receipt

    world.client.send = change_of_mind  # type: ignore[method-assign, assignment]  # to be there in the middle
    await send(world)
    assert len(world.client.sends) == 1


async def test_content_that_cannot_be_opened_is_set_aside(world: World) -> None:
    await waiting(world, "a", "b")

    def spoil(unit: UnitOfWork) -> None:
        first = unit.outbox.due(now=unit.now, limit=1)[0]
        clause = outbox.c.message_id == first.id
        unit.outbox._run(unit.outbox._update(outbox).where(clause).values(body=b"x"))

    await world.database.write(world.installation_id, spoil)
    assert await send(world) == 1


async def test_what_the_host_has_no_place_for_is_given_up_in_words(small_world: World) -> None:
    world = small_world
    await waiting(world, "a")
    world.host.capabilities -= {Capability.DIRECT_MESSAGES}
    assert await send(world) == 0
    ((one, _),) = await outgoing.listing(world.runtime, world.installation_id)
    assert (one.state, one.error) == ("dropped", "this kind of community has no direct messages")
    assert world.client.sends == []


def test_every_kind_of_message_says_what_it_needs() -> None:
    assert set(outgoing.NEEDS) == set(HostMessage.__args__)
