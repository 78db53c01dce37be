"""What pairs would tell the community, as GraphQL shows it."""

from datetime import datetime

import strawberry

from plugin.services.pairs.sharing import SeenStory
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member_by_number as _member


@strawberry.type(description="What a pair would tell the community about its mentorship; published once everybody in it agreed.")
class Story:
    """A story."""

    id: strawberry.ID
    words: str
    state: str = strawberry.field(description="asked, published, declined or withdrawn.")
    created_at: datetime
    agreed: bool | None = strawberry.field(description="The viewer's own answer; null before it.")
    author_number: strawberry.Private[int]

    @strawberry.field(description="Who wrote it.")
    async def author(self, info: Info) -> Member | None:
        """The author."""
        return await _member(info, self.author_number)


def story(seen: SeenStory, *, installation_id: int) -> Story:
    """A story as GraphQL shows it to somebody in it."""
    return Story(
        id=strawberry.ID(str(GlobalId("Story", installation_id, str(seen.story.id)))),
        words=seen.words,
        state=seen.story.state,
        created_at=seen.story.created_at,
        agreed=seen.agreed,
        author_number=seen.story.author_id,
    )
