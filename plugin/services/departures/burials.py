"""Erasures that outlive a backup.

Yesterday's copy of the database still holds whoever was erased today. So the tombstones are also kept beside the backups: they say nothing of who it was to
anybody who has not the key of the community, and let everybody they stand for be erased again after the copy was put back.
"""

import re
from collections.abc import Iterable

from plugin.errors import Invalid
from plugin.services.departures.erasure import erase_member
from plugin.store.crypto import tombstone_digest
from plugin.store.unit_of_work import UnitOfWork

_DIGEST = re.compile(r"[0-9a-f]{64}")


def tombstones(unit: UnitOfWork) -> list[str]:
    """The tombstones of a community, in a fixed order."""
    return sorted(digest.hex() for digest in unit.members.all_buried())


def bury_again(unit: UnitOfWork, known: Iterable[str]) -> int:
    """Erase everybody whom one of these tombstones stands for, and keep the tombstones; returns how many there were to erase.

    Raises :class:`Invalid` for what is no tombstone, before anything is erased.
    """
    wanted = set(known)
    if not all(_DIGEST.fullmatch(one) for one in wanted):
        raise Invalid("this is no list of tombstones: give a file that `mentorgraph tombstones` wrote", code="no_tombstones")
    erased = 0
    for member in list(unit.members.all()):
        if tombstone_digest(member.host_user_id, key=unit.keys.tombstones).hex() in wanted:
            erased += erase_member(member.host_user_id, unit, why="admin")
    for one in wanted - set(tombstones(unit)):
        unit.members.bury(bytes.fromhex(one), at=unit.now)
    return erased
