"""Deciding about suggestions."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.suggestions import suggesting
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number


@strawberry.input
class DismissSuggestionInput:
    """Which suggestion."""

    id: strawberry.ID


@strawberry.type
class DismissSuggestionPayload:
    """The id of what was dismissed; the suggestion does not come back for that need."""

    dismissed_id: strawberry.ID | None
    user_errors: list[UserError]


async def dismiss_suggestion(info: Info, input: DismissSuggestionInput) -> DismissSuggestionPayload:  # noqa: A002 - the Relay convention
    """Say that a suggestion is not wanted."""
    principal = info.context.require(Scope.ME)

    async def work() -> strawberry.ID:
        number = parse_number(input.id, type_name="Suggestion", installation_id=principal.installation_id)
        await suggesting.dismiss(info.context.runtime, principal, number)
        return input.id

    found, errors = await attempt(work)
    return DismissSuggestionPayload(dismissed_id=found, user_errors=errors)


@strawberry.type
class SuggestionMutations:
    """Answering suggestions."""

    dismiss_suggestion = strawberry.field(resolver=dismiss_suggestion, description="Say that a suggestion is not wanted.")
