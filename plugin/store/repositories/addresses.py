"""Addresses that members gave and confirmed."""

from dataclasses import dataclass, field
from datetime import datetime

from plugin.store.repositories.base import Repository
from plugin.store.tables import addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A member's address, sealed. It counts only once it is ``confirmed_at`` and as long as it is not ``stopped_at``."""

    member_id: int
    address: bytes = field(repr=False)
    code: bytes | None = field(default=None, repr=False)
    code_until: datetime | None = None
    tries: int = 0
    confirmed_at: datetime | None = None
    bounces: int = 0
    stopped_at: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether mails may go there."""
        return self.confirmed_at is not None and self.stopped_at is None


class Addresses(Repository):
    """One address a member."""

    def get(self, member_id: int) -> Address | None:
        """A member's address."""
        row = self._one(self._select(addresses).where(addresses.c.member_id == member_id))
        if row is None:
            return None
        return Address(
            member_id=row.member_id,
            address=row.address,
            code=row.code,
            code_until=row.code_until,
            tries=row.tries,
            confirmed_at=row.confirmed_at,
            bounces=row.bounces,
            stopped_at=row.stopped_at,
        )

    def put(self, one: Address) -> None:
        """Keep a member's address in place of an earlier one."""
        row = {
            "member_id": one.member_id,
            "address": one.address,
            "code": one.code,
            "code_until": one.code_until,
            "tries": one.tries,
            "confirmed_at": one.confirmed_at,
            "bounces": one.bounces,
            "stopped_at": one.stopped_at,
        }
        self._put(addresses, [row])

    def remove(self, member_id: int) -> None:
        """Forget a member's address."""
        self._run(self._delete(addresses).where(addresses.c.member_id == member_id))
