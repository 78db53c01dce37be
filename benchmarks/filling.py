"""Communities for benchmarks that need no forum behind them."""

from plugin.app import Parts
from plugin.store.crypto import new_secret
from plugin.store.unit_of_work import UnitOfWork

KEYS = dict.fromkeys(("terms", "tombstones", "audit"), "00" * 32)


async def new_community(parts: Parts, base_url: str, *, name: str) -> tuple[int, str]:
    """A community that is served, and the secret of its deliveries. Of its work only deliveries are due: nothing is read from a forum that is not there."""
    secret = new_secret()
    secrets = {"api_key": "none", "api_username": "system", "hook_secrets": [secret], "sign_in_secrets": [new_secret()]}
    made = await parts.runtime.database.manage(lambda found: found.create(host="discourse", base_url=base_url, secrets=secrets, keys=KEYS, name=name))

    def activate(unit: UnitOfWork) -> None:
        unit.update_installation(state="active")
        unit.lanes.create()
        unit.lanes.stop()
        unit.wake("inbox")

    await parts.runtime.database.write(made, activate)
    return made, secret
