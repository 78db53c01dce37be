#!/usr/bin/env python3
"""The service killed again and again while a community lives, and what is left of it compared with the forum.

A forum double in a process of its own, the service in another, real HTTP between them. Senders put numbered deliveries in as fast as they are taken, members
of the forum ask, answer, edit and take back, members who agreed get messages, and rounds are computed; of the forum's own deliveries some are lost, some come
twice and all in any order. Meanwhile the service is killed (SIGKILL), half of the times at a random moment, half of them at the next marked step of
``killed.py``, and started again; before the random ones its database is locked or stopped for a while, its disk is full, or its clock is wrong, and it has to
go on by itself when that is over. Afterwards:

* every delivery that was acknowledged, to a sender or to the forum, is in the inbox, and is handled;
* every message that was sent is in the forum once, and none is there that nobody knows of;
* every round that was asked for is computed;
* after one reading the store is what the forum is.

usage: endurance.py [--kills 50] [--database sqlite|postgresql|both] [--seed 1]
Progress goes to stderr; the last line of stdout is one JSON object. Ends with 1 when something was lost, doubled or differs.
"""

import argparse
import asyncio
import contextlib
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.filling import postgresql
from benchmarks.killed import STEPS
from benchmarks.living import KEY, Found, Service, keep_living, keep_matching, keep_sending, meanwhile
from benchmarks.troubles import Trouble, of_postgresql, of_sqlite
from integrations.discourse.double.process import Running, child_double
from integrations.servers import free_port
from plugin.app import Parts, compose
from plugin.cli.common import WITH_TIME
from plugin.cli.demo import POLICY
from plugin.domain.rounds import RoundState
from plugin.services.hosts import connect, reconcile
from plugin.services.hosts.connect import NewConnection
from plugin.settings import Settings
from plugin.store.migrate import migrate_database
from plugin.store.unit_of_work import UnitOfWork
from tests.compared import differences, of_forum, of_store

SKEWS = (-3600, -30, 30)
"""Seconds by which a clock is wrong. Further ahead, and what is due by it would be waited for as long after the clock is right again."""
SENDERS = 8
MUST_BE_NOTHING = ("lost", "dead", "messages_doubled", "messages_missing", "rounds_missing", "differs")
MESSAGES_WAIT = 150
"""Seconds without any progress after which the end is not waited for: a message that was being sent when the service died is tried again after ten."""


def say(line: str) -> None:
    """Progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


# ------------------------------------------------------------------------------------------------------------------ killing


async def kill_again_and_again(service: Service, found: Found, *, kills: int, chance: random.Random, troubles: Mapping[str, Trouble]) -> None:
    """Start the service, let it work, trouble it, kill it; so often."""
    steps = list(STEPS)
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        for turn in range(kills):
            if turn % 2:
                step = steps[turn // 2 % len(steps)]
                await _until_it_dies(service, client, found, step, chance=chance)
            else:
                trouble = [*troubles, "wrong clock", "none"][turn // 2 % (len(troubles) + 2)]
                await _until_it_is_killed(service, client, found, trouble, chance=chance, troubles=troubles)
            say(f"kill {turn + 1}: {dict(found.killed)} {dict(found.troubled)}, {len(found.acknowledged)} acknowledged")


async def _until_it_dies(service: Service, client: httpx2.AsyncClient, found: Found, step: str, *, chance: random.Random) -> None:
    """A life that ends at a step, or after a while if that is not passed."""
    # Deliveries pass a step by hundreds, messages one by one.
    number = chance.randint(1, 3) if step in {"settling", "suggested", "sending", "sent", "marked"} else chance.randint(1, 400)
    began = time.monotonic()
    process = await service.start(step, str(number))
    try:
        if await service.answers(client, found, process):
            found.recovered.append(time.monotonic() - began)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 15.0)
        _check(process)
        found.killed["random" if process.returncode is None else step] += 1
    finally:
        await _kill(process)


async def _until_it_is_killed(
    service: Service, client: httpx2.AsyncClient, found: Found, trouble: str, *, chance: random.Random, troubles: Mapping[str, Trouble]
) -> None:
    """A life that ends at a random moment, after a trouble."""
    began = time.monotonic()
    process = await service.start(skew=chance.choice(SKEWS) if trouble == "wrong clock" else 0)
    try:
        if not await service.answers(client, found, process):
            _check(process)
            raise RuntimeError("the service ended by itself")
        found.recovered.append(time.monotonic() - began)
        if trouble in troubles:
            async with troubles[trouble](process.pid):
                await asyncio.sleep(chance.uniform(1, 4))
            over = time.monotonic()
            if not await service.answers(client, found, process):
                raise RuntimeError(f"the service did not survive: {trouble}")
            found.went_on.append(time.monotonic() - over)
        found.troubled[trouble] += 1
        await asyncio.sleep(chance.uniform(0.1, 2.0))
        _check(process)
        found.killed["random"] += 1
    finally:
        await _kill(process)


def _check(process: asyncio.subprocess.Process) -> None:
    if process.returncode not in {None, -signal.SIGKILL}:
        raise RuntimeError(f"the service ended by itself with {process.returncode}")


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.wait()


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
    computing = len(unit.rounds.in_state(RoundState.COMPUTING))
    return {"deliveries": unit.inbox.counts().get("new", 0), "messages": unit.outbox.counts().get("pending", 0), "rounds": computing}


def _messages(unit: UnitOfWork, *, installation_id: int) -> tuple[int, int, set[str]]:
    """How many messages were sent, how many more were tried when they were unsaid (those may be in the forum, and nobody asks whether), and the keys of all."""
    found = unit.outbox.listing(limit=10**9)
    tried = [one for one in found if one.state == "sent" or one.attempts > 0]
    return sum(one.state == "sent" for one in found), len(tried), {f"mg{installation_id}-{one.id}" for one in tried}


def _missing(unit: UnitOfWork, *, wanted: Sequence[int]) -> int:
    """Rounds that were promised and are not computed."""
    found = [unit.rounds.get(one) for one in wanted]
    return sum(one is None or one.state is not RoundState.COMPUTED for one in found)


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
    sent, tried, known = await parts.runtime.database.read(service.installation_id, partial(_messages, installation_id=service.installation_id))
    content = await forum.control.state("users", "categories", "groups", "memberships", "topics", "posts")
    ours = Counter(one["external_id"] for one in _list(content["topics"]) if (one["external_id"] or "").startswith("mg"))
    for key in sorted(set(ours) - known):
        say(f"in the forum, and no message that anybody tried: {key}")
    report = await reconcile.reconcile(parts.runtime, service.installation_id, whole=True)
    await reconcile.settle_all(parts.runtime, service.installation_id, report=report)
    content = await forum.control.state("users", "categories", "groups", "memberships", "topics", "posts")
    now = (await forum.control.run_clock())["now"]
    assert isinstance(now, float)  # noqa: S101 - the control says so
    store = await parts.runtime.database.read(service.installation_id, partial(of_store, marked={}))
    differs = differences(store, of_forum(content, now=now, marked={}))
    for name, some in differs.items():
        for one, (here, there) in list(some.items())[:5]:
            say(f"{name} {one}: {here} in the store, {there} in the forum")
    return {
        "kills": sum(found.killed.values()),
        "killed_at": dict(sorted(found.killed.items())),
        "acknowledged": len(found.acknowledged) + len(told),
        "lost": len(lost),
        "dead": sum(state == "dead" for state in kept.values()),
        "other_statuses": {str(status): number for status, number in found.statuses.items() if not 200 <= status < 300},
        "messages_sent": sent,
        "messages_in_the_forum": sum(ours.values()),
        "messages_tried_and_unsaid": tried - sent,
        "messages_doubled": sum(ours.values()) - len(ours) + len(set(ours) - known),
        "messages_missing": max(0, sent - len(ours)),
        "troubles": dict(sorted(found.troubled.items())),
        "went_on_s": {"median": round(statistics.median(found.went_on), 2), "worst": round(max(found.went_on), 2)} if found.went_on else None,
        "rounds": len(found.rounds),
        "rounds_missing": await parts.runtime.database.read(service.installation_id, partial(_missing, wanted=found.rounds)),
        "steps_of_members": found.alive,
        "recovery_s": {"median": round(statistics.median(found.recovered), 2), "worst": round(max(found.recovered), 2)} if found.recovered else None,
        "differs": {name: len(some) for name, some in differs.items()},
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


async def run(url: str, migrate_url: str, folder: Path, *, kills: int, seed: int, troubles: Mapping[str, Trouble]) -> dict[str, object]:
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
            service, found = (
                Service(settings, port, installation_id, secret, forum.base_url, folder / ("postgresql.log" if migrate_url else "sqlite.log")),
                Found(),
            )
            await forum.control.deliveries(drop_percent=10, duplicate_percent=10, shuffle=True, seed=seed)
            work = [*(keep_sending(service, found) for _ in range(SENDERS)), keep_living(forum, found, chance), keep_matching(parts, installation_id, found)]
            async with meanwhile(*work):
                await kill_again_and_again(service, found, kills=kills, chance=chance, troubles=troubles)
            await forum.control.deliveries(drop_percent=0, duplicate_percent=0, shuffle=False)
            say("no more kills; what is left is worked off")
            settled = await settle(service, parts)
            say(f"all was worked off after {settled:.0f} s; compared with the forum")
            result = await judge(service, forum, parts, found) | {"settled_s": round(settled, 1)}
            say(json.dumps(result))
            for error, times in service.errors().most_common(20):
                say(f"logged {times} times: {error}")
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
            path = Path(folder) / "endurance.db"
            found["sqlite"] = asyncio.run(run(f"sqlite:///{path}", "", Path(folder), **many, troubles=of_sqlite(path)))
        if given.database in {"postgresql", "both"}:
            with postgresql(Path(folder)) as (url, migrate_url):
                found["postgresql"] = asyncio.run(run(url, migrate_url, Path(folder), **many, troubles=of_postgresql(migrate_url, Path(folder) / "pg")))
    sys.stdout.write(json.dumps(found) + "\n")
    return 1 if any(one[key] for one in found.values() for key in MUST_BE_NOTHING) else 0


if __name__ == "__main__":
    sys.exit(main())
