"""Promise 6: while a secret is changed both are taken, and no delivery is lost; afterwards the old one is refused."""

from functools import partial

from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.support import HOOK_SECRET
from tests.plugin.web.test_hooks import body_of, kept, send, signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World

__all__ = ["clock", "filled", "world"]

NEW = "the next hook secret of tests"


async def secrets(world: World, *hook_secrets: str) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.update_installation(secrets={"api_key": "the key", "hook_secrets": list(hook_secrets), "sign_in_secrets": []})

    await world.database.write(world.installation_id, work)
    world.parts.runtime.forget(world.installation_id)


async def test_promise_06_both_secrets_are_taken_while_one_is_changed(world: World) -> None:
    body = body_of()
    ask = partial(send, world, body)
    assert (await ask(signed(body, number="1"))).status_code == 202
    assert (await ask(signed(body, number="2", secret=NEW))).status_code == 401
    await secrets(world, NEW, HOOK_SECRET)
    assert (await ask(signed(body, number="3"))).status_code == 202
    assert (await ask(signed(body, number="4", secret=NEW))).status_code == 202
    await secrets(world, NEW)
    assert (await ask(signed(body, number="5"))).status_code == 401
    assert (await ask(signed(body, number="6", secret=NEW))).status_code == 202
    assert await kept(world) == {"new": 4}
