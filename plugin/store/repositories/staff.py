"""Offices in a community, and invitations to them."""

from datetime import datetime

from plugin.domain.people import Office
from plugin.store.repositories.base import Repository
from plugin.store.tables import invitations, staff


class Staff(Repository):
    """Offices that were granted to members, and invitations to them."""

    def of(self, member_id: int) -> frozenset[Office]:
        """The offices of a member."""
        return frozenset(Office(row[0]) for row in self._rows(self._select(staff, staff.c.office).where(staff.c.member_id == member_id)))

    def holders(self, office: Office) -> dict[int, datetime]:
        """Who holds an office, and since when."""
        rows = self._rows(self._select(staff, staff.c.member_id, staff.c.granted_at).where(staff.c.office == office.value).order_by(staff.c.granted_at))
        return {row.member_id: row.granted_at for row in rows}

    def grant(self, member_id: int, office: Office, *, at: datetime) -> None:
        """Give a member an office."""
        self._put(staff, [{"member_id": member_id, "office": office.value, "granted_at": at}], keep=("granted_at",))

    def withdraw(self, member_id: int, office: Office) -> bool:
        """Take an office back; returns whether the member had it."""
        return self._run(self._delete(staff).where(staff.c.member_id == member_id, staff.c.office == office.value)) > 0

    def invite(self, digest: bytes, office: Office, *, expires_at: datetime) -> None:
        """Remember an invitation."""
        self._put(invitations, [{"digest": digest, "office": office.value, "expires_at": expires_at}])

    def invited(self, digest: bytes, *, now: datetime) -> Office | None:
        """The office that an invitation is for; ``None`` if it is unknown, used or expired."""
        row = self._one(self._select(invitations).where(invitations.c.digest == digest, invitations.c.expires_at > now))
        return None if row is None else Office(row.office)

    def use(self, digest: bytes) -> None:
        """Use an invitation up."""
        self._run(self._delete(invitations).where(invitations.c.digest == digest))

    def prune(self, *, now: datetime) -> None:
        """Remove invitations that nobody took."""
        self._run(self._delete(invitations).where(invitations.c.expires_at < now))
