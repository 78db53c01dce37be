"""Developers' endpoints, to which events are posted; for admins in person, because an endpoint hears of everything that happens."""

import base64
import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson

from plugin.addresses import is_public
from plugin.domain.people import Principal, Scope
from plugin.domain.webhooks import EVENTS, TEST, FeedEvent, Post, Webhook, WebhookState
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.developers import webhook_lane
from plugin.services.developers.webhook_lane import Outcome, Packet
from plugin.services.identity import access
from plugin.services.identity.access import require_admin
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

KEPT_FOR = timedelta(days=30)
"""How long events, and what was posted where, are kept."""
OVERLAP = timedelta(hours=24)
"""How long the old secret still signs beside the new one."""
MOST = 20
LONGEST_NAME = 100
LONGEST_URL = 2000
MOST_REPLAYED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An endpoint as its admins see it. ``secret`` is there only when it was just made."""

    webhook: Webhook
    url: str
    secret: str | None = field(default=None, repr=False)


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _held(unit: UnitOfWork, *pairs: tuple[str, datetime | None]) -> bytes:
    held = [{"secret": secret, "until": None if until is None else until.isoformat()} for secret, until in pairs]
    return unit.seal(orjson.dumps(held), purpose="webhook")


def _checked_url(runtime: Runtime, url: str) -> str:
    """The address, if events may be posted there; where its name leads is looked at again for every post."""
    plain = url.strip()
    if not 0 < len(plain) <= LONGEST_URL or not plain.isascii() or not plain.isprintable() or any(one in plain for one in ' \\#<>"'):
        raise Invalid("give an address such as https://app.example.org/events, without a fragment", field="url")
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Invalid("give an address such as https://app.example.org/events, without a fragment", field="url") from None
    allowed = f"{host}:{port}" in {one.lower().replace("[", "").replace("]", "") for one in runtime.settings.allow_private}
    if "@" in parts.netloc or not host or (parts.scheme != "https" and not (parts.scheme == "http" and allowed)):
        raise Invalid("an address for events begins with https:// and has no password in it", field="url")
    try:
        private = not is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        private = host == "localhost" or host.endswith(".localhost")
    if private and not allowed:
        raise Invalid("this is a private address: events go only to the public internet", field="url")
    return plain


def _checked(name: str, types: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    plain = " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_NAME or not plain.isprintable():
        raise Invalid("a name has 1 to {most} characters", field="name", most=LONGEST_NAME)
    if unknown := sorted(set(types) - EVENTS.keys()):
        raise Invalid("there are no events of the type {unknown}", field="types", unknown=unknown[0][:50])
    return plain, tuple(sorted(set(types)))


def _found(unit: UnitOfWork, webhook_id: int) -> Webhook:
    found = unit.webhooks.get(webhook_id)
    if found is None:
        raise NotFound("there is no such webhook")
    return found


def _seen(unit: UnitOfWork, one: Webhook, secret: str | None = None) -> Seen:
    return Seen(webhook=one, url=webhook_lane.address(unit, one), secret=secret)


async def listing(runtime: Runtime, principal: Principal | None) -> list[Seen]:
    """All endpoints, the oldest first, for admins. Raises :class:`Forbidden`."""
    asking = await require_admin(runtime, principal)
    return await runtime.database.read(asking.installation_id, lambda unit: [_seen(unit, one) for one in unit.webhooks.listing()])


async def log(runtime: Runtime, principal: Principal | None, webhook_id: int, *, limit: int, before: int | None = None) -> list[Post]:
    """What was and is to be posted to an endpoint, the newest first, for admins. Raises :class:`NotFound`."""
    asking = await require_admin(runtime, principal)

    def work(unit: UnitOfWork) -> list[Post]:
        _found(unit, webhook_id)
        return unit.webhooks.log(webhook_id, limit=limit, before=before)

    return await runtime.database.read(asking.installation_id, work)


async def create(runtime: Runtime, principal: Principal | None, *, name: str, url: str, types: tuple[str, ...]) -> Seen:
    """A new endpoint; its secret is shown this once. Raises :class:`Invalid`, :class:`Conflict` for too many."""
    asking = await require_admin(runtime, principal, fresh=True)
    (plain, wanted), place, secret = _checked(name, types), _checked_url(runtime, url), _secret()

    def work(unit: UnitOfWork) -> Seen:
        if len(unit.webhooks.listing()) >= MOST:
            raise Conflict("there are {most} webhooks already: delete those that nobody uses", code="too_many_webhooks", most=MOST)
        made = Webhook(
            id=unit.new_id(),
            name=plain,
            url=unit.seal(place.encode(), purpose="webhook"),
            secrets=_held(unit, (secret, None)),
            types=wanted,
            state=WebhookState.ACTIVE,
            created_at=unit.now,
        )
        unit.webhooks.put(made)
        unit.record("webhook.created", actor=asking.actor, webhook=str(made.id))
        return _seen(unit, made, secret)

    return await runtime.database.write(asking.installation_id, work)


async def change(runtime: Runtime, principal: Principal | None, webhook_id: int, *, name: str, url: str, types: tuple[str, ...]) -> Seen:
    """Another name or address, or other events, from now on. Raises :class:`Invalid`, :class:`NotFound`."""
    asking = await require_admin(runtime, principal, fresh=True)
    (plain, wanted), place = _checked(name, types), _checked_url(runtime, url)

    def work(unit: UnitOfWork) -> Seen:
        changed = replace(_found(unit, webhook_id), name=plain, url=unit.seal(place.encode(), purpose="webhook"), types=wanted)
        unit.webhooks.put(changed)
        unit.record("webhook.changed", actor=asking.actor, webhook=str(webhook_id))
        return _seen(unit, changed)

    return await runtime.database.write(asking.installation_id, work)


async def _act(runtime: Runtime, principal: Principal | None, webhook_id: int, action: str, work: Callable[[UnitOfWork, Webhook], Seen]) -> Seen:
    asking = await require_admin(runtime, principal, fresh=True)

    def whole(unit: UnitOfWork) -> Seen:
        done = work(unit, _found(unit, webhook_id))
        unit.record(action, actor=asking.actor, webhook=str(webhook_id))
        return done

    done = await runtime.database.write(asking.installation_id, whole)
    runtime.bus.tell(asking.installation_id)
    return done


async def pause(runtime: Runtime, principal: Principal | None, webhook_id: int) -> Seen:
    """Post nothing for now; what happens meanwhile waits. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork, one: Webhook) -> Seen:
        paused = replace(one, state=WebhookState.PAUSED)
        unit.webhooks.put(paused)
        return _seen(unit, paused)

    return await _act(runtime, principal, webhook_id, "webhook.paused", work)


async def resume(runtime: Runtime, principal: Principal | None, webhook_id: int) -> Seen:
    """Go on after a pause, or after it was switched off; what waited is posted now. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork, one: Webhook) -> Seen:
        active = replace(one, state=WebhookState.ACTIVE, failing_since=None, error="")
        unit.webhooks.put(active)
        unit.webhooks.hasten(webhook_id, now=unit.now, fresh=False)
        unit.wake("webhooks")
        return _seen(unit, active)

    return await _act(runtime, principal, webhook_id, "webhook.resumed", work)


async def rotate(runtime: Runtime, principal: Principal | None, webhook_id: int) -> Seen:
    """A new secret, shown this once; the one before it signs beside it for a day. Raises :class:`NotFound`."""
    secret = _secret()

    def work(unit: UnitOfWork, one: Webhook) -> Seen:
        before = webhook_lane.open_secrets(unit, one)[0]
        rotated = replace(one, secrets=_held(unit, (secret, None), (before, unit.now + OVERLAP)))
        unit.webhooks.put(rotated)
        return _seen(unit, rotated, secret)

    return await _act(runtime, principal, webhook_id, "webhook.rotated", work)


async def delete(runtime: Runtime, principal: Principal | None, webhook_id: int) -> Seen:
    """Forget an endpoint, its secrets and its log. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork, one: Webhook) -> Seen:
        unit.webhooks.remove(webhook_id)
        unit.lanes.drop_endpoint(webhook_id)
        return Seen(webhook=one, url="")

    return await _act(runtime, principal, webhook_id, "webhook.deleted", work)


async def replay(runtime: Runtime, principal: Principal | None, webhook_id: int, *, since: datetime | None = None, number: int | None = None) -> int:
    """Post again what happened since a moment, or one event; returns how many. At most 10,000 at once. Raises :class:`NotFound`, :class:`Invalid`."""
    asking = await require_admin(runtime, principal, fresh=True)
    if (since is None) == (number is None):
        raise Invalid("say since when, or which event", field="since")
    if since is not None and since.tzinfo is None:
        raise Invalid("a time needs its zone, such as 2026-12-01T17:00:00+01:00", field="since")

    def work(unit: UnitOfWork) -> int:
        one = _found(unit, webhook_id)
        found = [unit.feed.get(number)] if number is not None else unit.feed.since(since or unit.now, limit=MOST_REPLAYED)
        wanted = [event for event in found if event is not None and one.wants(event.type)]
        if number is not None and not wanted:
            raise NotFound("there is no such event: they are kept for 30 days")
        for event in wanted:
            unit.webhooks.post(webhook_id, event, now=unit.now)
        unit.wake("webhooks")
        unit.record("webhook.replayed", actor=asking.actor, webhook=str(webhook_id), events=len(wanted))
        return len(wanted)

    count = await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
    return count


async def test(runtime: Runtime, principal: Principal | None, webhook_id: int) -> Outcome:
    """Post an event of no meaning at once, whatever the endpoint's state, and say what came of it. Raises :class:`NotFound`."""
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> Packet:
        one = _found(unit, webhook_id)
        unit.record("webhook.tested", actor=asking.actor, webhook=str(webhook_id))
        body = webhook_lane.body_of(TEST, unit.now, {})
        message_id = f"test-{unit.new_id()}"
        return Packet(url=webhook_lane.address(unit, one), secrets=webhook_lane.open_secrets(unit, one), message_id=message_id, body=body)

    packet = await runtime.database.write(asking.installation_id, work)
    return await webhook_lane.post(runtime.webhook_http(asking.installation_id, webhook_id), packet, at=runtime.clock())


# ---------------------------------------------------------------------------------------------------------------------- the same, followed


def require_listener(principal: Principal | None) -> Principal:
    """Who may follow events: an admin, or a service of an admin's making that may run programs. Raises :class:`Unauthenticated`, :class:`Forbidden`."""
    if principal is not None and principal.member_id is None:
        return access.require(principal, Scope.PROGRAMS)
    return access.require(principal, Scope.ADMIN)


async def news(runtime: Runtime, principal: Principal, *, after: int | None, limit: int = 100) -> tuple[int, list[FeedEvent]]:
    """What happened after a number, and the number to go on from; with ``None`` nothing yet, and the number of the newest."""
    require_listener(principal)

    def work(unit: UnitOfWork) -> tuple[int, list[FeedEvent]]:
        if after is None:
            return unit.feed.last(), []
        found = unit.feed.after(after, limit=limit)
        return (found[-1].number if found else after), found

    return await runtime.database.read(principal.installation_id, work)
