"""Groups of the host, and who is in them."""

from collections.abc import Iterable, Sequence

from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import group_members, groups


class Groups(Repository):
    """Groups of the host that are not automatic, and who is in them."""

    def put(self, group_id: str, *, name: str, title: str) -> None:
        """Insert or replace a group."""
        self._put(groups, [{"group_id": group_id, "name": name, "title": title}])

    def remove(self, group_id: str) -> None:
        """Forget a group and its memberships."""
        self._run(self._delete(group_members).where(group_members.c.group_id == group_id))
        self._run(self._delete(groups).where(groups.c.group_id == group_id))

    def add(self, group_id: str, member_ids: Iterable[int]) -> None:
        """Put members into a group."""
        self._put(group_members, [{"group_id": group_id, "member_id": one} for one in member_ids])

    def discard(self, group_id: str, member_ids: Iterable[int]) -> None:
        """Take members out of a group."""
        for part in chunks(member_ids):
            self._run(self._delete(group_members).where(group_members.c.group_id == group_id, group_members.c.member_id.in_(part)))

    def members_of(self, group_id: str) -> set[int]:
        """Who is in a group."""
        return {row[0] for row in self._where(group_members.c.group_id, group_id, group_members.c.member_id)}

    def groups_of(self, member_id: int) -> set[str]:
        """Which groups a member is in."""
        return {row[0] for row in self._where(group_members.c.member_id, member_id, group_members.c.group_id)}

    def all(self) -> dict[str, str]:
        """Names by id."""
        return {row.group_id: row.name for row in self._rows(self._select(groups, groups.c.group_id, groups.c.name))}

    def memberships(self) -> set[tuple[str, int]]:
        """All pairs of group and member."""
        return {(row[0], row[1]) for row in self._rows(self._select(group_members, group_members.c.group_id, group_members.c.member_id))}

    def mark_seen(self, group_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these groups."""
        for part in chunks(group_ids):
            self._run(self._update(groups).where(groups.c.group_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int) -> list[str]:
        """Groups that a whole listing did not name."""
        return [row[0] for row in self._rows(self._select(groups, groups.c.group_id).where(groups.c.seen_sweep < sweep))]
