"""Messages to the host: seen without their content, and sent again, by admins of the community."""

from dataclasses import replace

from plugin.domain.people import Principal
from plugin.services.identity.access import require_admin
from plugin.services.runtime import Runtime
from plugin.store.repositories.outbox import Outgoing
from plugin.store.unit_of_work import UnitOfWork


async def newest(runtime: Runtime, principal: Principal | None, *, limit: int) -> list[Outgoing]:
    """The newest messages to the host without their content, for admins: what they say is between the product and its readers."""
    asking = await require_admin(runtime, principal)
    found = await runtime.database.read(asking.installation_id, lambda unit: unit.outbox.listing(limit=limit))
    return [replace(one, body=None) for one in found]


async def send_again(runtime: Runtime, principal: Principal | None) -> int:
    """Have messages sent again that were given up; returns how many there were."""
    asking = await require_admin(runtime, principal)

    def work(unit: UnitOfWork) -> int:
        count = unit.outbox.retry(now=unit.now)
        if count:
            unit.wake("outbox")
            unit.record("messages.retried", actor=asking.actor, count=count)
        return count

    count = await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
    return count
