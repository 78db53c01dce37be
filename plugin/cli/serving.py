"""Running the service."""

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
import uvicorn

from plugin.app import build, compose, watched
from plugin.cli.common import AsJson, fail, guarded, load_settings, out, run, show
from plugin.logs import configure_logging
from plugin.metering import SHARED
from plugin.services.identity import operating
from plugin.services.operations.checkup import examine
from plugin.store.migrate import migrate_database
from plugin.tracing import configure_tracing
from plugin.web.door import Door
from plugin.worker import Worker

GRACE = 15
"""Seconds that requests under way get when the service is told to stop."""


_COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}


def port_is_free(host: str, port: int) -> bool:
    """Whether nothing listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


OPTIONS: dict[str, Any] = {
    # Its own access log would write sign-in answers, which hold names, into a file.
    "access_log": False,
    "log_level": "warning",
    # What it logs goes through our own logs, which leave out what exceptions say.
    "log_config": None,
    "server_header": False,
    "http": Door,
    "timeout_graceful_shutdown": GRACE,
    # Several processes that start at once on a busy machine need longer than the five seconds after which uvicorn would replace them, for ever.
    "timeout_worker_healthcheck": 60,
    "timeout_keep_alive": 10,
    "ws_max_size": 100_000,
    "proxy_headers": False,
}
"""How uvicorn serves us, in one process and in several."""


def server_config(app: object, *, host: str, port: int) -> uvicorn.Config:
    """:data:`OPTIONS` for one process."""
    return uvicorn.Config(app, host=host, port=port, **OPTIONS)  # type: ignore[arg-type]  # an ASGI application


class Server(uvicorn.Server):
    """Leaves signals to whoever started it, who has something else to end as well."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
) -> None:
    """Serve deliveries, GraphQL and sign-in, and work off what is due."""
    settings = load_settings()
    if workers > 1 and settings.embedded:
        fail("SQLite serves one process: use --workers 1, or PostgreSQL for more (MENTORGRAPH_DATABASE_URL)")
    if not port_is_free(host, port):
        fail(f"port {port} on {host} is taken: stop what listens there or choose another with --port")
    show_set_up_link()
    if workers > 1:
        # Prometheus reaches one of them, whichever it may be, and is told of all.
        with tempfile.TemporaryDirectory(prefix="mentorgraph-") as folder:
            os.environ.setdefault(SHARED, folder)
            uvicorn.run("mentorgraph:create_app", factory=True, host=host, port=port, workers=workers, **OPTIONS)
        return

    async def go() -> None:
        configure_logging(settings)
        configure_tracing(settings)
        parts = compose(settings)
        await parts.runtime.database.check()
        app = build(parts, embedded_worker=settings.embedded or settings.embedded_worker)
        await uvicorn.Server(server_config(app, host=host, port=port)).serve()

    guarded(go())


def show_set_up_link() -> None:
    """Print the operator's way in."""
    link = run(lambda parts: operating.set_up_link(parts.runtime))
    out.print(f"To set up in the browser, once and within an hour: {link}", markup=False)


def operator(
    close: Annotated[bool, typer.Option("--close", help="End every session and link of the operator instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a new set-up link for the browser; it is good once, for an hour, and replaces the one before."""
    if close:
        run(lambda parts: operating.close_sessions(parts.runtime))
        show({"closed": True}, as_json=as_json, lines=lambda: out.print("Every session and link of the operator is over."))
        return
    link = run(lambda parts: operating.set_up_link(parts.runtime))
    show({"link": link}, as_json=as_json, lines=lambda: out.print(link, markup=False))


def worker(
    host: Annotated[str, typer.Option(help="The address to listen on, with --port.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where /healthz, /readyz and /metrics of this process are; without it nowhere.")] = None,
) -> None:
    """Work off what is due, beside other processes (PostgreSQL only)."""
    settings = load_settings()
    if settings.embedded:
        fail("SQLite serves one process, and `mentorgraph serve` works off everything by itself: a separate worker needs PostgreSQL")
    if port is not None and not port_is_free(host, port):
        fail(f"port {port} on {host} is taken: stop what listens there or choose another with --port")

    async def go() -> None:
        configure_logging(settings)
        configure_tracing(settings)
        parts = compose(settings)
        await parts.runtime.database.check()
        runner = Worker(parts.runtime, parts.graphs)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, runner.stop)
        window = None if port is None else Server(server_config(watched(parts), host=host, port=port))
        serving = set() if window is None else {asyncio.create_task(window.serve())}
        try:
            await runner.run()
        finally:
            if window is not None:
                window.should_exit = True
                await asyncio.wait(serving)
            await parts.close()

    guarded(go())


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this version; safe to run twice."""
    settings = load_settings()
    version = guarded(migrate_database(settings))
    show({"version": version}, as_json=as_json, lines=lambda: out.print(f"The database is at version {version}."))


def doctor(as_json: AsJson = False) -> None:
    """Look for the most likely mistakes and say what to do about each."""
    findings = run(lambda parts: examine(parts.runtime))
    ok = not any(one["level"] == "error" for one in findings)

    def lines() -> None:
        for one in findings:
            out.print(f"{one['level']:8}", style=_COLOURS[one["level"]], end=" ")
            out.print(one["message"], markup=False)

    show({"ok": ok, "findings": findings}, as_json=as_json, lines=lines)
    if not ok:
        raise typer.Exit(1)
