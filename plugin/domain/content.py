"""What members said in the host, without their words: spaces, topics and posts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mentorgraph.events import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A category, channel or room. ``group_ids`` are the groups that may read it where not every member may."""

    id: str
    name: str
    slug: str = ""
    url: str = ""
    access: Access = Access.NOBODY
    group_ids: tuple[str, ...] = ()
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A thread. Its title is kept as evidence and goes with the topic."""

    id: str
    title: str
    url: str = ""
    space_id: str | None = None
    tags: tuple[str, ...] = ()
    author_id: int | None = None
    created_at: datetime | None = None
    bumped_at: datetime | None = None
    visible: bool = True
    closed: bool = False
    solution_post_id: str | None = None

    @property
    def stripped(self) -> bool:
        """Whether nothing is known of what it is called and whose it is, as when its author was erased."""
        return not self.title and not self.url and self.author_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as counts of terms. ``terms`` maps the keyed digest of a term to how often it occurs; the text itself is never kept."""

    id: str
    topic_id: str
    author_id: int
    number: int
    reply_to_number: int | None
    created_at: datetime
    updated_at: datetime
    version: int
    url: str = ""
    terms: Mapping[int, int] = field(default_factory=dict)
    like_count: int = 0
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A post as evidence: the title of its topic, its address in the host, and where it is."""

    post_id: str
    title: str
    url: str
    space_id: str | None
