#!/usr/bin/env python3
"""How fast a whole community is read through the host's API, with how many calls, and how soon a service that is started again knows it.

A forum double in a process of its own is filled from an archive (or with the demo community); the service connects and reads it over real HTTP. The
time that the same calls take without doing anything with the answers is measured in the same run, as the limit.

usage: importing.py [--topics FILE.jsonl.gz --users FILE.jsonl.gz]
Progress goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from integrations.discourse.double.process import Running, child_double
from plugin.app import Parts, compose
from plugin.cli.common import WITH_TIME
from plugin.services.hosts import connect, reconcile
from plugin.services.hosts.connect import NewConnection
from plugin.settings import Settings
from plugin.store.migrate import migrate_database
from plugin.store.unit_of_work import UnitOfWork


async def only_read(parts: Parts, installation_id: int) -> float:
    """CPU seconds of reading every page and throwing it away."""
    client = await parts.runtime.client(installation_id)
    began = time.process_time()
    for sweep in reconcile.WHOLE:
        cursor: str | None = None
        while True:
            batch = await client.pull(sweep, cursor)
            cursor = batch.cursor
            if cursor is None:
                break
    return time.process_time() - began


async def measure(double: Running, settings: Settings) -> dict[str, object]:
    """Connect, import, and compare with the forum's own count."""
    await migrate_database(settings)
    key = await double.control.api_key()
    await double.control.settings(admin_api_per_minute=0)
    parts = compose(settings, patience=WITH_TIME)
    try:
        new = NewConnection(host="discourse", url=double.base_url, api_key=key, host_settings={"requests_per_minute": "60000"})
        installation_id = (await connect.connect(parts.runtime, new)).installation_id
        await double.control.calls(reset=True)
        began, cpu = time.monotonic(), time.process_time()
        report = await reconcile.reconcile(parts.runtime, installation_id, whole=True)
        await reconcile.settle_all(parts.runtime, installation_id, report=report)
        seconds, used = time.monotonic() - began, time.process_time() - cpu
        calls = (await double.control.calls())["total"]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stderr.write(f"read {report.items} in {seconds:.1f} s\n")
        limit = await only_read(parts, installation_id)
        posts, members = await parts.runtime.database.read(installation_id, _counts)
        differing = await _differing(double, parts, installation_id)
    finally:
        await parts.close()
    known = await _known_again(settings, installation_id)
    return {
        "posts": posts,
        "members": members,
        "lost_or_doubled": differing,
        "calls": calls,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used, 1),
        "posts_per_cpu_second": round(posts / used),
        "cpu_ratio_to_reading_only": round(used / limit, 2),
        "peak_mb": round(peak),
        "restart_seconds": round(known, 1),
    }


async def _known_again(settings: Settings, installation_id: int) -> float:
    """Seconds until a service that was started again knows the community from its store and could rank."""
    parts = compose(settings, patience=WITH_TIME)
    try:
        began = time.monotonic()
        await parts.graphs.get(installation_id)
        return time.monotonic() - began
    finally:
        await parts.close()


async def _differing(double: Running, parts: Parts, installation_id: int) -> int:
    """Posts and members that the forum has and the store has not, or the other way round, or by another author, by the forum's own memory."""
    content: dict[str, Any] = dict(await double.control.state("users", "categories", "topics", "posts"))
    people = {str(one["id"]) for one in content["users"] if one["id"] > 0 and not one["staged"]}
    open_to_all = {one["id"] for one in content["categories"] if not one["permissions"] or {0, 10} & {group for group, _ in one["permissions"]}}
    topics = {
        one["id"]
        for one in content["topics"]
        if one["archetype"] == "regular" and one["deleted_at"] is None and one["visible"] and one["category_id"] in open_to_all
    }
    said = {
        (str(one["id"]), str(one["user_id"]), one["version"])
        for one in content["posts"]
        if one["topic_id"] in topics
        and str(one["user_id"]) in people
        and one["post_type"] == 1
        and one["deleted_at"] is None
        and not one["user_deleted"]
        and not one["hidden"]
    }

    def known(unit: UnitOfWork) -> tuple[set[str], set[tuple[str, str, int]]]:
        members = {one.id: one.host_user_id for one in unit.members.all()}
        return set(members.values()), {(one.id, members[one.author_id], one.version) for one in unit.posts.each() if one.live}

    ours, posts = await parts.runtime.database.read(installation_id, known)
    sys.stderr.write(f"differing: {sorted(ours ^ people)[:5]} {sorted(posts ^ said)[:5]}\n")
    return len(ours ^ people) + len(posts ^ said)


def _counts(unit: UnitOfWork) -> tuple[int, int]:
    return unit.posts.count(), unit.members.count()


async def run(topics: str, users: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--data", "none", "--archive", topics, "--users", users] if topics else ["--data", "demo"]
        async with child_double(arguments, seconds=120) as double:
            settings = Settings(database_url=f"sqlite:///{folder}/import.db", secret_keys=("k" * 32,), allow_private=(double.base_url.removeprefix("http://"),))
            found = await measure(double, settings)
    sys.stdout.write(json.dumps(found) + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--topics", default="")
    arguments.add_argument("--users", default="")
    given = arguments.parse_args()
    asyncio.run(run(given.topics, given.users))


if __name__ == "__main__":
    main()
