"""Telling the community how a mentorship went."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.pairs import sharing
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.types.stories import Story
from schema.types.stories import story as story_type


@strawberry.input
class ShareStoryInput:
    """What one would tell the community about a mentorship, and where."""

    mentorship: strawberry.ID
    words: str
    space: str = strawberry.field(description="The id of a space of the host that every member may read.")


@strawberry.input
class AnswerStoryInput:
    """Whether it may be told."""

    id: strawberry.ID
    agreed: bool


@strawberry.input
class StoryInput:
    """Which story."""

    id: strawberry.ID


@strawberry.type
class StoryPayload:
    """The story as it is now."""

    story: Story | None
    user_errors: list[UserError]


async def _story(principal: Principal, work: Callable[[], Awaitable[sharing.SeenStory]]) -> StoryPayload:
    found, errors = await attempt(work)
    return StoryPayload(story=None if found is None else story_type(found, installation_id=principal.installation_id), user_errors=errors)


async def share_story(info: Info, input: ShareStoryInput) -> StoryPayload:  # noqa: A002 - the Relay convention
    """Propose to tell the community how it went."""
    principal = info.context.require(Scope.ME)

    async def work() -> sharing.SeenStory:
        number = number_of(principal, input.mentorship, "Mentorship")
        return await sharing.propose(info.context.runtime, principal, number, words=plain(input.words, "words"), space_id=plain(input.space, "space"))

    return await _story(principal, work)


async def answer_story(info: Info, input: AnswerStoryInput) -> StoryPayload:  # noqa: A002 - the Relay convention
    """Say whether it may be told."""
    principal = info.context.require(Scope.ME)

    async def work() -> sharing.SeenStory:
        return await sharing.say(info.context.runtime, principal, number_of(principal, input.id, "Story"), agreed=input.agreed)

    return await _story(principal, work)


async def withdraw_story(info: Info, input: StoryInput) -> StoryPayload:  # noqa: A002 - the Relay convention
    """Take one's agreement back."""
    principal = info.context.require(Scope.ME)

    async def work() -> sharing.SeenStory:
        return await sharing.take_back(info.context.runtime, principal, number_of(principal, input.id, "Story"))

    return await _story(principal, work)


@strawberry.type
class StoryMutations:
    """Stories."""

    share_story = strawberry.field(resolver=share_story, description="Propose to tell the community how a mentorship went; everybody in it is asked.")
    answer_story = strawberry.field(resolver=answer_story, description="Say whether a story may be told; it is published when all agreed.")
    withdraw_story = strawberry.field(resolver=withdraw_story, description="Take one's agreement to a story back, also once it is out.")
