#!/usr/bin/env python3
"""What a GraphQL query costs, beside its peers and its limits in the same run.

Twenty rows of four fields: the whole service (who asks, limits, budgets, rows from SQLite) beside npm graphql-yoga with graphql-armor, which serves the same
rows out of memory and asks nobody who they are. Twenty suggestions with members and reasons: the service beside graphql-core alone (over dictionaries in
memory, with the document parsed and checked once) and beside orjson on the ready dictionary, both behind Starlette. Each server is a process of its own on
loopback; runs are interleaved; CPU time is the server's own. Free text is sent as any client sends it; a trusted document by its hash.

usage: queries.py [--runs 5] [--requests 2000] [--connections 16]
Progress goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp

if TYPE_CHECKING:
    from mentorgraph.events import MemberChanged

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.serving import Run, Server, exchange, holds, post, say, whole

PACKAGES = {"graphql-yoga": "5.24.1", "@escape.tech/graphql-armor": "3.2.0", "graphql": "16.15.0"}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mentorgraph-benchmarks" / "yoga-5.24.1"
ROWS = "query Rows { members(first: 20) { edges { node { id username name hostUserId } } } }"
VIEWER = """query Suggestions {
  viewer { suggestions(first: 20) { edges { node { id score member { id username name } reasons { criterion text contribution evidence { title url } } } } } }
}"""
KEYS = ("k" * 32,)
PEOPLE = 40


# ------------------------------------------------------------------------------------------------------------------ a community


def _member(number: int, now: datetime) -> "MemberChanged":
    from mentorgraph.events import MemberChanged, Source

    name = f"member{number:02d}"
    return MemberChanged(seen_at=now, source=Source.HOST, host_user_id=str(number), username=name, name=f"Member {number}", created_at=now, active=True)


async def fill(url: str) -> str:
    """Members, posts, and twenty suggestions for one of them; gives a token of hers."""
    from mentorgraph import events as e
    from plugin.app import compose
    from plugin.domain.needs import Need, NeedState, Reason, Suggestion
    from plugin.services.hosts import handlers
    from plugin.services.identity import access
    from plugin.settings import Settings
    from plugin.store.migrate import migrate_database
    from plugin.store.unit_of_work import UnitOfWork

    settings = Settings(database_url=url, secret_keys=KEYS)
    await migrate_database(settings)
    parts = compose(settings)
    keys = dict.fromkeys(("terms", "tombstones", "audit"), "00" * 32)
    database = parts.runtime.database
    one = await database.manage(lambda all_: all_.create(host="discourse", base_url="https://forum.example.org", secrets={}, keys=keys, name="Benchmark"))
    now = datetime.now(UTC)
    base = "https://forum.example.org"
    happened: list[e.Event] = [e.SpaceChanged(seen_at=now, source=e.Source.HOST, space_id="1", name="General", access=e.Access.MEMBERS)]
    happened += [_member(number, now) for number in range(1, PEOPLE + 1)]
    for number in range(1, PEOPLE + 1):
        happened.append(
            e.TopicChanged(
                seen_at=now,
                source=e.Source.HOST,
                topic_id=str(number),
                title=f"How do I price product {number}?",
                slug="t",
                url=f"{base}/t/{number}",
                space_id="1",
                author_id="1",
                created_at=now,
                bumped_at=now,
            )
        )
        happened.append(
            e.PostChanged(
                seen_at=now,
                source=e.Source.HOST,
                post_id=str(number),
                topic_id=str(number),
                author_id=str(number),
                number=1,
                reply_to_number=None,
                created_at=now,
                updated_at=now,
                text="what customers say of yearly plans",
                url=f"{base}/t/{number}/1",
                space_id="1",
            )
        )

    def work(unit: UnitOfWork) -> int:
        unit.lanes.create()
        unit.update_installation(state="active")
        handlers.apply(happened, unit)
        unit.flush_rows()
        me = unit.members.by_username("member01")
        if me is None:
            raise RuntimeError("the members are not there")
        need = Need(id=unit.new_id(), member_id=me.id, text="pricing", topic_id=None, state=NeedState.ANSWERED, stated_at=now, terms={})
        unit.needs.put(need)
        others = [other for other in unit.members.all() if other.id != me.id][:20]
        kinds = ("topic", "help", "presence")
        unit.suggestions.replace(
            need.id,
            [
                Suggestion(
                    id=unit.new_id(),
                    need_id=need.id,
                    member_id=other.id,
                    for_member_id=me.id,
                    score=60.0,
                    rank=rank,
                    created_at=now,
                    reasons=tuple(
                        Reason(criterion=kind, contribution=20.0, facts={"topics": 3, "days": 1}, words=("pricing",), post_ids=(str(rank),)) for kind in kinds
                    ),
                )
                for rank, other in enumerate(others, start=1)
            ],
        )
        return me.id

    member_id = await database.write(one, work)
    token = await access.create_token(parts.runtime, one, member_id=member_id, scopes=None, name="benchmark", lifetime=None, audience="api")
    await parts.close()
    return token


# ------------------------------------------------------------------------------------------------------------------ servers


def serve_app(app: ASGIApp, port: int) -> None:
    import uvicorn

    from plugin.cli.serving import server_config

    uvicorn.Server(server_config(app, host="127.0.0.1", port=port)).run()


def serve_service(port: int, url: str, documents: str) -> None:
    """The service, without the worker. What this benchmark sends is trusted besides what is."""
    from plugin.app import build, compose
    from plugin.logs import configure_logging
    from plugin.settings import Settings
    from schema import budget, trusted

    trusted.FOLDER = Path(documents)
    # A benchmark asks for more than anybody may; the budgets are charged all the same.
    budget.PERSON = budget.TOKEN = budget.COMMUNITY = budget.Rate(maximum=10**12, restored=10**6)
    settings = Settings(database_url=url, secret_keys=KEYS, log_level="error")
    configure_logging(settings)
    serve_app(build(compose(settings), embedded_worker=False), port)


def serve_limit(kind: str, port: int, data: str) -> None:
    """graphql-core, or orjson, on what the service answered."""
    import orjson
    from graphql import build_schema, execute, parse, validate
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from schema.schema import sdl

    ready = orjson.loads(Path(data).read_bytes())
    core = build_schema(sdl())
    document = parse(VIEWER)
    if validate(core, document):
        raise RuntimeError("the document is not valid")

    async def by_core(request: Request) -> Response:
        orjson.loads(await request.body())
        result: Any = execute(core, document, root_value=ready)
        return Response(orjson.dumps({"data": result.data}), media_type="application/json")

    async def by_orjson(request: Request) -> Response:
        orjson.loads(await request.body())
        return Response(orjson.dumps({"data": ready}), media_type="application/json")

    serve_app(Starlette(routes=[Route("/graphql", by_core if kind == "core" else by_orjson, methods=["POST"])]), port)


def yoga(folder: Path, rows: list[dict[str, str]]) -> list[str] | None:
    """The command of the peer, without its port; ``None`` where there is no Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        say("there is no Node, so graphql-yoga is left out")
        return None
    if not (CACHE / "node_modules" / "graphql-yoga").is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], cwd=CACHE, check=True, timeout=300)
    (folder / "rows.json").write_text(json.dumps(rows))
    return [node, str(ROOT / "benchmarks" / "yoga.mjs"), str(CACHE), "", str(folder / "rows.json")]


# ------------------------------------------------------------------------------------------------------------------ the comparison


def asked(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()


def answer(server: Server, request: bytes) -> dict[str, Any]:
    """What a server answers, taken apart."""

    async def once() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=2**20)
        try:
            return (await exchange(reader, writer, request))[1]
        finally:
            writer.close()

    found: dict[str, Any] = json.loads(asyncio.run(once()))
    return found


def compare(folder: Path, *, runs: int, requests: int, connections: int) -> dict[str, object]:
    from integrations.servers import free_port
    from schema.trusted import document_hash

    url = f"sqlite:///{folder}/graphql.db"
    token = asyncio.run(fill(url))
    documents = folder / "documents"
    documents.mkdir()
    for name, text in (("rows", ROWS), ("viewer", VIEWER)):
        (documents / f"{name}.graphql").write_text(text)
    # Free text is the same document but for a blank, so that it is not known by its hash.
    bodies = {
        "rows free": asked({"query": ROWS + " "}),
        "rows trusted": asked({"documentId": f"sha256:{document_hash(ROWS)}"}),
        "viewer free": asked({"query": VIEWER + " "}),
        "viewer trusted": asked({"documentId": f"sha256:{document_hash(VIEWER)}"}),
    }
    with contextlib.ExitStack() as stack:

        def start(*command: str) -> Server:
            port = free_port()
            server = Server([one or str(port) for one in command], port)
            stack.callback(server.close)
            return server

        service = start(sys.executable, __file__, "--serve", "service", "--port", "", "--url", url, "--documents", str(documents))
        plans = {name: (service, post("/graphql", body, token=token)) for name, body in bodies.items()}
        rows = [edge["node"] for edge in answer(*plans["rows free"])["data"]["members"]["edges"]]
        viewer = answer(*plans["viewer free"])["data"]
        (folder / "viewer.json").write_text(json.dumps(viewer))
        for kind in ("core", "orjson"):
            limit = start(sys.executable, __file__, "--serve", kind, "--port", "", "--data", str(folder / "viewer.json"))
            plans[f"viewer {kind}"] = limit, post("/graphql", bodies["viewer free"])
        peer = yoga(folder, rows)
        if peer is not None:
            plans["rows yoga"] = start(*peer), post("/graphql", bodies["rows free"])
            if answer(*plans["rows yoga"])["data"]["members"]["edges"] != [{"node": row} for row in rows]:
                raise RuntimeError("graphql-yoga answers something else")
        found: dict[str, list[Run]] = {name: [] for name in plans}
        for turn in range(runs + 1):
            for name, (server, request) in plans.items():
                run = whole([server.run([request] * requests, connections=connections, accept=holds(b"member"))])
                # The first turn warms all of them up and does not count.
                if turn:
                    found[name].append(run)
            if turn:
                say(f"turn {turn}: us/request: " + ", ".join(f"{name} {runs_[-1].cpu_us:.0f}" for name, runs_ in found.items()))
    return summary(found, values=_values(viewer))


def _values(data: object) -> int:
    from schema.cost import values_in

    return values_in(data)


RATIOS = (
    ("rows free", "rows yoga"),
    ("rows trusted", "rows yoga"),
    ("viewer free", "viewer core"),
    ("viewer trusted", "viewer orjson"),
)


def summary(found: dict[str, list[Run]], *, values: int) -> dict[str, object]:
    """Medians, and ratios pair by pair."""
    ratios = {
        f"{one} / {other}": round(statistics.median(a.cpu_us / b.cpu_us for a, b in zip(found[one], found[other], strict=True)), 2)
        for one, other in RATIOS
        if one in found and other in found
    }
    return {
        "ratios": ratios,
        "cpu_us": {name: round(statistics.median(run.cpu_us for run in runs)) for name, runs in found.items()},
        "p99_ms": {name: round(statistics.median(run.p99_ms for run in runs), 1) for name, runs in found.items()},
        "viewer_values": values,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--requests", type=int, default=2_000)
    arguments.add_argument("--connections", type=int, default=16)
    arguments.add_argument("--serve", choices=["service", "core", "orjson"])
    for name in ("--port", "--url", "--documents", "--data"):
        arguments.add_argument(name, default="")
    given = arguments.parse_args()
    if given.serve == "service":
        return serve_service(int(given.port), given.url, given.documents)
    if given.serve:
        return serve_limit(given.serve, int(given.port), given.data)
    with tempfile.TemporaryDirectory() as folder:
        found = compare(Path(folder), runs=given.runs, requests=given.requests, connections=given.connections)
    sys.stdout.write(json.dumps(found) + "\n")
    return None


if __name__ == "__main__":
    main()
