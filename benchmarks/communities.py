#!/usr/bin/env python3
"""One service for ten, a hundred and a thousand communities of a thousand members each, on PostgreSQL.

One community is filled through the services, as a forum's events would; the others are copies of its rows under ids and keys of their own. Then, at each
size, a service in a process of its own, with its worker, is sent three kinds of requests, mixed at random over all communities: the suggestions that wait for
a member, a need in words to be ranked at once (which needs the community's graph in memory), and signed deliveries. Printed are the percentiles of each,
memory, and the transactions of PostgreSQL for each request.

usage: communities.py [--sizes 10 100 1000] [--members 1000] [--posts 4] [--requests 3000] [--connections 8]
Progress goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import asyncio
import hmac
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.filling import new_community, postgresql
from benchmarks.ranking_scale import Town
from benchmarks.serving import say, serving
from integrations.servers import free_port
from mentorgraph import events as e
from plugin.app import Parts, compose
from plugin.domain.needs import Need, NeedState, Reason, Suggestion
from plugin.services.hosts import handlers
from plugin.services.identity import access
from plugin.settings import Settings
from plugin.store.migrate import migrate_database
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork

KEY = "k" * 32
COPIED = ("members", "spaces", "topics", "posts", "likes", "vocabulary", "rare_terms", "mentions", "consents", "habits", "tags")
"""Tables whose rows are a community's content. What is sealed is bound to its community, so it is made anew for each: needs and tokens."""
VIEWER = "{ viewer { suggestions(first: 5) { edges { node { score member { username } reasons { text contribution } } } } } }"
EXPERTS = "query Experts($need: String!) { expertsFor(need: $need, first: 5) { member { username } reasons { text contribution } } }"
BATCH = 2_000


@dataclass(frozen=True)
class Place:
    """What is needed to be a member of a community and to send its deliveries."""

    id: int
    url: str
    token: str
    secret: str


# ------------------------------------------------------------------------------------------------------------------ filling


def happened(members: int, posts: int) -> Iterator[e.Event]:
    """What a forum would tell: members, topics, posts. Words and activity by Zipf's law, as in ``ranking_scale.py``."""
    town, now = Town(members, seed=1), datetime.now(UTC)
    base, host = "https://forum.example.org", e.Source.HOST
    yield e.SpaceChanged(seen_at=now, source=host, space_id="1", name="General", access=e.Access.MEMBERS)
    for number in range(1, members + 1):
        seen = now - timedelta(days=number % 40)
        yield e.MemberChanged(
            seen_at=now,
            source=host,
            host_user_id=str(number),
            username=f"member{number}",
            name=f"Member {number}",
            created_at=seen,
            last_seen_at=seen,
            active=True,
        )
    word = {name: f"word{number}" for number, name in enumerate(town._names.tolist())}  # noqa: SLF001  # the town's words, as text
    post, topic = 0, 0
    while post < members * posts:
        topic += 1
        subject = town.rng.integers(0, 2_000, 1)
        authors = (town.people(1 + int(town.rng.poisson(posts))) + 1).tolist()
        at = now - timedelta(minutes=int(town.rng.integers(1, 400 * 1440)))
        address = f"{base}/t/{topic}"
        title = " ".join(word[one] for one in town.words(subject, town.rng.integers(4, 8, 1))[0].tolist())
        yield e.TopicChanged(
            seen_at=now,
            source=host,
            topic_id=str(topic),
            title=title,
            slug="t",
            url=address,
            space_id="1",
            author_id=str(authors[0]),
            created_at=at,
            bumped_at=at,
        )
        for number, author in enumerate(authors, start=1):
            post += 1
            said = at + timedelta(minutes=number)
            text = " ".join(word[one] for one in town.words(subject, town.rng.integers(12, 30, 1))[0].tolist())
            yield e.PostChanged(
                seen_at=now,
                source=host,
                post_id=str(post),
                topic_id=str(topic),
                author_id=str(author),
                number=number,
                reply_to_number=None,
                created_at=said,
                updated_at=said,
                text=text,
                url=f"{address}/{number}",
                space_id="1",
            )


def batched(events: Iterable[e.Event]) -> Iterator[list[e.Event]]:
    """In lists of some thousand."""
    left = iter(events)
    while batch := list(islice(left, BATCH)):
        yield batch


async def belong(parts: Parts, installation_id: int, number: int) -> str:
    """A member for whom five others were suggested; a token of theirs."""

    def work(unit: UnitOfWork) -> int:
        me = unit.members.by_username(f"member{number}")
        if me is None:
            raise RuntimeError("the members are not there")
        need = Need(id=unit.new_id(), member_id=me.id, text="pricing", topic_id=None, state=NeedState.ANSWERED, stated_at=unit.now, terms={})
        unit.needs.put(need)
        others = [one.id for one in (unit.members.by_username(f"member{number + step}") for step in range(1, 6)) if one is not None]
        reasons = (Reason(criterion="topic", contribution=30.0, facts={"topics": 3}, words=("pricing",), post_ids=()),)
        unit.suggestions.replace(
            need.id,
            [
                Suggestion(id=unit.new_id(), need_id=need.id, member_id=other, for_member_id=me.id, score=30.0, rank=rank, reasons=reasons, created_at=unit.now)
                for rank, other in enumerate(others, start=1)
            ],
        )
        return me.id

    member_id = await parts.runtime.database.write(installation_id, work)
    return await access.create_token(parts.runtime, installation_id, member_id=member_id, scopes=None, name="benchmark", lifetime=None, audience="api")


async def copy(connection: "asyncpg.Connection[asyncpg.Record]", one: int, other: int) -> None:
    """The content of one community for another."""
    for table in metadata.sorted_tables:
        if table.name in COPIED:
            columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "installation_id")
            await connection.execute(
                f'INSERT INTO "{table.name}" (installation_id, {columns}) SELECT $1, {columns} FROM "{table.name}" WHERE installation_id = $2', other, one
            )


async def fill(parts: Parts, admin_url: str, places: list[Place], *, to: int, members: int, posts: int) -> None:
    """As many communities as asked for."""
    connection = await asyncpg.connect(admin_url)
    try:
        while len(places) < to:
            url = f"https://forum{len(places)}.example.org"
            made, secret = await new_community(parts, url, name=f"Community {len(places)}")
            if not places:
                for batch in batched(happened(members, posts)):
                    await parts.runtime.database.write(made, lambda unit, batch=batch: handlers.apply(batch, unit))  # type: ignore[misc]  # defaults bind
            else:
                async with connection.transaction():
                    await copy(connection, places[0].id, made)
            places.append(Place(made, url, await belong(parts, made, 1 + len(places) % (members - 10)), secret))
            if len(places) % 100 == 0:
                say(f"{len(places)} communities")
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


# ------------------------------------------------------------------------------------------------------------------ load


class Load:
    """Requests of three kinds over some communities."""

    def __init__(self, base: str, places: Sequence[Place], *, seed: int, words: Sequence[str]) -> None:
        self.base, self.places, self.chance, self.words = base, places, random.Random(seed), words  # noqa: S311 - a load, no secret
        self.times: dict[str, list[float]] = {"suggestions": [], "ranking": [], "delivery": []}
        self.number = int(time.time()) * 10**6

    def request(self, kind: str) -> tuple[str, bytes, dict[str, str]]:
        place = self.chance.choice(self.places)
        if kind == "delivery":
            self.number += 1
            body = json.dumps({"ping": "OK", "number": self.number}).encode()
            headers = {
                "content-type": "application/json",
                "x-discourse-instance": place.url,
                "x-discourse-event-id": str(self.number),
                "x-discourse-event-type": "ping",
                "x-discourse-event": "ping",
                "x-discourse-event-signature": "sha256=" + hmac.new(place.secret.encode(), body, sha256).hexdigest(),
            }
            return f"{self.base}/hooks/{place.id}/", body, headers
        query: dict[str, object] = {"query": VIEWER}
        if kind == "ranking":
            query = {"query": EXPERTS, "variables": {"need": " ".join(self.chance.choices(self.words, k=8))}}
        return f"{self.base}/graphql", json.dumps(query).encode(), {"content-type": "application/json", "authorization": f"Bearer {place.token}"}

    async def run(self, requests: int, *, connections: int) -> float:
        """Send them; seconds in all."""
        left = iter(range(requests))

        async def one(client: httpx2.AsyncClient) -> None:
            for _ in left:
                kind = self.chance.choice(list(self.times))
                url, body, headers = self.request(kind)
                began = time.perf_counter()
                answer = await client.post(url, content=body, headers=headers)
                self.times[kind].append(time.perf_counter() - began)
                if not answer.is_success or b'"errors"' in answer.content:
                    raise RuntimeError(f"{kind}: {answer.status_code} {answer.text[:500]}")

        began = time.perf_counter()
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
            await asyncio.gather(*(one(client) for _ in range(connections)))
        return time.perf_counter() - began

    def summary(self) -> dict[str, dict[str, float]]:
        return {
            kind: {"p50_ms": round(statistics.median(times) * 1e3, 1), "p99_ms": round(statistics.quantiles(times, n=100)[98] * 1e3, 1)}
            for kind, times in self.times.items()
        }


async def transactions(admin_url: str) -> int:
    """Transactions that PostgreSQL ended."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        return int(await connection.fetchval("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'mentorgraph'"))
    finally:
        await connection.close()


async def sizes(admin_url: str, *, members: int) -> dict[str, Any]:
    """The largest tables: rows, and bytes of a row and of a member, indexes included."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("ANALYZE")
        found = await connection.fetch(
            "SELECT relname AS name, reltuples::bigint AS rows, pg_total_relation_size(oid) AS bytes FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY bytes DESC"
        )
    finally:
        await connection.close()
    largest = {
        one["name"]: {"rows": one["rows"], "bytes_a_row": round(one["bytes"] / max(one["rows"], 1)), "bytes_a_member": round(one["bytes"] / members)}
        for one in found[:6]
    }
    return largest | {"everything": {"bytes_a_member": round(sum(one["bytes"] for one in found) / members)}}


async def measured(
    folder: Path, settings: Settings, admin_url: str, places: Sequence[Place], *, requests: int, connections: int, words: Sequence[str]
) -> dict[str, Any]:
    """One size: first everything once, so that each graph that is asked for is built, then what counts."""
    port = free_port()
    counted = folder / "statements"
    with serving(settings, port, command=(str(ROOT / "benchmarks/counted.py"), str(counted))) as started:
        process = psutil.Process(started.pid)
        start_mb = process.memory_info().rss / 2**20
        base = f"http://127.0.0.1:{port}"
        cold = Load(base, places, seed=1, words=words)
        await cold.run(min(requests, 3 * len(places)), connections=connections)
        load = Load(base, places, seed=2, words=words)
        await asyncio.sleep(1)
        sent, before, cpu = int(counted.read_text()), await transactions(admin_url), process.cpu_times()
        seconds = await load.run(requests, connections=connections)
        await asyncio.sleep(2)
        spent = process.cpu_times()
        return {
            "communities": len(places),
            "cold": cold.summary(),
            "warm": load.summary(),
            "per_second": round(requests / seconds),
            "cpu_ms_per_request": round(((spent.user - cpu.user) + (spent.system - cpu.system)) / requests * 1e3, 2),
            "statements_per_request": round((int(counted.read_text()) - sent) / requests, 1),
            "transactions_per_request": round((await transactions(admin_url) - before) / requests, 2),
            "rss_mb": {"at_start": round(start_mb), "at_the_end": round(process.memory_info().rss / 2**20)},
        }


async def compare(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    with postgresql(folder) as (url, migrate_url):
        admin_url = url.replace("mentorgraph_service@", "postgres:@")
        settings = Settings(database_url=url, migrate_url=migrate_url, secret_keys=(KEY,), log_level="error")
        await migrate_database(settings)
        parts = compose(settings)
        words = [f"word{number}" for number in range(200, 3_000)]
        places: list[Place] = []
        results = []
        try:
            for size in given.sizes:
                began = time.monotonic()
                await fill(parts, admin_url, places, to=size, members=given.members, posts=given.posts)
                say(f"{size} communities are there after {time.monotonic() - began:.0f} s")
                results.append(await measured(folder, settings, admin_url, places[:size], requests=given.requests, connections=given.connections, words=words))
                say(json.dumps(results[-1]))
        finally:
            await parts.close()
        tables = await sizes(admin_url, members=given.members * len(places))
        return {"members": given.members, "posts": given.members * given.posts, "sizes": results, "tables": tables}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    arguments.add_argument("--members", type=int, default=1_000)
    arguments.add_argument("--posts", type=int, default=4)
    arguments.add_argument("--requests", type=int, default=3_000)
    arguments.add_argument("--connections", type=int, default=8)
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(asyncio.run(compare(Path(folder), arguments.parse_args()))) + "\n")


if __name__ == "__main__":
    main()
