"""One community, as the client's modules share it: the API, the admin's choices, the clock, spaces, and who its users are.

Circle has two numbers for a person: that of the member (in listings of members) and that of the user (in posts and comments). The member's is the one that the
service knows. Which user is which member is remembered from every record of a member that is read; who is missing is looked up by the address that a post or
comment carries, and the address is forgotten.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from integrations.circle.api import Api
from integrations.seen import Seen, by_reading
from integrations.values import Json, identifier, number, text
from mentorgraph.host import HostInvalid, HostNotFound, Installation

_SPACES_KEPT = timedelta(minutes=30)
_MOST_PAGES = 500
CIRCLE = "mentorgraph-"
"""What the slugs of our private spaces begin with; Circle appends something of its own."""

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A space of the community."""

    id: str
    name: str
    slug: str
    url: str
    kind: str
    open: bool
    group_id: str
    """The space group (a section of the sidebar) that it is in."""

    @property
    def is_circle(self) -> bool:
        """Whether it is a group of ours."""
        return self.slug.startswith(CIRCLE)


@dataclass(slots=True, kw_only=True)
class Community:
    """What every part of the client needs."""

    api: Api
    installation: Installation
    clock: Callable[[], datetime]
    members_by_user: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    names: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    """User names by member."""
    _strangers: set[str] = field(default_factory=set, init=False, repr=False)
    _spaces: tuple[datetime, tuple[Space, ...]] | None = field(default=None, init=False, repr=False)

    def seen(self) -> Seen:
        """For what is read from now on."""
        return by_reading(self.clock())

    def setting(self, name: str) -> str:
        """One of the admin's settings; empty when it is missing."""
        return self.installation.settings.get(name, "").strip()

    async def listing(self, path: str, params: Sequence[tuple[str, str]] = ()) -> list[Json]:
        """All records of a listing. Raises :class:`HostInvalid` for one that does not end."""
        found: list[Json] = []
        for page in range(1, _MOST_PAGES + 1):
            one = await self.api.page(path, page, params)
            found += one.records
            if not one.more or not one.records:
                return found
        raise HostInvalid("The listing does not end.", reason="too_many")

    async def spaces(self, *, fresh: bool = False) -> tuple[Space, ...]:
        """All spaces; at most half an hour old unless ``fresh``."""
        now = self.clock()
        if fresh or self._spaces is None or now - self._spaces[0] > _SPACES_KEPT:
            records = await self.listing("/spaces")
            self._spaces = (now, tuple(space for record in records if (space := space_of(record)) is not None))
        return self._spaces[1]

    async def counted_spaces(self) -> tuple[Space, ...]:
        """The spaces whose posts count: those the admin named, else all that every member may read. Only spaces of the kind "basic" have posts."""
        wanted = [name.strip() for name in self.setting("spaces").split(",") if name.strip()]
        return tuple(space for space in chosen(await self.spaces(), wanted) if space.kind == "basic" and not space.is_circle)

    def note(self, record: Json) -> str | None:
        """Remember which user a member is; gives the member's id."""
        member, user = identifier(record.get("id")), identifier(record.get("user_id"))
        if member is None:
            return None
        self.names[member] = username_of(record, member)
        if user is not None:
            self.members_by_user[user] = member
            self._strangers.discard(user)
        return member

    async def author(self, user: object, address: object) -> str | None:
        """The member who is this user; ``None`` for someone who is no member any more."""
        found = identifier(user)
        if found is None or found in self._strangers:
            return None
        if found not in self.members_by_user:
            email = text(address)
            record = await self.at_address(email) if email else None
            if record is not None:
                self.note(record)
            if found not in self.members_by_user:
                self._strangers.add(found)
        return self.members_by_user.get(found)

    async def at_address(self, email: str) -> Json | None:
        """The record of the member with exactly this address; ``None`` if nobody has it, or if Circle does not take it for one."""
        try:
            return await self.api.get("/community_members/search", [("email", email)])
        except (HostNotFound, HostInvalid):
            return None

    async def address_of(self, username: str) -> str:
        """The e-mail address by which Circle's writing calls name a member; asked for each time and not kept. Raises :class:`HostNotFound`."""
        member = member_of(username)
        if member is None:
            raise HostNotFound("There is no such member.")
        email = text((await self.api.get(f"/community_members/{member}")).get("email"))
        if not email:
            raise HostNotFound("Circle does not say how to reach this member.")
        return email


def space_of(record: Json) -> Space | None:
    """A space from its record."""
    found = identifier(record.get("id"))
    if found is None:
        return None
    closed = any(record.get(name) is True for name in ("is_private", "is_hidden", "is_hidden_from_non_members"))
    group = record.get("space_group")
    return Space(
        id=found,
        name=text(record.get("name")) or found,
        slug=text(record.get("slug")) or "",
        url=text(record.get("url"), 500) or "",
        kind=text(record.get("space_type")) or "",
        open=not closed,
        group_id=identifier(group.get("id")) or "" if isinstance(group, dict) else "",
    )


def chosen(spaces: Sequence[Space], wanted: Sequence[str], *, strict: bool = False) -> list[Space]:
    """The spaces named by id, slug or name; all that every member may read when none is. With ``strict``, :class:`HostInvalid` for a name that fits none."""
    if not wanted:
        return [space for space in spaces if space.open]
    found: dict[str, Space] = {}
    for name in wanted:
        fitting = [space for space in spaces if name == space.id or name.casefold() in {space.slug.casefold(), space.name.casefold()}]
        if strict and not fitting:
            raise HostInvalid(f"The community has no space {name!r}; name spaces by id, slug or name.", reason="unknown_space")
        found.update((space.id, space) for space in fitting)
    return list(found.values())


def username_of(record: Json, member: str) -> str:
    """A user name that people can read and that leads back to the member: Circle has none of its own."""
    name = _NOT_IN_NAMES.sub("-", (text(record.get("name")) or "").casefold()).strip("-")[:40]
    return f"{name or 'member'}.{member}"


def member_of(username: str) -> str | None:
    """The member's id behind such a user name."""
    return identifier(username.rpartition(".")[2]) if number(username.rpartition(".")[2]) else None
