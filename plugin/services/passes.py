"""Who tokens stand for, remembered for as long as nothing was committed that could change it.

Looking a token up costs more than most of what it is shown for. What was found is good for the epoch of the transaction that it was read in
(:mod:`plugin.store.epochs`): a token that is revoked or a member who is suspended is refused with the next request, in every process. What depends on the
host's word as well, an admin's rights, is not remembered.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.domain.people import OFFICE_SCOPES, Principal
from plugin.store.database import Database

KEPT = 20_000
LONGEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What was found for a token."""

    principal: Principal
    epoch: int
    until: datetime


class Passes:
    """Remembered principals of one process, by the hash of their token."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Pass] = OrderedDict()
        self._homes: OrderedDict[bytes, int] = OrderedDict()

    def home(self, digest: bytes) -> int | None:
        """The installation that the token was found in before. A token never moves, so this needs no looking up again; whether it is good still does."""
        return self._homes.get(digest)

    async def find(self, digest: bytes, database: Database, *, now: datetime) -> Pass | None:
        """Who the token stands for, if that is still known; its epoch is the one of this moment."""
        known = self._known.get(digest)
        if known is None:
            return None
        if known.until <= now or known.epoch != await database.epoch(known.principal.installation_id):
            self._known.pop(digest, None)
            return None
        return known

    def keep(self, digest: bytes, principal: Principal, *, epoch: int, now: datetime, expires_at: datetime | None) -> Pass:
        """Remember who a token stands for; ``epoch`` is that of the transaction in which it was read."""
        made = Pass(principal=principal, epoch=epoch, until=now + LONGEST if expires_at is None else min(now + LONGEST, expires_at))
        self._homes[digest] = principal.installation_id
        if len(self._homes) > KEPT:
            self._homes.popitem(last=False)
        if not (principal.unsure or principal.scopes & OFFICE_SCOPES):
            self._known[digest] = made
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return made
