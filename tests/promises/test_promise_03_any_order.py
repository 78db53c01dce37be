"""Promise 3: the order does not matter, nor does lateness: in the end the store is what the host is, and whoever left does not come back by old news."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph import events as e
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.stories import known, person, settle, tell
from tests.plugin.support import World

LIFE: Sequence[e.Event] = (
    person("7", name="First"),
    person("7", name="Second", username="renamed"),
    person("7", name="Third", bio="a bio"),
    e.MemberLeft(seen_at=NOW, host_user_id="7"),
)
_RUNS = iter(range(10_000))


@pytest.fixture
async def world(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    return await make_world(settings, database, vault, clock)


@pytest.mark.slow
@settings(max_examples=12)
@given(order=st.permutations(LIFE), again=st.lists(st.sampled_from(LIFE), max_size=4), late=st.integers(0, 3), stays=st.booleans())
async def test_promise_03_every_order_ends_where_the_host_is(
    world: World, clock: FixedClock, order: list[e.Event], again: list[e.Event], late: int, stays: bool
) -> None:
    clock.now = NOW
    base_url = f"https://forum{next(_RUNS)}.example.org"
    here = await make_world(world.runtime.settings, world.database, world.runtime.vault, clock, base_url=base_url)
    if stays:
        here.picture.members["7"] = person("7", name="Third", username="renamed", bio="a bio")
    for event in [*order, *again]:
        await tell(here, event)
    await settle(here)
    clock.move(days=1)
    await tell(here, LIFE[late])
    await settle(here)
    found = (await known(here))["members"]
    assert isinstance(found, dict)
    assert set(found) == ({"7"} if stays else set())
    if stays:
        assert found["7"][:2] == ("renamed", "Third")
