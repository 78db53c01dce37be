"""Posts events to developers' endpoints, signed by Standard Webhooks, at least once each.

A try is counted before it is made: if the process dies between the endpoint's answer and the mark, the same event goes again under the same id.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
import structlog

from mentorgraph.host import HostBusy, HostError, Http, Response
from mentorgraph.standard_webhooks import sign
from plugin.domain.webhooks import FeedEvent, Webhook, WebhookState
from plugin.http import retry_after
from plugin.services.guarding.managing import admins_of
from plugin.services.messages import telling
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

RETRIES = tuple(timedelta(seconds=one) for one in (5, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600))
"""Pauses between tries, in all three days and a quarter: those that the Standard Webhooks project recommends."""
GIVE_UP = timedelta(days=3)
"""An endpoint that took nothing for so long is switched off."""
HOLD = timedelta(seconds=60)
"""How long nothing else is posted to an endpoint that did not work."""
SECONDS = 15.0
"""How long an endpoint may take."""
BATCH = 50
LONGEST_WAIT = timedelta(hours=24)
_JITTER = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a try. ``well`` says whether the endpoint works, though it may not have taken this event."""

    status: int | None
    error: str = ""
    well: bool = True
    gone: bool = False
    wait: timedelta = timedelta()

    @property
    def taken(self) -> bool:
        """Whether the endpoint has the event."""
        return not self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """All that a try needs."""

    url: str
    secrets: Sequence[str]
    message_id: str
    body: bytes


def body_of(event_type: str, at: datetime, data: object) -> bytes:
    """An event as it is posted: type, time and data, as Standard Webhooks has them."""
    return orjson.dumps({"type": event_type, "timestamp": at.isoformat(), "data": data})


def open_secrets(unit: UnitOfWork, one: Webhook) -> list[str]:
    """The secrets to sign with now, the newest first."""
    held = orjson.loads(unit.unseal(one.secrets, purpose="webhook"))
    return [each["secret"] for each in held if each["until"] is None or datetime.fromisoformat(each["until"]) > unit.now]


def address(unit: UnitOfWork, one: Webhook) -> str:
    """Where an endpoint is."""
    return unit.unseal(one.url, purpose="webhook").decode()


async def hand_out(runtime: Runtime, installation_id: int) -> None:
    """Wake the lane of every endpoint for which something waits. Each has one of its own, so that one that is slow delays no other."""

    def work(unit: UnitOfWork) -> None:
        for webhook_id, at in unit.webhooks.next_at().items():
            unit.lanes.wake_endpoint(webhook_id, at=at)

    await runtime.database.write(installation_id, work)
    runtime.bus.tell(installation_id)


async def send_due(runtime: Runtime, installation_id: int, webhook_id: int) -> datetime | None:
    """Post what is due at an endpoint, one after the other; returns when the next is."""
    due = await runtime.database.read(installation_id, lambda unit: unit.webhooks.due(webhook_id, now=unit.now, limit=BATCH))
    for number in due:
        packet = await runtime.database.write(installation_id, lambda unit, number=number: _take(unit, webhook_id, number))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        if packet is None:
            continue
        outcome = await post(runtime.webhook_http(installation_id, webhook_id), packet, at=runtime.clock())
        await runtime.database.write(installation_id, lambda unit, number=number, outcome=outcome: _settle(unit, webhook_id, number, outcome))  # type: ignore[misc]  # as above
        if not outcome.well:
            log.warning("webhook_failed", installation=installation_id, webhook=webhook_id, status=outcome.status, reason=outcome.error)
            break
    return await runtime.database.read(installation_id, lambda unit: unit.webhooks.next_at().get(webhook_id))


async def post(http: Http, packet: Packet, *, at: datetime) -> Outcome:
    """Try once. Whatever goes wrong is an outcome: one endpoint's trouble is not another's."""
    try:
        headers = sign(packet.secrets, message_id=packet.message_id, at=at, body=packet.body)
        async with asyncio.timeout(SECONDS):
            answer = await http.request("POST", packet.url, headers=headers, json=orjson.Fragment(packet.body), repeatable=False)
    except TimeoutError:
        return Outcome(status=None, error=f"no answer within {SECONDS:.0f} seconds", well=False)
    except HostBusy as error:
        return Outcome(status=429, error=error.message, well=False, wait=timedelta(seconds=error.retry_after or 0))
    except HostError as error:
        return Outcome(status=None, error=error.message, well=False)
    except Exception:
        log.exception("webhook_broken")
        return Outcome(status=None, error="an unexpected error; the log has it", well=False)
    return _outcome(answer)


def _outcome(answer: Response) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(status=answer.status)
    if answer.status == 410:
        return Outcome(status=410, error="the endpoint says that it is gone (410)", well=False, gone=True)
    wait = min(timedelta(seconds=retry_after(answer) or 0), LONGEST_WAIT)
    said = f"answered {answer.status}" + ("; redirects are not followed" if 300 <= answer.status < 400 else "")
    return Outcome(status=answer.status, error=said, well=400 <= answer.status < 500 and answer.status not in {401, 403, 404, 408, 429}, wait=wait)


def _take(unit: UnitOfWork, webhook_id: int, number: int) -> Packet | None:
    one, event = unit.webhooks.get(webhook_id), unit.feed.get(number)
    waiting = unit.webhooks.take(webhook_id, number)
    if one is None or one.state is not WebhookState.ACTIVE or waiting is None:
        return None
    if event is None:
        unit.webhooks.failed(webhook_id, number, status=None, error="older than 30 days", next_at=None)
        return None
    unit.webhooks.attempt(webhook_id, number, next_at=unit.now + _pause(waiting.attempts))
    return packet_of(unit, one, event)


def packet_of(unit: UnitOfWork, one: Webhook, event: FeedEvent) -> Packet:
    """An event, ready to be signed and posted. Its id is the same at each try and at each endpoint."""
    message_id = f"{unit.installation_id}-{event.number}"
    return Packet(url=address(unit, one), secrets=open_secrets(unit, one), message_id=message_id, body=body_of(event.type, event.at, event.data))


def _pause(attempts: int) -> timedelta:
    return RETRIES[min(attempts, len(RETRIES) - 1)] * random.uniform(1, 1 + _JITTER)  # noqa: S311 - spreads load, guards nothing


def _settle(unit: UnitOfWork, webhook_id: int, number: int, outcome: Outcome) -> None:
    one, waiting = unit.webhooks.get(webhook_id), unit.webhooks.take(webhook_id, number)
    if one is None or waiting is None:
        return
    if outcome.taken:
        unit.webhooks.sent(webhook_id, number, at=unit.now, status=outcome.status or 200)
    else:
        last = waiting.attempts > len(RETRIES)
        later = None if last else unit.now + max(_pause(waiting.attempts - 1), outcome.wait)
        unit.webhooks.failed(webhook_id, number, status=outcome.status, error=outcome.error, next_at=later)
    if outcome.well:
        if one.failing_since is not None:
            # It works again: what was held back for it goes now.
            unit.webhooks.hasten(webhook_id, now=unit.now, fresh=True)
        unit.webhooks.put(replace(one, failing_since=None, succeeded_at=unit.now if outcome.taken else one.succeeded_at, error=outcome.error))
        return
    unit.webhooks.hold(webhook_id, until=unit.now + max(HOLD, outcome.wait))
    since = one.failing_since or unit.now
    failing = replace(one, failing_since=since, error=outcome.error)
    if outcome.gone or unit.now - since >= GIVE_UP:
        failing = replace(failing, state=WebhookState.DISABLED)
        unit.record("webhook.disabled", actor="system", webhook=str(webhook_id))
        for admin in admins_of(unit):
            telling.tell(unit, admin, "webhook.disabled", key=f"webhook:{webhook_id}:disabled:{unit.now.date()}:{admin}", about={"name": one.name})
    unit.webhooks.put(failing)
