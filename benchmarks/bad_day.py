"""How much slower a community is beside one whose host misbehaves: calls to its own host, and members' queries, for each of twelve faults.

Blocks alone and beside the fault take turns in one run. What is printed is the ratio of their 99th percentiles, which should be below 2: of the time that
passed, and, because that is as noisy as the machine, of what the process did meanwhile (CPU time). The bad host has a process of its own.
Run it as ``python -m benchmarks.bad_day``, on an idle machine; it takes about five minutes.
"""

import argparse
import asyncio
import contextlib
import email.utils
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from mentorgraph.host import HostError
from plugin import http
from plugin.store.migrate import migrate_database
from tests.conftest import FixedClock, make_settings
from tests.schema.world import ORIGIN, START, World, fill, served, world_of
from tests.security.test_hostile_host import (
    Behaviour,
    Hostile,
    bomb,
    calling,
    drip,
    elsewhere,
    endless,
    hang,
    hosting,
    huge,
    reset,
    said,
    truncate,
    well,
)

CALLERS, PAUSE = 3, 0.2
"""That call the bad host at the same time, and seconds between two calls of one: several times what a community's work asks of its host."""
ASK = {"query": "{ viewer { suggestions(first: 5) { edges { node { score member { username } } } } } }"}


async def busy(_host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(said("429 Too Many Requests", "Retry-After: 1"))


async def busy_until(_host: Hostile, writer: asyncio.StreamWriter) -> None:
    until = datetime.now(UTC) + timedelta(seconds=2)
    writer.write(said("429 Too Many Requests", f"Retry-After: {email.utils.format_datetime(until, usegmt=True)}"))


async def away(_host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(said("503 Service Unavailable"))


async def html(_host: Hostile, writer: asyncio.StreamWriter) -> None:
    writer.write(said("200 OK", "Content-Type: text/html", body=b"<html>" + b"x" * 50_000))


FAULTS: dict[str, Behaviour] = {
    "429 in seconds": busy,
    "429 as a date": busy_until,
    "503": away,
    "hang": hang,
    "drip": drip,
    "reset": reset,
    "truncate": truncate,
    "HTML for JSON": html,
    "redirect elsewhere": elsewhere,
    "100 MB": huge,
    "100 MB unannounced": endless,
    "gzip bomb": bomb,
}


@contextlib.asynccontextmanager
async def elsewhere_hosted(behaviour: Behaviour) -> AsyncIterator[Hostile]:
    """A bad host in a process of its own, as hosts are: what it does is not our work."""
    name = next(name for name, one in FAULTS.items() if one is behaviour)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bad_day", "--host", name, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None  # noqa: S101 - it was asked for
    address = (await process.stdout.readline()).decode().strip()
    try:
        yield Hostile(behaviour, address)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if (code := await process.wait()) >= 0:
            raise SystemExit(f"the bad host ended by itself with {code}: what was measured beside it counts for nothing")


async def host_of(name: str) -> None:
    """What that process does until it is killed."""
    async with hosting(FAULTS[name]) as host:
        print(host.address, flush=True)
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def suffering(behaviour: Behaviour) -> AsyncIterator[None]:
    """Callers of a bad host, until this is left."""
    async with elsewhere_hosted(behaviour) as host, calling(host, tries=1) as call:

        async def again() -> None:
            while True:
                with contextlib.suppress(HostError):
                    await call()
                await asyncio.sleep(PAUSE)

        tasks = [asyncio.create_task(again()) for _ in range(CALLERS)]
        await asyncio.sleep(0.2)
        try:
            yield
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def block(work: Callable[[], Awaitable[object]], count: int) -> list[tuple[float, float]]:
    """Seconds that passed and seconds of work of the process, for each call."""
    found = []
    for _ in range(count):
        began, worked = time.perf_counter(), time.process_time()
        await work()
        found.append((time.perf_counter() - began, time.process_time() - worked))
        await asyncio.sleep(0.002)
    return found


def p99(times: list[tuple[float, float]], which: int) -> float:
    return statistics.quantiles([one[which] for one in times], n=100)[98]


async def measure(world: World, address: str, *, faults: Sequence[str], blocks: int, count: int) -> dict[str, dict[str, float]]:
    token = await world.token("cat")
    found: dict[str, dict[str, float]] = {}
    async with hosting(well) as good, calling(good) as call, httpx2.AsyncClient(trust_env=False, timeout=30) as client:

        async def ask() -> None:
            answer = await client.post(f"http://{address}/graphql", json=ASK, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()

        works: dict[str, Callable[[], Awaitable[object]]] = {"host": call, "query": ask}
        for work in works.values():
            await block(work, count)
        for name in faults:
            behaviour = FAULTS[name]
            times: dict[tuple[str, str], list[tuple[float, float]]] = {(what, when): [] for what in works for when in ("alone", "beside")}
            for _ in range(blocks):
                for what, work in works.items():
                    times[what, "alone"] += await block(work, count)
                async with suffering(behaviour):
                    for what, work in works.items():
                        times[what, "beside"] += await block(work, count)
            for which, how in enumerate(("", "_cpu")):
                ratio = {f"{what}{how}": round(p99(times[what, "beside"], which) / p99(times[what, "alone"], which), 2) for what in works}
                found[name] = found.get(name, {}) | ratio
            print(name, found[name], file=sys.stderr)
    return found


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=6)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS), metavar="FAULT", help=f"some of: {', '.join(FAULTS)}")
    parser.add_argument("--host", choices=FAULTS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.host:
        await host_of(chosen.host)
    http.TOTAL_SECONDS = 2.0
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(database_url=f"sqlite:///{Path(folder) / 'bench.db'}", public_url=ORIGIN)
        await migrate_database(settings)
        async with world_of(settings, FixedClock(now=START)) as world:
            await fill(world)
            async with served(world.app) as address:
                found = await measure(world, address, faults=chosen.faults, blocks=chosen.blocks, count=chosen.count)
    print(json.dumps({"p99_beside_to_alone": found, "worst_cpu": max(max(one["host_cpu"], one["query_cpu"]) for one in found.values())}))


if __name__ == "__main__":
    asyncio.run(main())
