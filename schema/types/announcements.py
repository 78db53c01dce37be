"""Announcements of programs as GraphQL shows them."""

from datetime import datetime

import strawberry

from mentorgraph.host import Rendered
from plugin.domain import recruiting as domain
from plugin.services.recruiting.announcing import Announced

AnnouncementState = strawberry.enum(domain.AnnouncementState, name="AnnouncementState", description="Whether an announcement is kept in step with its program.")


@strawberry.type(description="A message as the host would get it.")
class HostMessagePreview:
    """What would be sent."""

    to: str
    title: str
    text: str


def preview_type(found: Rendered) -> HostMessagePreview:
    """A rendered message as GraphQL shows it."""
    return HostMessagePreview(to=found.to, title=found.title, text=found.text)


@strawberry.type(description="A program's topic in the community.")
class Announcement:
    """An announcement."""

    state: AnnouncementState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    space: str = strawberry.field(description="The id of the space in the host.")
    version: int = strawberry.field(description="How many texts it has had.")
    intro: str
    topic: str | None = strawberry.field(description="The id of the topic in the host; null until it is there.")
    url: str | None
    changed_at: datetime


def announcement_type(one: Announced) -> Announcement:
    """An announcement as GraphQL shows it."""
    found = one.announcement
    return Announcement(
        state=found.state,
        space=found.space_id,
        version=found.version,
        intro=found.intro,
        topic=one.topic_id or None,
        url=one.url or None,
        changed_at=found.changed_at,
    )
