"""Finding anything by its id, for readers who may know of it."""

from collections.abc import Awaitable, Callable

from plugin.domain.people import Principal, Scope
from plugin.errors import Forbidden, NotFound
from plugin.services.knowledge import reading
from plugin.services.matching import group_reading, round_reading
from plugin.services.meetings import kits, meeting
from plugin.services.suggestions import experts
from schema.context import Info
from schema.ids import GlobalId, parse_number
from schema.types.community import community as community_type
from schema.types.groups import group as group_type
from schema.types.member import member_by_number
from schema.types.node import Node
from schema.types.pairing import session_kit
from schema.types.program import program as program_type
from schema.types.rounds import match_round
from schema.types.sessions import session as session_type
from schema.types.suggestion import proposal
from schema.types.suggestion import suggestion as suggestion_type
from schema.types.viewer import need as need_type

Finder = Callable[[Info, Principal, int], Awaitable[Node | None]]
"""Finds one node by its number; ``None`` both for what is not there and for what the reader may not know of."""


async def find_node(info: Info, principal: Principal, found: GlobalId) -> Node | None:
    """The node with an id. Raises :class:`NotFound` for an id of another community or a kind there is not."""
    if found.type_name == "Proposal":
        opened = await experts.find_proposal(info.context.runtime, principal, found.value)
        return await proposal(opened, info, installation_id=principal.installation_id)
    number = parse_number(str(found), type_name=found.type_name, installation_id=principal.installation_id)
    finder = FINDERS.get(found.type_name)
    return None if finder is None else await finder(info, principal, number)


async def _member(info: Info, _principal: Principal, number: int) -> Node | None:
    return await member_by_number(info, number)


async def _program(info: Info, principal: Principal, number: int) -> Node | None:
    found = await reading.program(info.context.runtime, principal, number)
    return None if found is None else program_type(found, installation_id=principal.installation_id)


async def _community(info: Info, principal: Principal, number: int) -> Node | None:
    if number != principal.installation_id:
        return None
    found, count = await reading.community(info.context.runtime, principal)
    return community_type(found, member_count=count)


async def _suggestion(info: Info, principal: Principal, number: int) -> Node | None:
    if not principal.may(Scope.ME):
        return None
    found = await reading.suggestion(info.context.runtime, principal, number)
    person = None if found is None else await info.context.loaders.members.load(found.member_id)
    return None if found is None or person is None else suggestion_type(found, person, installation_id=principal.installation_id)


async def _need(info: Info, principal: Principal, number: int) -> Node | None:
    if not principal.may(Scope.ME):
        return None
    for one, topic in await reading.needs(info.context.runtime, principal):
        if one.id == number:
            return need_type(one, title=topic.title if topic else None, url=topic.url if topic else None, installation_id=principal.installation_id)
    return None


async def _match_round(info: Info, principal: Principal, number: int) -> Node | None:
    try:
        found = await round_reading.find(info.context.runtime, principal, number)
    except (Forbidden, NotFound):
        return None
    return match_round(found, installation_id=principal.installation_id)


async def _mentoring_group(info: Info, principal: Principal, number: int) -> Node | None:
    found = await group_reading.visible(info.context.runtime, principal, number)
    return None if found is None else group_type(found, installation_id=principal.installation_id, manager=principal.may(Scope.PROGRAMS))


async def _session(info: Info, principal: Principal, number: int) -> Node | None:
    if not principal.may(Scope.ME) and not principal.may(Scope.PROGRAMS):
        return None
    found = await meeting.find(info.context.runtime, principal, number)
    return None if found is None else session_type(found, installation_id=principal.installation_id, viewer=principal.member_id)


async def _session_kit(info: Info, principal: Principal, number: int) -> Node | None:
    found = await kits.find(info.context.runtime, principal, number)
    locale = await kits.locale_of(info.context.runtime, principal)
    return None if found is None else session_kit(found, installation_id=principal.installation_id, locale=locale)


FINDERS: dict[str, Finder] = {
    "Member": _member,
    "Program": _program,
    "Community": _community,
    "Suggestion": _suggestion,
    "Need": _need,
    "MatchRound": _match_round,
    "MentoringGroup": _mentoring_group,
    "Session": _session,
    "SessionKit": _session_kit,
}
