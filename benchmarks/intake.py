#!/usr/bin/env python3
"""What it costs to acknowledge a delivery only once it is durable.

The service's `/hooks` beside a handler that reads the body, verifies the same signature and answers 202, as one writes it with Starlette, and beside the
same as a bare ASGI function, the least that uvicorn can do. All of them run on the same uvicorn, event loop and parser, each in a process of its own, under
the same load over real HTTP. CPU time is the server process's own with all its threads (user + system), from the operating system, so the load generator and
PostgreSQL's processes do not count. Runs are interleaved, each in slices, so that whatever else the machine does meets all of them alike; a figure is the
median of the ratios run by run.

SQLite runs with synchronous=FULL. PostgreSQL runs with fsync and synchronous_commit on, which is checked, and the service connects as the plain role that
it needs.

usage: intake.py [--runs 5] [--requests 12000] [--connections 64] [--database sqlite|postgresql|both]
Progress goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.filling import new_community, postgresql
from benchmarks.serving import Run, Server, Slice, acknowledged, whole
from integrations.servers import free_port

SECRET = "a secret for the benchmark only"  # noqa: S105 - not a secret


def body_of(number: int) -> bytes:
    """A delivery as Discourse sends one: a post of about 2 kB."""
    post = {
        "id": number,
        "username": "maya",
        "created_at": "2026-01-03T04:17:24.550Z",
        "updated_at": "2026-01-03T04:17:24.550Z",
        "cooked": "<p>" + "what members write to each other " * 20 + "</p>",
        "raw": "what members write to each other " * 20,
        "post_number": 2,
        "post_type": 1,
        "topic_id": number // 7 + 1,
        "topic_title": "How do I price my first product?",
        "topic_slug": "how-do-i-price-my-first-product",
        "category_id": 5,
        "topic_archetype": "regular",
        "user_id": number % 500 + 1,
        "version": 1,
        "hidden": False,
    }
    return json.dumps({"post": post}, separators=(",", ":")).encode()


# ------------------------------------------------------------------------------------------------------------------ the two servers


def signed(body: bytes, given: bytes) -> bool:
    """Whether the signature is the body's."""
    wanted = b"sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    return hmac.compare_digest(wanted, given)


def starlette_app() -> ASGIApp:
    """The limit as one writes it: read, verify, answer."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def receive(request: Request) -> Response:
        body = await request.body()
        given = request.headers.get("x-discourse-event-signature", "").encode()
        return Response(status_code=202 if signed(body, given) else 401)

    return Starlette(routes=[Route("/hooks/{installation}/{rest:path}", receive, methods=["POST"])])


async def asgi_app(scope: Scope, receive: Receive, send: Send) -> None:
    """The limit without a framework: read, verify, answer."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    given = next((value for name, value in scope["headers"] if name == b"x-discourse-event-signature"), b"")
    await send({"type": "http.response.start", "status": 202 if signed(body, given) else 401, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def serve_app(app: ASGIApp, port: int) -> None:
    """With the same settings of uvicorn as the service."""
    import uvicorn

    from plugin.cli.serving import server_config

    uvicorn.Server(server_config(app, host="127.0.0.1", port=port)).run()


def serve_service(port: int, url: str) -> None:
    """The service, without the worker: what is measured is taking deliveries in."""
    from plugin.app import build, compose
    from plugin.logs import configure_logging
    from plugin.settings import Settings

    settings = Settings(database_url=url, secret_keys=("k" * 32,), log_level="error")
    configure_logging(settings)
    serve_app(build(compose(settings), embedded_worker=False), port)


async def prepare(url: str, migrate_url: str) -> int:
    """Tables, and one installation whose hook secret is known; the forum itself is not needed to take its deliveries in."""
    from plugin.app import compose
    from plugin.settings import Settings
    from plugin.store.migrate import migrate_database

    settings = Settings(database_url=url, migrate_url=migrate_url, secret_keys=("k" * 32,))
    await migrate_database(settings)
    parts = compose(settings)
    try:
        return (await new_community(parts, "https://forum.example.org", name="Benchmark", hook_secret=SECRET))[0]
    finally:
        await parts.close()


# ------------------------------------------------------------------------------------------------------------------ the load


def delivery(installation_id: int, number: int) -> bytes:
    """A signed delivery as it goes over the wire."""
    body = body_of(number)
    head = (
        f"POST /hooks/{installation_id}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "X-Discourse-Instance: https://forum.example.org\r\n"
        f"X-Discourse-Event-Id: {number}\r\nX-Discourse-Event-Type: post\r\nX-Discourse-Event: post_created\r\n"
        f"X-Discourse-Event-Signature: sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}\r\n\r\n"
    )
    return head.encode() + body


def server(kind: str, url: str) -> Server:
    """One of them in a process of its own."""
    port = free_port()
    return Server([sys.executable, __file__, "--serve", kind, "--url", url, "--port", str(port)], port)


LIMITS = ("starlette", "asgi")
SLICES = 12
"""Parts of a run."""


def compare(name: str, url: str, migrate_url: str, *, runs: int, requests: int, connections: int) -> dict[str, object]:
    """Interleaved runs of the service and of what it is compared with."""
    installation_id = asyncio.run(prepare(url, migrate_url))
    found: dict[str, list[Run]] = {kind: [] for kind in (*LIMITS, "service")}
    with contextlib.ExitStack() as stack:
        servers: dict[str, Server] = {}
        for kind in found:
            servers[kind] = server(kind, url)
            stack.callback(servers[kind].close)
        size = max(connections, requests // SLICES)
        for turn in range(runs + 1):
            slices: dict[str, list[Slice]] = {kind: [] for kind in found}
            for number in range(SLICES):
                first = (turn * SLICES + number) * size + 1
                deliveries = [delivery(installation_id, number) for number in range(first, first + size)]
                for kind, one in servers.items():
                    slices[kind].append(one.run(deliveries, connections=connections, accept=acknowledged))
            # The first turn warms all of them up and does not count.
            if turn:
                for kind, parts in slices.items():
                    found[kind].append(whole(parts))
                said = ", ".join(f"{kind} {runs_[-1].cpu_us:.0f}" for kind, runs_ in found.items())
                sys.stderr.write(f"{name}: us/request: {said}; ratio {found['service'][-1].cpu_us / found['starlette'][-1].cpu_us:.2f}\n")
    ours = found["service"]
    median = {kind: round(statistics.median(one.cpu_us for one in runs_)) for kind, runs_ in found.items()}
    ratios = {kind: statistics.median(one.cpu_us / limit.cpu_us for limit, one in zip(found[kind], ours, strict=True)) for kind in LIMITS}
    return {
        "cpu_ratio": round(ratios["starlette"], 2),
        "cpu_ratio_to_bare_asgi": round(ratios["asgi"], 2),
        "cpu_us": median["service"],
        "bare_cpu_us": median["starlette"],
        "bare_asgi_cpu_us": median["asgi"],
        "requests_per_second": round(statistics.median(one.per_second for one in ours)),
        "p99_ms": round(statistics.median(one.p99_ms for one in ours), 1),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--requests", type=int, default=12_000)
    arguments.add_argument("--connections", type=int, default=64)
    arguments.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments.add_argument("--serve", choices=[*LIMITS, "service"])
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--url", default="")
    given = arguments.parse_args()
    if given.serve in LIMITS:
        return serve_app(starlette_app() if given.serve == "starlette" else asgi_app, given.port)
    if given.serve == "service":
        return serve_service(given.port, given.url)
    found: dict[str, object] = {}
    many = {"runs": given.runs, "requests": given.requests, "connections": given.connections}
    with tempfile.TemporaryDirectory() as folder:
        if given.database in {"sqlite", "both"}:
            found["sqlite_full"] = compare("SQLite FULL", f"sqlite:///{folder}/intake.db", "", **many)
        if given.database in {"postgresql", "both"}:
            with postgresql(Path(folder)) as (url, migrate_url):
                found["postgresql"] = compare("PostgreSQL", url, migrate_url, **many)
    sys.stdout.write(json.dumps(found) + "\n")
    return None


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
