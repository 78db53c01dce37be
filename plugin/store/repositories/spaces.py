"""Spaces of the host, and its tags."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from mentorgraph.events import Access
from plugin.domain.content import Space
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import spaces, tags


class Spaces(Repository):
    """Categories, channels or rooms."""

    def put(self, space: Space) -> None:
        """Insert or replace a space."""
        self._put(
            spaces,
            [
                {
                    "space_id": space.id,
                    "name": space.name,
                    "slug": space.slug,
                    "url": space.url,
                    "access": space.access.value,
                    "group_ids": list(space.group_ids),
                    "parent_id": space.parent_id,
                }
            ],
        )

    def remove(self, space_id: str) -> None:
        """Forget a space."""
        self._run(self._delete(spaces).where(spaces.c.space_id == space_id))

    def all(self) -> dict[str, Space]:
        """All spaces by id."""
        return {row.space_id: _space(row) for row in self._rows(self._select(spaces))}

    def mark_seen(self, space_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these spaces."""
        for part in chunks(space_ids):
            self._run(self._update(spaces).where(spaces.c.space_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int) -> list[str]:
        """Spaces that a whole listing did not name."""
        return [row[0] for row in self._rows(self._select(spaces, spaces.c.space_id).where(spaces.c.seen_sweep < sweep))]


def _space(row: Row[*tuple[Any, ...]]) -> Space:
    return Space(id=row.space_id, name=row.name, slug=row.slug, url=row.url, access=Access(row.access), group_ids=tuple(row.group_ids), parent_id=row.parent_id)


class Tags(Repository):
    """Tag names."""

    def put(self, name: str) -> None:
        """Remember a tag."""
        self._put(tags, [{"name": name}])

    def remove(self, name: str) -> None:
        """Forget a tag."""
        self._run(self._delete(tags).where(tags.c.name == name))
