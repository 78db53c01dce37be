"""That something happened which rewards may count: looked at soon, in a transaction of its own."""

from collections.abc import Iterable

from plugin.services import scheduling
from plugin.store.unit_of_work import UnitOfWork

JOB = "rewards.look"


def reached(unit: UnitOfWork, program_id: int | None, member_ids: Iterable[int]) -> None:
    """Have the rewards of these members in a program looked at."""
    if program_id is None:
        return
    for member_id in member_ids:
        # A key of its own: what was looked at a moment ago did not see this yet.
        scheduling.schedule(unit, JOB, key=f"rewards:{program_id}:{member_id}:{unit.new_id()}", at=unit.now, about={"program": program_id, "member": member_id})
