"""Stating what one needs."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.knowledge import reading
from plugin.services.suggestions import needs
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.viewer import Need
from schema.types.viewer import need as need_type


@strawberry.input(description="Either words or the address of a topic that the member asked.")
class SetNeedInput:
    """What the member would like help with."""

    text: str | None = None
    topic_url: str | None = None


@strawberry.type
class SetNeedPayload:
    """The need, whose suggestions are there already."""

    need: Need | None
    user_errors: list[UserError]


@strawberry.input
class CloseNeedInput:
    """Which need."""

    id: strawberry.ID


@strawberry.type
class CloseNeedPayload:
    """The need as it is now."""

    need: Need | None
    user_errors: list[UserError]


async def _shown(info: Info, number: int) -> Need | None:
    principal = info.context.require(Scope.ME)
    for one, topic in await reading.needs(info.context.runtime, principal):
        if one.id == number:
            return need_type(one, title=topic.title if topic else None, url=topic.url if topic else None, installation_id=principal.installation_id)
    return None


async def set_need(info: Info, input: SetNeedInput) -> SetNeedPayload:  # noqa: A002 - the Relay convention
    """Say what one would like help with."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        words = None if input.text is None else plain(input.text, "text")
        return (await needs.state_need(info.context.runtime, info.context.graphs, principal, need_text=words, topic_url=input.topic_url)).id

    found, errors = await attempt(work)
    return SetNeedPayload(need=None if found is None else await _shown(info, found), user_errors=errors)


async def close_need(info: Info, input: CloseNeedInput) -> CloseNeedPayload:  # noqa: A002 - the Relay convention
    """Say that one no longer needs help with this."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        number = parse_number(input.id, type_name="Need", installation_id=principal.installation_id)
        return (await needs.close_need(info.context.runtime, principal, number)).id

    found, errors = await attempt(work)
    return CloseNeedPayload(need=None if found is None else await _shown(info, found), user_errors=errors)


@strawberry.type
class NeedMutations:
    """Saying what one needs."""

    set_need = strawberry.field(resolver=set_need, description="Say what one would like help with; suggestions are there in the answer.")
    close_need = strawberry.field(resolver=close_need, description="Say that one no longer needs help with this.")
