"""Which posts count."""

from mentorgraph.events import Access
from plugin.domain.content import Space
from plugin.store.unit_of_work import UnitOfWork


def spaces_of(unit: UnitOfWork) -> dict[str, Space]:
    """All spaces, read once a unit of work."""
    found: dict[str, Space] | None = unit.memory.get("spaces")
    if found is None:
        found = unit.memory["spaces"] = unit.spaces.all()
    return found


def counts(space_id: str | None, unit: UnitOfWork) -> bool | None:
    """Whether posts in a space count: every signed-in member may read them, or the admin chose the space. ``None`` for a space that is not known yet."""
    if space_id is None:
        return False
    space = spaces_of(unit).get(space_id)
    if space is None:
        return None
    return space.access is Access.MEMBERS or space_id in unit.policy.spaces
