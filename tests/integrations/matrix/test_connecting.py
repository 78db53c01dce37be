"""What is left on a homeserver when connecting fails on the way: nothing that was not there before."""

import asyncio

import pytest

from mentorgraph.host import ConnectPlan, HostBusy, HostInvalid, HostUnreachable
from tests.integrations.matrix.fake import BOOKS, GARDEN, SPACE, FakeHomeserver

PLAN = ConnectPlan(hook_secret="the homeserver's own token, long enough")


async def test_what_was_entered_is_noted_and_left_again() -> None:
    server = FakeHomeserver(inside={GARDEN})
    connected = await server.client().connect(PLAN)
    assert connected.remote["joined"].split() == [BOOKS, SPACE]
    await server.client().disconnect(connected.remote)
    assert server.inside == {GARDEN}


@pytest.mark.parametrize("failure", [HostUnreachable("The answer was lost."), HostBusy("The homeserver asks to wait."), asyncio.CancelledError()])
async def test_whatever_fails_on_the_way_what_was_entered_is_left(failure: BaseException) -> None:
    server = FakeHomeserver(inside={GARDEN}, breaks={BOOKS: failure})
    with pytest.raises(type(failure)):
        await server.client().connect(PLAN)
    assert server.inside == {GARDEN}, "the room whose joining was not answered is left too"


async def test_a_room_that_is_not_there_leaves_nothing_behind() -> None:
    server = FakeHomeserver()
    with pytest.raises(HostInvalid, match="no open room 'cellar'"):
        await server.client().connect(ConnectPlan(hook_secret=PLAN.hook_secret, spaces=("cellar",)))
    assert server.inside == set()
