"""Writing down who saw what about whom, for the member to read (:mod:`plugin.services.privacy.auditing`).

Whoever reads what a member gave in confidence, such as answers, feedback or reports, without being that member, is written into the audit log in the unit
of work that reads.
"""

from collections.abc import Collection
from datetime import timedelta

from plugin.domain.people import Principal
from plugin.store.unit_of_work import UnitOfWork

READ = "personal.read"
ONCE_IN = timedelta(hours=1)
"""The same person reading the same kind of thing again within this time is not written down again."""
LOOKED_BACK = 100


def saw(unit: UnitOfWork, principal: Principal, member_ids: Collection[int], *, what: str) -> int:
    """Write down that the principal read ``what`` (a word such as ``answers``) of these members; returns how many entries that made."""
    made, me = 0, unit.named(principal.actor)
    for member_id in sorted(set(member_ids)):
        if member_id == principal.member_id:
            continue
        lately = unit.audit.about(member_id, action=READ, limit=LOOKED_BACK, after=unit.now - ONCE_IN)
        if not any(one.actor == me and one.detail.get("what") == what for one in lately):
            unit.record(READ, actor=principal.actor, member=str(member_id), what=what)
            made += 1
    return made
