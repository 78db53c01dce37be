"""One forum, as the client's modules share it: the API, the admin's choices, the clock, and which categories count."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from integrations.discourse import content
from integrations.discourse.api import Api
from integrations.seen import Seen, by_reading
from integrations.values import Json, entries, identifier, mapping, number
from mentorgraph.events import Access, SpaceChanged
from mentorgraph.host import HostDenied, HostInvalid, HostNotFound, Installation

_SPACES_KEPT = timedelta(minutes=5)
_MOST_PAGES = 200


@dataclass(slots=True, kw_only=True)
class Forum:
    """What every part of the client needs."""

    api: Api
    installation: Installation
    clock: Callable[[], datetime]
    profiles_read: bool = field(default=False, init=False)
    """Whether this client has read profiles of members once."""
    _people: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False)
    _spaces: tuple[datetime, tuple[SpaceChanged, ...]] | None = field(default=None, init=False, repr=False)

    @property
    def base_url(self) -> str:
        """Where the forum is."""
        return self.installation.base_url

    def seen(self) -> Seen:
        """For what is read from now on."""
        return by_reading(self.clock())

    def setting(self, name: str, default: int) -> int:
        """A number among the admin's settings; the default when it is missing or is none."""
        found = number(self.installation.settings.get(name, ""))
        return default if found is None or found < 0 else found

    @property
    def calendar(self) -> bool:
        """Whether entries of a calendar may be written with the calendar plugin."""
        return self.installation.settings.get("calendar", "") not in {"off", "no", "false"}

    async def spaces(self, *, fresh: bool = False) -> tuple[SpaceChanged, ...]:
        """All categories that the key may see, with who may read them; at most five minutes old unless ``fresh``."""
        now = self.clock()
        if fresh or self._spaces is None or now - self._spaces[0] > _SPACES_KEPT:
            self._spaces = (now, await _read_spaces(self))
        return self._spaces[1]

    async def counted_spaces(self) -> frozenset[str]:
        """Ids of the categories whose posts count: those the admin named, else all that every signed-in member may read."""
        wanted = [name.strip() for name in self.installation.settings.get("spaces", "").split(",") if name.strip()]
        return frozenset(found.space_id for found in chosen(await self.spaces(), wanted))

    def note_person(self, user_id: str, username: str) -> None:
        """Somebody whose name looks like one of an anonymised account was found to be a person."""
        self._people.add((user_id, username))

    def is_person(self, user_id: str, username: str) -> bool:
        """Whether that was found; anonymising would change the name once more."""
        return (user_id, username) in self._people

    async def require_admin(self) -> None:
        """Raise :class:`HostDenied` unless the key still reaches the admins' part.

        The forum says "not found" to a key that lost its rights, so before a missing thing counts as gone, the key has to show that it could have seen it.
        """
        try:
            await self.api.get_list("/admin/users/list/staff.json", [("page", "1")])
        except HostNotFound as error:
            raise HostDenied(
                "The key does not reach the admins' part of the forum any more; give it back its rights or make a new one.", reason="not_admin"
            ) from error


def chosen(spaces: Sequence[SpaceChanged], wanted: Sequence[str], *, strict: bool = False) -> list[SpaceChanged]:
    """The spaces named by id, slug or name; all that every member may read when none is named.

    With ``strict``, raises :class:`HostInvalid` for a name that fits no space.
    """
    if not wanted:
        return [space for space in spaces if space.access is Access.MEMBERS]
    found: dict[str, SpaceChanged] = {}
    for name in wanted:
        fitting = [space for space in spaces if name == space.space_id or name.casefold() in {space.slug.casefold(), space.name.casefold()}]
        if strict and not fitting:
            raise HostInvalid(f"The forum has no category {name!r}; name categories by id, slug or name.", reason="unknown_space")
        found.update((space.space_id, space) for space in fitting)
    return list(found.values())


async def _read_spaces(forum: Forum) -> tuple[SpaceChanged, ...]:
    """Every category once. Forums that load categories lazily page the list; others give the whole list for any page."""
    found: dict[str, SpaceChanged] = {}
    for page in range(1, _MOST_PAGES + 1):
        seen = forum.seen()
        params = [("include_subcategories", "true"), ("page", str(page))]
        top = await forum.api.get_listed("/categories.json", params, under=("category_list", "categories"))
        payloads = {space_id: payload for payload in _flat(top, None) if (space_id := identifier(payload.get("id")))}
        fresh = {space_id: payload for space_id, payload in payloads.items() if space_id not in found}
        if not fresh:
            break
        for space_id, payload in fresh.items():
            space = await _resolved(forum, payload, seen)
            if space is not None:
                found[space_id] = space
    return tuple(found.values())


def _flat(categories: Iterable[Json], parent: str | None) -> list[Json]:
    """A tree of categories as a list; the children of a category do not always name it."""
    found: list[Json] = []
    for item in categories:
        found += [{"parent_category_id": parent} | dict(item), *_flat(entries(item.get("subcategory_list")), identifier(item.get("id")))]
    return found


async def _resolved(forum: Forum, payload: Json, seen: Seen) -> SpaceChanged | None:
    """A category with the groups that may read it; the list says only that it is restricted, so that costs a call."""
    space = content.space(payload, seen, base_url=forum.base_url)
    if space is None or space.access is Access.MEMBERS or payload.get("group_permissions"):
        return space
    try:
        shown = mapping((await forum.api.get(f"/c/{space.space_id}/show.json")).get("category"))
    except (HostDenied, HostNotFound):
        return content.space(dict(payload) | {"read_restricted": True}, seen, base_url=forum.base_url)
    return content.space(dict(payload) | {key: shown[key] for key in ("read_restricted", "group_permissions") if key in shown}, seen, base_url=forum.base_url)


def segment(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")
