"""What is read for GraphQL and pages: always within what the reader may see in the host."""

from collections.abc import Collection, Mapping, Sequence

from mentorgraph.events import Access
from plugin.domain.community import Community
from plugin.domain.content import Cited, Space, Topic
from plugin.domain.members import Card, Consent, ConsentRecord, Member
from plugin.domain.needs import Need, Suggestion
from plugin.domain.people import Principal
from plugin.domain.programs import Program, ProgramState
from plugin.services.guarding.managing import may_see
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

MAX_PAGE = 100


async def evidence(runtime: Runtime, principal: Principal, post_ids: Collection[str]) -> dict[str, Cited]:
    """Those of these posts that are there now and that the reader may read in the host."""

    def work(unit: UnitOfWork) -> dict[str, Cited]:
        readable = readable_spaces(unit, principal)
        return {one.post_id: one for one in unit.posts.cited(post_ids) if one.space_id in readable}

    return await runtime.database.read(principal.installation_id, work)


def readable_spaces(unit: UnitOfWork, principal: Principal) -> set[str]:
    """The spaces whose posts count and that the reader may read. A service token reads what every member may."""
    mine = unit.groups.groups_of(principal.member_id) if principal.member_id is not None else set()
    return {space.id for space in unit.spaces.all().values() if _readable(space, mine, unit)}


def _readable(space: Space, mine: set[str], unit: UnitOfWork) -> bool:
    if space.access is Access.MEMBERS:
        return True
    return space.access is Access.GROUPS and space.id in unit.policy.spaces and bool(mine & set(space.group_ids))


async def community(runtime: Runtime, principal: Principal) -> tuple[Community, int]:
    """The community and how many members take part."""
    return await runtime.database.read(principal.installation_id, lambda unit: (unit.community, unit.members.count()))


async def members(runtime: Runtime, principal: Principal, member_ids: Collection[int]) -> dict[int, Member]:
    """Members by id, those that take part."""
    found = await runtime.database.glance(principal.installation_id, lambda unit: unit.members.many(member_ids))
    return {key: member for key, member in found.items() if member.takes_part or key == principal.member_id}


async def member_page(runtime: Runtime, principal: Principal, *, after: int | None, limit: int, query: str | None) -> list[Card]:
    """A page of the directory."""
    # A part of a name is looked for in every row.
    look = runtime.database.read if query else runtime.database.glance
    return await look(principal.installation_id, lambda unit: unit.members.page(after=after, limit=limit, query=query))


Suggested = tuple[Suggestion, Member | None]
"""A suggestion and who is suggested; ``None`` for who no longer takes part."""


async def suggestion_page(runtime: Runtime, principal: Principal, *, after: tuple[int, int] | None, limit: int, program_id: int | None) -> list[Suggested]:
    """A page of the reader's suggestions; empty for a service token."""
    member_id = principal.member_id
    if member_id is None:
        return []

    def work(unit: UnitOfWork) -> list[Suggested]:
        return _with_members(unit, principal, unit.suggestions.page(member_id, after=after, limit=limit, program_id=program_id))

    return await runtime.database.glance(principal.installation_id, work)


def _with_members(unit: UnitOfWork, principal: Principal, found: Sequence[Suggestion]) -> list[Suggested]:
    people = unit.members.many({one.member_id for one in found})
    there = {key: one for key, one in people.items() if one.takes_part or key == principal.member_id}
    return [(one, there.get(one.member_id)) for one in found]


async def suggestion(runtime: Runtime, principal: Principal, suggestion_id: int) -> Suggestion | None:
    """One of the reader's suggestions."""
    found = await runtime.database.read(principal.installation_id, lambda unit: unit.suggestions.get(suggestion_id))
    return found if found is not None and found.for_member_id == principal.member_id else None


async def suggestions_of_needs(runtime: Runtime, principal: Principal, need_ids: Collection[int]) -> dict[int, list[Suggested]]:
    """The suggestions for each of these needs, as far as they are the reader's."""

    def work(unit: UnitOfWork) -> dict[int, list[Suggested]]:
        mine = {need: [one for one in unit.suggestions.of_need(need) if one.for_member_id == principal.member_id] for need in need_ids}
        return {need: _with_members(unit, principal, found) for need, found in mine.items()}

    return await runtime.database.read(principal.installation_id, work)


async def needs(runtime: Runtime, principal: Principal) -> list[tuple[Need, Topic | None]]:
    """The reader's needs, newest first, with the topics that they came from."""
    member_id = principal.member_id
    if member_id is None:
        return []

    def work(unit: UnitOfWork) -> list[tuple[Need, Topic | None]]:
        found = unit.needs.of_member(member_id)
        topics = unit.topics.many(need.topic_id for need in found if need.topic_id is not None)
        return [(need, topics.get(need.topic_id) if need.topic_id else None) for need in found]

    return await runtime.database.read(principal.installation_id, work)


async def consents(runtime: Runtime, principal: Principal) -> Mapping[Consent, ConsentRecord]:
    """What the reader decided."""
    member_id = principal.member_id
    if member_id is None:
        return {}
    return await runtime.database.read(principal.installation_id, lambda unit: unit.consents.of(member_id))


async def news(runtime: Runtime, principal: Principal) -> tuple[int, int]:
    """How many suggestions the reader has, and a number that changes whenever they do."""
    member_id = principal.member_id
    if member_id is None:
        return 0, 0

    def work(unit: UnitOfWork) -> tuple[int, int]:
        count, newest = unit.suggestions.newest(member_id)
        return count, hash((count, newest))

    return await runtime.database.read(principal.installation_id, work)


async def program_page(runtime: Runtime, principal: Principal, *, after: int | None, limit: int, state: ProgramState | None) -> list[Program]:
    """A page of programs. Drafts are seen by who may manage them only."""

    def work(unit: UnitOfWork) -> list[Program]:
        found: list[Program] = []
        place = after
        while len(found) < limit:
            rows = unit.programs.page(after=place, limit=limit, state=state)
            found += [one for one in rows if may_see(unit, principal, one)]
            if len(rows) < limit:
                break
            place = rows[-1].id
        return found[:limit]

    return await runtime.database.read(principal.installation_id, work)


async def program(runtime: Runtime, principal: Principal, program_id: int) -> Program | None:
    """A program; a draft as in :func:`program_page`."""
    return (await programs(runtime, principal, [program_id])).get(program_id)


async def programs(runtime: Runtime, principal: Principal, program_ids: Collection[int]) -> dict[int, Program]:
    """Programs by id."""

    def work(unit: UnitOfWork) -> dict[int, Program]:
        found = ((key, unit.programs.get(key)) for key in program_ids)
        return {key: one for key, one in found if one is not None and may_see(unit, principal, one)}

    return await runtime.database.read(principal.installation_id, work)


async def managers(runtime: Runtime, principal: Principal, program_ids: Collection[int]) -> dict[int, list[int]]:
    """Members who manage these programs."""
    return await runtime.database.read(principal.installation_id, lambda unit: {key: unit.managers.of(key) for key in program_ids})


async def managed(runtime: Runtime, principal: Principal) -> list[Program]:
    """Programs that were granted to the reader to manage."""
    member_id = principal.member_id
    if member_id is None or not principal.manages:
        return []

    def work(unit: UnitOfWork) -> list[Program]:
        return [found for key in unit.managers.by(member_id) if (found := unit.programs.get(key)) is not None]

    return await runtime.database.read(principal.installation_id, work)
