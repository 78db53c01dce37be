"""How a community is connected, for its admins."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.domain.people import Principal, Scope
from plugin.services.identity.access import require
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a community is connected: what was read, what waits, and what failed."""

    members: int
    sweeps: Mapping[str, str]
    checks: int
    outbox: Mapping[str, int]
    failed: int
    pinged: bool


async def standing(runtime: Runtime, principal: Principal) -> Standing:
    """Figures for the console's first page. Raises :class:`Forbidden` for who manages programs only."""
    require(principal, Scope.PROGRAMS)

    def work(unit: UnitOfWork) -> Standing:
        sweeps = {one.sweep.value: "running" if one.running else "done" for one in unit.sweeps.all()}
        return Standing(
            members=unit.members.count(),
            sweeps=sweeps,
            checks=unit.checks.count(),
            outbox=unit.outbox.counts(),
            failed=unit.inbox.counts().get("dead", 0),
            pinged=unit.pinged,
        )

    return await runtime.database.read(principal.installation_id, work)
