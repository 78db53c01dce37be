"""Who looks at pages of ours, and whom they name in a form there."""

from collections.abc import Collection
from dataclasses import dataclass

from plugin.domain.community import Community
from plugin.domain.members import Member
from plugin.domain.people import Principal
from plugin.errors import Invalid, Unauthenticated
from plugin.services.identity import access
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody whose session is good; ``manages`` are programs, ``locale`` and ``timezone`` what they chose."""

    principal: Principal
    community: Community
    member: Member
    manages: tuple[int, ...]
    locale: str
    timezone: str


async def session(runtime: Runtime, principal: Principal) -> Session:
    """Who looks, and how they like to be spoken to. Raises :class:`Unauthenticated` for somebody who left."""
    member_id = access.require_member(principal)

    def work(unit: UnitOfWork) -> Session:
        member = unit.members.get(member_id)
        if member is None:
            raise Unauthenticated("you are not signed in")
        reach = unit.wishes.reach(member_id)
        return Session(
            principal=principal,
            community=unit.community,
            member=member,
            manages=tuple(unit.managers.by(member_id)),
            locale=reach.locale if reach is not None else "",
            timezone=(reach.timezone if reach is not None else "") or member.timezone or "UTC",
        )

    return await runtime.database.read(principal.installation_id, work)


async def members(runtime: Runtime, principal: Principal, member_ids: Collection[int]) -> dict[int, Member]:
    """Members by id, for pages that were let show them; who left is missing."""
    return await runtime.database.read(principal.installation_id, lambda unit: unit.members.many(set(member_ids)))


async def member_named(runtime: Runtime, principal: Principal, name: str, *, field: str = "username") -> Member:
    """A member by user name, with or without the sign before it. Raises :class:`Invalid` about the field of the form."""
    plain = name.strip().removeprefix("@")
    found = await runtime.database.read(principal.installation_id, lambda unit: unit.members.by_username(plain) if plain else None)
    if found is None:
        raise Invalid("nobody in the community has this user name", field=field)
    return found
