"""Posts as evidence."""

from collections.abc import Sequence

import strawberry

from schema.context import Info


@strawberry.type(description="A post in the host that the reader may read there.")
class Evidence:
    """The title of the post's topic, and its address."""

    title: str
    url: str


async def load_evidence(info: Info, post_ids: Sequence[str]) -> list[Evidence]:
    """Those of these posts that are there and that the reader may read."""
    found = await info.context.loaders.evidence.load_many(list(post_ids))
    return [Evidence(title=one.title, url=one.url) for one in found if one is not None]
