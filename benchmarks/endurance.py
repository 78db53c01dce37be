#!/usr/bin/env python3
"""The service killed again and again while a community lives, and what is left of it compared with the forum.

A forum double in a process of its own, the service in another, real HTTP between them. Senders put numbered deliveries in as fast as they are taken, members
of the forum ask, answer, edit and take back, and members who agreed get messages. Meanwhile the service is killed (SIGKILL), half of the times at a random
moment, half of them at the next marked step of ``killed.py``, and started again. Afterwards:

* every delivery that was acknowledged, to a sender or to the forum, is in the inbox, and is handled;
* every message that was sent is in the forum once;
* after one reading the store is what the forum is.

usage: endurance.py [--kills 50] [--database sqlite|postgresql|both] [--seed 1]
Progress goes to stderr; the last line of stdout is one JSON object. Ends with 1 when something was lost, doubled or differs.
"""

import argparse
import asyncio
import contextlib
import hmac
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.filling import postgresql  # noqa: E402 - the path is set above
from benchmarks.killed import STEPS  # noqa: E402
from integrations.discourse.double.client import ControlError  # noqa: E402
from integrations.discourse.double.process import Running, child_double, free_port  # noqa: E402
from plugin.app import Parts, compose  # noqa: E402
from plugin.cli.common import WITH_TIME  # noqa: E402
from plugin.cli.demo import POLICY  # noqa: E402
from plugin.services import connect, reconcile  # noqa: E402
from plugin.services.connect import NewConnection  # noqa: E402
from plugin.settings import Settings  # noqa: E402
from plugin.store.migrate import migrate_database  # noqa: E402
from plugin.store.unit_of_work import UnitOfWork  # noqa: E402
from tests.compared import differences, of_forum, of_store  # noqa: E402

KEY = "k" * 32
FIRST = 10**9
"""Numbers of our deliveries begin here, far above the forum's own."""
SENDERS = 8
MESSAGES_WAIT = 150
"""Seconds without any progress after which the end is not waited for: a message that was being sent when the service died is tried again after ten."""


def say(line: str) -> None:
    """Progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


@dataclass
class Found:
    """What a run saw."""

    acknowledged: set[int] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    recovered: list[float] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    alive: int = 0
    number: int = FIRST


@dataclass
class Service:
    """The service as operators start it, or dying at a step."""

    settings: Settings
    port: int
    installation_id: int
    secret: str
    base_url: str
    key: str = KEY

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, *marked: str) -> asyncio.subprocess.Process:
        """Start it; with a step and a number it dies there."""
        command = [str(ROOT / "benchmarks/killed.py"), *marked] if marked else ["-m", "plugin"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")} | {
            "MENTORGRAPH_DATABASE_URL": self.settings.database_url,
            "MENTORGRAPH_SECRET_KEYS": self.key,
            "MENTORGRAPH_PUBLIC_URL": self.address,
            "MENTORGRAPH_ALLOW_PRIVATE": self.base_url.removeprefix("http://"),
            "MENTORGRAPH_LOG_LEVEL": "error",
        }
        return await asyncio.create_subprocess_exec(sys.executable, *command, "serve", "--port", str(self.port), cwd=ROOT, env=environment)

    async def send(self, client: httpx2.AsyncClient, number: int) -> int:
        """One delivery of ours; its status."""
        body = json.dumps({"ping": "OK", "number": number}).encode()
        headers = {
            "content-type": "application/json",
            "x-discourse-instance": self.base_url,
            "x-discourse-event-id": str(number),
            "x-discourse-event-type": "ping",
            "x-discourse-event": "ping",
            "x-discourse-event-signature": "sha256=" + hmac.new(self.secret.encode(), body, sha256).hexdigest(),
        }
        return (await client.post(f"{self.address}/hooks/{self.installation_id}/", content=body, headers=headers)).status_code

    async def answers(self, client: httpx2.AsyncClient, found: Found, process: asyncio.subprocess.Process) -> bool:
        """Wait until a delivery is acknowledged; ``False`` if it died before."""
        while process.returncode is None:
            found.number += 1
            number = found.number
            with contextlib.suppress(httpx2.HTTPError):
                if 200 <= await self.send(client, number) < 300:
                    found.acknowledged.add(number)
                    return True
            await asyncio.sleep(0.02)
        return False


# ------------------------------------------------------------------------------------------------------------------ load


async def keep_sending(service: Service, found: Found) -> None:
    """Send for ever; a 2xx counts as acknowledged."""
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        while True:
            found.number += 1
            number = found.number
            try:
                status = await service.send(client, number)
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
                continue
            found.statuses[status] += 1
            if 200 <= status < 300:
                found.acknowledged.add(number)


async def keep_living(forum: Running, found: Found, chance: random.Random) -> None:
    """Members ask, answer, edit, take back and like, for ever."""
    content: dict[str, Any] = {}
    for number in range(10**9):
        if number % 20 == 0:
            content = await forum.control.state("users", "topics", "posts")
        people = [one["username"] for one in content["users"] if one["id"] > 0 and one["active"] and not one["admin"] and not one["staged"]]
        topics = [one["id"] for one in content["topics"] if one["archetype"] == "regular" and one["deleted_at"] is None and not one["closed"]]
        posts = [one["id"] for one in content["posts"] if one["deleted_at"] is None and one["post_number"] > 1]
        words = f"These are words number {number} about prices, contracts and the first customers of a small shop."
        by, topic, post = chance.choice(people), chance.choice(topics), chance.choice(posts)
        step: dict[str, Any] = chance.choice(
            [
                {"act": "ask", "by": by, "title": f"How would you find customers for shop number {number}?", "text": f"How do I begin? {words}"},
                {"act": "reply", "by": by, "topic_id": topic, "text": words},
                {"act": "reply", "by": by, "topic_id": topic, "text": words},
                {"act": "edit", "post_id": post, "text": words, "skip_validations": True},
                {"act": "delete", "post_id": post},
                {"act": "like", "by": by, "post_id": post},
            ]
        )
        with contextlib.suppress(ControlError):
            await forum.control.act(**step)
            found.alive += 1
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def meanwhile(*work: Any) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# ------------------------------------------------------------------------------------------------------------------ killing


async def kill_again_and_again(service: Service, found: Found, *, kills: int, chance: random.Random) -> None:
    """Start the service, let it work, kill it; so often."""
    steps = list(STEPS)
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        for turn in range(kills):
            step = steps[turn // 2 % len(steps)] if turn % 2 else ""
            # Deliveries pass a step by hundreds, messages one by one.
            number = chance.randint(1, 3) if step in {"settling", "suggested", "sending", "sent", "marked"} else chance.randint(1, 400)
            began = time.monotonic()
            process = await service.start(*([step, str(number)] if step else []))
            try:
                if await service.answers(client, found, process):
                    found.recovered.append(time.monotonic() - began)
                patience = 15.0 if step else chance.uniform(0.1, 2.0)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), patience)
                if process.returncode not in {None, -signal.SIGKILL}:
                    raise RuntimeError(f"the service ended by itself with {process.returncode}")
                found.killed[step if process.returncode is not None and step else "random"] += 1
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGKILL)
                await process.wait()
            say(f"kill {turn + 1}: {step or 'random'}, {len(found.acknowledged)} acknowledged")


async def settle(service: Service, parts: Parts) -> float:
    """Let it work off what there is, then stop it as operators do; seconds until nothing was left."""
    began = moved = time.monotonic()
    before: dict[str, int] = {}
    process = await service.start()
    try:
        while True:
            await asyncio.sleep(0.5)
            left = await parts.runtime.database.read(service.installation_id, _left)
            if not any(left.values()):
                break
            if left != before:
                before, moved = left, time.monotonic()
            if time.monotonic() - moved > MESSAGES_WAIT:
                raise RuntimeError(f"for {MESSAGES_WAIT} s nothing of this was worked off: {left}")
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
    return time.monotonic() - began


def _list(found: object) -> list[dict[str, Any]]:
    return found if isinstance(found, list) else []


def _left(unit: UnitOfWork) -> dict[str, int]:
    return {"deliveries": unit.inbox.counts().get("new", 0), "messages": unit.outbox.counts().get("pending", 0)}


def kept_states(unit: UnitOfWork) -> dict[str, str]:
    """Every delivery in the inbox by its number, with its state."""
    return {one.event_id.partition("~")[0]: one.state for one in unit.inbox.found(state=None, event_ids=None, kind=None, since=None, until=None, limit=10**9)}


async def judge(service: Service, forum: Running, parts: Parts, found: Found) -> dict[str, object]:
    """Compare with what the forum and the senders know."""
    kept = await parts.runtime.database.read(service.installation_id, kept_states)
    events: list[dict[str, Any]] = _list((await forum.control.state("hook_events"))["hook_events"])
    told = {str(one["id"]) for one in events if 200 <= one["status"] < 300}
    dropped = await _dropped_by_rule(events, kept)
    lost = {str(one) for one in found.acknowledged if str(one) not in kept} | {one for one in told if one not in kept and one not in dropped}
    sent = await parts.runtime.database.read(service.installation_id, lambda unit: unit.outbox.counts().get("sent", 0))
    content = await forum.control.state("users", "categories", "groups", "memberships", "topics", "posts")
    ours = Counter(one["external_id"] for one in _list(content["topics"]) if (one["external_id"] or "").startswith("mg"))
    report = await reconcile.reconcile(parts.runtime, service.installation_id, whole=True)
    await reconcile.settle_all(parts.runtime, service.installation_id, report=report)
    content = await forum.control.state("users", "categories", "groups", "memberships", "topics", "posts")
    now = (await forum.control.run_clock())["now"]
    assert isinstance(now, float)  # noqa: S101 - the control says so
    store = await parts.runtime.database.read(service.installation_id, partial(of_store, marked={}))
    return {
        "kills": sum(found.killed.values()),
        "killed_at": dict(sorted(found.killed.items())),
        "acknowledged": len(found.acknowledged) + len(told),
        "lost": len(lost),
        "dead": sum(state == "dead" for state in kept.values()),
        "other_statuses": {str(status): number for status, number in found.statuses.items() if not 200 <= status < 300},
        "messages_sent": sent,
        "messages_in_the_forum": sum(ours.values()),
        "messages_doubled": sum(ours.values()) - len(ours) + max(0, len(ours) - sent),
        "messages_missing": max(0, sent - len(ours)),
        "steps_of_members": found.alive,
        "recovery_s": {"median": round(statistics.median(found.recovered), 2), "worst": round(max(found.recovered), 2)} if found.recovered else None,
        "differs": {name: len(some) for name, some in differences(store, of_forum(content, now=now, marked={})).items()},  # type: ignore[arg-type]  # mappings
    }


async def _dropped_by_rule(events: list[dict[str, Any]], kept: dict[str, str]) -> set[str]:
    """Deliveries that are acknowledged and not kept on purpose: admission says so of each."""
    from integrations.discourse import webhooks

    dropped = set()
    for one in events:
        if str(one["id"]) not in kept:
            headers = one["headers"] if isinstance(one["headers"], dict) else json.loads(one["headers"])
            if webhooks.admit(webhooks.recorded(headers, one["payload"].encode())) is None:
                dropped.add(str(one["id"]))
    return dropped


# ------------------------------------------------------------------------------------------------------------------ all of it


async def run(url: str, migrate_url: str, *, kills: int, seed: int) -> dict[str, object]:
    """One database."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    port = free_port()
    async with child_double(["--data", "demo", "--rate-limit", "0"], seconds=60) as forum:
        await forum.control.settings(admin_api_per_minute=0)
        allowed = forum.base_url.removeprefix("http://")
        settings = Settings(
            database_url=url,
            migrate_url=migrate_url,
            secret_keys=(KEY,),
            public_url=f"http://127.0.0.1:{port}",
            allow_private=(allowed,),
            log_level="error",
        )
        await migrate_database(settings)
        parts = compose(settings, patience=WITH_TIME)
        try:
            new = NewConnection(
                host="discourse",
                url=forum.base_url,
                api_key=await forum.control.api_key(),
                host_settings={"requests_per_minute": "60000"},
                policy=POLICY | {"messages_per_day": "100"},
            )
            installation_id = (await connect.connect(parts.runtime, new)).installation_id
            report = await reconcile.reconcile(parts.runtime, installation_id, whole=True)
            await reconcile.settle_all(parts.runtime, installation_id, report=report)
            secret = (await parts.runtime.installation(installation_id)).hook_secrets[0]
            service, found = Service(settings, port, installation_id, secret, forum.base_url), Found()
            async with meanwhile(*(keep_sending(service, found) for _ in range(SENDERS)), keep_living(forum, found, chance)):
                await kill_again_and_again(service, found, kills=kills, chance=chance)
            say("no more kills; what is left is worked off")
            settled = await settle(service, parts)
            say(f"all was worked off after {settled:.0f} s; compared with the forum")
            result = await judge(service, forum, parts, found) | {"settled_s": round(settled, 1)}
            say(json.dumps(result))
            return result
        finally:
            await parts.close()


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    many = {"kills": given.kills, "seed": given.seed}
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        if given.database in {"sqlite", "both"}:
            found["sqlite"] = asyncio.run(run(f"sqlite:///{folder}/endurance.db", "", **many))
        if given.database in {"postgresql", "both"}:
            with postgresql(Path(folder)) as (url, migrate_url):
                found["postgresql"] = asyncio.run(run(url, migrate_url, **many))
    sys.stdout.write(json.dumps(found) + "\n")
    bad = [name for name, one in found.items() if any(one[key] for key in ("lost", "dead", "messages_doubled", "messages_missing", "differs"))]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
