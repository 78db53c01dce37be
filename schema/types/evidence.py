"""Posts as evidence."""

from collections.abc import Sequence
from typing import Protocol

import strawberry

from schema.context import HasContext, Info


@strawberry.type(description="A post in the host that the reader may read there.")
class Evidence:
    """The title of the post's topic, and its address."""

    title: str
    url: str


class Cites(Protocol):
    """Something that rests on posts."""

    @property
    def post_ids(self) -> tuple[str, ...]:
        """The posts, the best first."""
        ...


async def load_evidence(info: Info, post_ids: tuple[str, ...]) -> list[Evidence]:
    """Those of these posts that are there and that the reader may read."""
    return [Evidence(title=one.title, url=one.url) for one in await info.context.loaders.evidence.load(post_ids)]


async def evidence_of(info: HasContext, found: Sequence[Cites]) -> list[list[Evidence]]:
    """:func:`load_evidence` for many at once."""
    known = await info.context.loaders.cited({post for one in found for post in one.post_ids})
    shown = {post: Evidence(title=one.title, url=one.url) for post, one in known.items()}
    return [[shown[post] for post in one.post_ids if post in shown] for one in found]
