"""Developers' endpoints and the events that are posted there, as GraphQL shows them."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from plugin.domain import webhooks as domain
from plugin.services.developers.webhooks import Seen
from schema.ids import GlobalId

WebhookState = strawberry.enum(domain.WebhookState, description="Events are posted, paused by an admin, or switched off after days of failure.")
WebhookPostState = strawberry.enum(domain.PostState, name="WebhookPostState", description="Still to be posted, taken by the endpoint, or given up.")


@strawberry.type(description="An endpoint that events are posted to, signed by Standard Webhooks.")
class Webhook:
    """For admins of the community."""

    id: strawberry.ID
    name: str
    url: str
    types: list[str] = strawberry.field(description="Types of events that are posted; all if there are none.")
    state: WebhookState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    created_at: datetime
    failing_since: datetime | None = strawberry.field(description="Since when it has taken nothing; null if it works.")
    succeeded_at: datetime | None = strawberry.field(description="When it last took an event.")
    error: str | None = strawberry.field(description="What went wrong last.")


def webhook(found: Seen, *, installation_id: int) -> Webhook:
    """An endpoint as GraphQL shows it."""
    one = found.webhook
    return Webhook(
        id=strawberry.ID(str(GlobalId("Webhook", installation_id, str(one.id)))),
        name=one.name,
        url=found.url,
        types=list(one.types),
        state=one.state,
        created_at=one.created_at,
        failing_since=one.failing_since,
        succeeded_at=one.succeeded_at,
        error=one.error or None,
    )


@strawberry.type(description="One event at one endpoint.")
class WebhookPost:
    """For admins of the community."""

    number: strawberry.ID = strawberry.field(description="Of the event; it rises in the order in which things happened.")
    type: str
    state: WebhookPostState  # type: ignore[valid-type]  # as above
    attempts: int
    created_at: datetime = strawberry.field(description="When it happened.")
    next_at: datetime | None = strawberry.field(description="When it is tried again.")
    sent_at: datetime | None
    status: int | None = strawberry.field(description="What the endpoint answered last; null if it did not.")
    error: str | None


def webhook_post(one: domain.Post) -> WebhookPost:
    """A post as GraphQL shows it."""
    waits = one.state is domain.PostState.PENDING
    return WebhookPost(
        number=strawberry.ID(str(one.number)),
        type=one.type,
        state=one.state,
        attempts=one.attempts,
        created_at=one.created_at,
        next_at=one.next_at if waits else None,
        sent_at=one.sent_at,
        status=one.status,
        error=one.error or None,
    )


@strawberry.type(description="Something that happened: its type, and ids of what it is about.")
class Event:
    """The same as a webhook carries."""

    number: strawberry.ID = strawberry.field(description="To go on from: it rises in the order in which things happened.")
    type: str
    at: datetime
    data: JSON = strawberry.field(description="Ids by what they name, and words of ours; never what somebody wrote.")


def event(one: domain.FeedEvent) -> Event:
    """An event as GraphQL shows it."""
    return Event(number=strawberry.ID(str(one.number)), type=one.type, at=one.at, data=JSON(dict(one.data)))


@strawberry.type(description="Events in the order in which they happened.")
class Events:
    """A part of what happened."""

    events: list[Event]
    up_to: str = strawberry.field(description="The number to go on from: `after` of the next subscription.")


def events(found: list[domain.FeedEvent], *, up_to: int) -> Events:
    """Events as GraphQL shows them."""
    return Events(events=[event(one) for one in found], up_to=str(up_to))
