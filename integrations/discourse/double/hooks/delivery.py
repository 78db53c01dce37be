"""Sending deliveries: one queue, no promise of order, answers judged as Discourse judges them (emit_web_hook_event.rb)."""

import asyncio
import hashlib
import hmac
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2
import orjson

from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.addresses import blocked
from integrations.discourse.double.hooks.queue import Job
from integrations.discourse.double.model import WebHook, WebHookEvent

MAX_RETRIES = 4
CONTENT_TYPES = {1: "application/json", 2: "application/x-www-form-urlencoded"}
FAILED, SUCCESSFUL, DISABLED = 2, 3, 4


def signature(secret: str, body: bytes) -> str:
    """The value of X-Discourse-Event-Signature."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Manner:
    """How badly deliveries are treated. Percentages of deliveries; ``seed`` makes it repeatable; ``parallel`` are sent at once."""

    paused: bool = False
    shuffle: bool = False
    parallel: int = 1
    drop_percent: float = 0.0
    duplicate_percent: float = 0.0
    seed: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(0))


class Deliverer:
    """Sends what is in the forum's queue, in the background of the running event loop."""

    def __init__(self, forum: Forum, *, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.forum = forum
        self.manner = Manner()
        self._transport = transport
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._in_hand = 0
        forum.hooks.wake = self.kick

    def kick(self) -> None:
        """See to it that somebody is sending; without a running loop it waits for the next kick."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._wake = asyncio.Event()
            self._task = loop.create_task(self._run())
        self._wake.set()

    async def stop(self) -> None:
        """End the background task; what waits, waits."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def idle(self, *, timeout: float) -> bool:  # noqa: ASYNC109  # polled with the loop's own clock
        """Wait until nothing is due or under way. ``False`` when ``timeout`` seconds were not enough."""
        deadline = time.monotonic() + timeout
        while self._in_hand or self._due():
            if time.monotonic() > deadline:
                return False
            self.kick()
            await asyncio.sleep(0.005)
        return True

    def _due(self) -> bool:
        now = self.forum.now()
        return not self.manner.paused and any(job.due <= now for job in self.forum.hooks.jobs)

    def _next(self) -> Job | None:
        """Take a job that is due: the oldest, or any when they are to be shuffled."""
        jobs, now = self.forum.hooks.jobs, self.forum.now()
        if self.manner.paused or not jobs:
            return None
        if self.manner.shuffle:
            due = [index for index, job in enumerate(jobs) if job.due <= now]
            return jobs.pop(self.manner.rng.choice(due)) if due else None
        index = next((index for index, job in enumerate(jobs) if job.due <= now), None)
        return None if index is None else jobs.pop(index)

    async def _run(self) -> None:
        limits = httpx2.Timeout(self.forum.settings.webhook_timeout)
        async with httpx2.AsyncClient(transport=self._transport, timeout=limits, follow_redirects=False, trust_env=False) as client:
            client.headers.clear()  # a delivery has its own headers and no others
            while True:
                self._wake.clear()
                if self.manner.shuffle and self._due():
                    await asyncio.sleep(0.01)  # let others queue up behind it, or there is nothing to shuffle
                batch = [job for _ in range(max(1, self.manner.parallel)) if (job := self._next())]
                if not batch:
                    await self._rest()
                    continue
                self._in_hand += len(batch)
                try:
                    await asyncio.gather(*(self._deliver(client, job) for job in batch))
                finally:
                    self._in_hand -= len(batch)

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), timeout=0.5)  # retries fall due by the forum's clock, so look again
        except TimeoutError:
            return

    # ------------------------------------------------------------------------------------------------------------- one delivery

    async def _deliver(self, client: httpx2.AsyncClient, job: Job) -> None:
        hook = self.forum.web_hooks.get(job.web_hook_id)
        if hook is None or not (hook.active or job.event_id is not None):
            return
        if job.event_type != "ping" and not admits(hook, job):
            return
        event = self._event(hook, job)
        if event is None:
            return
        if self._chance(self.manner.drop_percent):
            self._failed(hook, event, "connection reset by peer")
            return
        await self._post(client, hook, event, job)
        if self._chance(self.manner.duplicate_percent):
            await self._post(client, hook, event, job)

    def _chance(self, percent: float) -> bool:
        return percent > 0 and self.manner.rng.random() * 100 < percent

    def _event(self, hook: WebHook, job: Job) -> WebHookEvent | None:
        if job.event_id is not None:
            return self.forum.hook_events.get(job.event_id)
        number = self.forum.next_id("hook_events")
        event = WebHookEvent(number, hook.id, request_headers(self.forum, hook, job, number), job.body.decode(), self.forum.now())
        self.forum.hook_events[number] = event
        while len(self.forum.hook_events) > self.forum.settings.max_stored_hook_events:
            self.forum.hook_events.pop(next(iter(self.forum.hook_events)))
        return event

    def _failed(self, hook: WebHook, event: WebHookEvent, why: str) -> None:
        event.status, event.response_headers = -1, orjson.dumps({"error": why}).decode()
        hook.last_delivery_status = FAILED

    async def _post(self, client: httpx2.AsyncClient, hook: WebHook, event: WebHookEvent, job: Job) -> None:
        if blocked(hook.payload_url, self.forum.settings.allowed_internal_hosts):
            self._failed(hook, event, "webhooks.payload_url.blocked_or_internal")
            return
        started = time.monotonic()
        try:
            headers = dict(event.headers)
            answer = await client.post(hook.payload_url, content=event.payload.encode(), headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            self._failed(hook, event, f"{type(error).__name__}: {error}")
            return  # no answer is never tried again
        event.status, event.response_body = answer.status_code, answer.text[:10_000]
        event.response_headers = orjson.dumps(dict(answer.headers)).decode()
        event.duration = round((time.monotonic() - started) * 1000)
        self._judge(hook, answer.status_code, job)

    def _judge(self, hook: WebHook, status: int, job: Job) -> None:
        if 200 <= status <= 299:
            hook.last_delivery_status = SUCCESSFUL
            return
        hook.last_delivery_status = FAILED
        if job.event_id is not None:
            return
        if status in (404, 410):
            if job.try_number >= MAX_RETRIES:
                hook.active, hook.last_delivery_status = False, DISABLED
            return
        if self.forum.settings.retry_web_hook_events and job.try_number < MAX_RETRIES:
            again = job.try_number + 1
            due = self.forum.now() + 60 * 5 ** (again - 1)
            self.forum.hooks.put(Job(job.web_hook_id, job.event_type, job.event_name, job.body, due, again, None, job.category_id, job.tags, job.group_ids))


def admits(hook: WebHook, job: Job) -> bool:
    """Whether a hook's filters let an event through; an event without such an attribute never passes a filter for it."""
    if hook.category_ids and job.category_id not in hook.category_ids:
        return False
    if hook.tag_names and not set(hook.tag_names).intersection(job.tags):
        return False
    return not hook.group_ids or bool(set(hook.group_ids).intersection(job.group_ids))


def request_headers(forum: Forum, hook: WebHook, job: Job, event_id: int) -> dict[str, str]:
    """The headers of one attempt."""
    settings = forum.settings
    headers = {
        "Accept": "*/*",
        "Connection": "close",
        "Content-Length": str(len(job.body)),
        "Content-Type": CONTENT_TYPES[hook.content_type],
        "Host": urlsplit(hook.payload_url).hostname or "",
        "User-Agent": f"Discourse/{settings.version}-{settings.git_sha}; +https://www.discourse.org/",
        "X-Discourse-Instance": settings.base_url,
        "X-Discourse-Event-Id": str(event_id),
        "X-Discourse-Event-Type": job.event_type,
    }
    if job.event_name:
        headers["X-Discourse-Event"] = job.event_name
    if hook.secret:
        headers["X-Discourse-Event-Signature"] = signature(hook.secret, job.body)
    return headers
