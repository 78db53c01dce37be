#!/usr/bin/env python3
"""A burst of deliveries: how long an acknowledgement takes meanwhile, how long until the last is handled, how memory grows.

Posts of one community as its forum sends them (``intake.py``), over real HTTP, as fast as they are taken; the service with its worker in a process of its
own, on a durable database. Half-way ten deliveries come for another community (promise 14): how long until they are handled, while the burst goes on.

usage: burst.py [--deliveries 1000000] [--connections 32] [--database sqlite|postgresql|both]
Progress goes to stderr; the last line of stdout is one JSON object. Ends with 1 when a delivery was not handled.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.filling import new_community, postgresql
from benchmarks.intake import SECRET, delivery
from benchmarks.serving import acknowledged, load, say, serving
from integrations.servers import free_port
from plugin.app import Parts, compose
from plugin.settings import Settings
from plugin.store.migrate import migrate_database
from plugin.store.unit_of_work import UnitOfWork

FEW = 10
"""Deliveries for another community in the middle of the burst."""


def waiting(unit: UnitOfWork) -> int:
    """Deliveries that are not handled yet."""
    return unit.inbox.counts().get("new", 0)


async def until_handled(parts: Parts, installation_id: int, *, pause: float) -> float:
    """Seconds until nothing waits."""
    began = time.monotonic()
    while await parts.runtime.database.read(installation_id, waiting):  # noqa: ASYNC110 - rows, written by another process
        await asyncio.sleep(pause)
    return time.monotonic() - began


async def run(settings: Settings, *, deliveries: int, connections: int) -> dict[str, Any]:
    """One database."""
    await migrate_database(settings)
    parts, port = compose(settings), free_port()
    times: list[float] = []
    memory: list[int] = []
    handled: list[tuple[float, int]] = []
    try:
        busy, _ = await new_community(parts, "https://forum.example.org", name="Busy", hook_secret=SECRET)
        quiet, _ = await new_community(parts, "https://quiet.example.org", name="Quiet", hook_secret=SECRET)
        with serving(settings, port) as process:
            watched = psutil.Process(process.pid)
            began = time.monotonic()

            async def watch() -> None:
                while True:
                    memory.append(watched.memory_info().rss)
                    if len(memory) % 30 == 0:
                        left = await parts.runtime.database.read(busy, waiting)
                        handled.append((time.monotonic() - began, len(times) - left))
                        say(f"{time.monotonic() - began:.0f} s: {len(times)} acknowledged, {left} wait, {memory[-1] >> 20} MB")
                    await asyncio.sleep(1)

            async def another() -> float:
                while len(times) < deliveries // 2:  # noqa: ASYNC110 - a count, at no cost to who counts
                    await asyncio.sleep(0.05)
                await load(port, few(quiet), connections=1, accept=acknowledged)
                return await until_handled(parts, quiet, pause=0.1)

            watching = asyncio.create_task(watch())
            try:
                async with asyncio.TaskGroup() as together:
                    waited = together.create_task(another())
                    requests = (delivery(busy, number) for number in range(1, deliveries + 1))
                    sent = together.create_task(load(port, requests, connections=connections, accept=acknowledged, times=times))
                await until_handled(parts, busy, pause=1)
                seconds, spent = time.monotonic() - began, watched.cpu_times()
            finally:
                watching.cancel()
        kept = await parts.runtime.database.read(busy, lambda unit: unit.inbox.counts())
    finally:
        await parts.close()
    tenth = max(1, len(memory) // 10)
    return {
        "deliveries": deliveries,
        "inbox": kept,
        "taken_s": round(sent.result()[0], 1),
        "handled_s": round(seconds, 1),
        "handled_per_second": round(deliveries / seconds),
        "cpu_ms_a_delivery": round((spent.user + spent.system) / deliveries * 1e3, 2),
        "acknowledged_ms": {"p50": round(statistics.median(times) * 1e3, 1), "p99": round(statistics.quantiles(times, n=100)[98] * 1e3, 1)},
        "another_community_s": round(waited.result(), 2),
        "memory_mb": {
            "early": round(max(memory[tenth : 2 * tenth] or memory) / 2**20),
            "late": round(max(memory[-tenth:]) / 2**20),
            "peak": round(max(memory) / 2**20),
        },
    }


def few(installation_id: int) -> Iterator[bytes]:
    """Deliveries of a community with little to tell."""
    for number in range(FEW):
        yield delivery(installation_id, number + 1).replace(b"https://forum.example.org", b"https://quiet.example.org", 1)


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--deliveries", type=int, default=1_000_000)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    given = arguments.parse_args()
    many = {"deliveries": given.deliveries, "connections": given.connections}
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        if given.database in {"sqlite", "both"}:
            settings = Settings(database_url=f"sqlite:///{folder}/burst.db", secret_keys=("k" * 32,), log_level="error")
            found["sqlite"] = asyncio.run(run(settings, **many))
        if given.database in {"postgresql", "both"}:
            with postgresql(Path(folder)) as (url, migrate_url):
                settings = Settings(database_url=url, migrate_url=migrate_url, secret_keys=("k" * 32,), log_level="error")
                found["postgresql"] = asyncio.run(run(settings, **many))
    sys.stdout.write(json.dumps(found) + "\n")
    return 1 if any(set(one["inbox"]) - {"handled"} for one in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
