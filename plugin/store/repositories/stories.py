"""What pairs would tell the community, and who agreed to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from plugin.store.repositories.base import Repository
from plugin.store.tables import stories, story_people


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story; ``words`` are sealed. ``state`` is asked, published, declined or withdrawn."""

    id: int
    mentorship_id: int
    author_id: int
    words: bytes = field(repr=False)
    state: str
    space_id: str
    created_at: datetime


class Stories(Repository):
    """One story a mentorship."""

    def put(self, story: Story, member_ids: Iterable[int]) -> bool:
        """Keep a story that these members are asked about, unless there is one of this mentorship."""
        row = {
            "story_id": story.id,
            "mentorship_id": story.mentorship_id,
            "author_id": story.author_id,
            "words": story.words,
            "state": story.state,
            "space_id": story.space_id,
            "created_at": story.created_at,
        }
        kept = self._add(stories, row, unique=("mentorship_id",))
        if kept:
            agreed = [{"story_id": story.id, "member_id": one, "agreed": True if one == story.author_id else None} for one in sorted(set(member_ids))]
            self._put(story_people, agreed)
        return kept

    def of_member(self, member_id: int) -> list[int]:
        """The stories that a member is in."""
        rows = self._rows(self._select(story_people, story_people.c.story_id).where(story_people.c.member_id == member_id).order_by(story_people.c.story_id))
        return [row[0] for row in rows]

    def get(self, story_id: int) -> Story | None:
        """A story."""
        row = self._one(self._select(stories).where(stories.c.story_id == story_id))
        if row is None:
            return None
        return Story(
            id=row.story_id,
            mentorship_id=row.mentorship_id,
            author_id=row.author_id,
            words=row.words,
            state=row.state,
            space_id=row.space_id,
            created_at=row.created_at,
        )

    def answers(self, story_id: int) -> dict[int, bool | None]:
        """Who agreed, who did not, and who has not answered."""
        return {row.member_id: row.agreed for row in self._rows(self._select(story_people).where(story_people.c.story_id == story_id))}

    def answer(self, story_id: int, member_id: int, *, agreed: bool) -> None:
        """A member's answer."""
        mine = story_people.c.story_id == story_id, story_people.c.member_id == member_id
        self._run(self._update(story_people).where(*mine).values(agreed=agreed))

    def move(self, story_id: int, state: str) -> None:
        """Bring a story into another state."""
        self._run(self._update(stories).where(stories.c.story_id == story_id).values(state=state))
