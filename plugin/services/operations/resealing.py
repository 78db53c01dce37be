"""Moving what is sealed to the newest of ``MENTORGRAPH_SECRET_KEYS``, so that older ones can be dropped."""

from dataclasses import dataclass
from functools import partial

import structlog

from plugin.errors import Invalid
from plugin.services.runtime import Runtime
from plugin.store.repositories.seals import SEALED, Held
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

BATCH = 200
"""Seals that are moved in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many seals were moved to the newest key, and how many no key opens."""

    moved: int = 0
    lost: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(moved=self.moved + other.moved, lost=self.lost + other.lost)


async def reseal(runtime: Runtime, installation_id: int) -> Moved:
    """Move every seal of a community that is not of the newest key. Safe at any time, by several processes at once, and to be broken off."""
    whole = Moved()
    for table, column in SEALED:
        after: tuple[object, ...] | None = None
        while True:

            def find(unit: UnitOfWork, behind: tuple[object, ...] | None = after) -> list[Held]:
                return unit.seals.others(table, column, starts=runtime.vault.starts, after=behind, limit=BATCH)  # noqa: B023 - it runs before they change

            found = await runtime.database.read(installation_id, find)
            if not found:
                break
            whole += await runtime.database.write(installation_id, partial(_move, found, runtime))
            after = found[-1].key
            if len(found) < BATCH:
                break
    if whole.lost:
        log.error("seals_lost", installation=installation_id, count=whole.lost)
    return whole


def _move(found: list[Held], runtime: Runtime, unit: UnitOfWork) -> Moved:
    whole = Moved()
    for one in found:
        try:
            whole += Moved(moved=int(unit.seals.move(one, reseal=runtime.vault.reseal)))
        except Invalid:
            whole += Moved(lost=1)
    return whole


async def reseal_everywhere(runtime: Runtime) -> dict[int, Moved]:
    """:func:`reseal` for every community, the disconnected ones too."""
    ids = await runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids())
    return {one: await reseal(runtime, one) for one in ids}
