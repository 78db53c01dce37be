"""Running a double beside something else: in a thread, or as a process of its own."""

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx2
import uvicorn

from integrations.discourse.double.app import create_double
from integrations.discourse.double.client import DoubleControl
from integrations.discourse.double.forum import Forum

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Running:
    """A double that answers. ``forum`` is there only when it runs in a thread of this process; touch it only through the control while requests run."""

    base_url: str
    control: DoubleControl
    forum: Forum | None = None


# Below what systems give to outgoing connections (Linux: from 32768, IANA: from 49152), which might take the port of a server that is started again.
_PORTS = range(20_000, 32_000)
_BLOCK = 100
_claimed: dict[int, Iterator[int]] = {}


def free_port(host: str = "127.0.0.1") -> int:
    """A port for a server that is started, and perhaps started again: nobody listens there, no connection is given it, no other process that asks is told it.

    Each process claims a block of ports for as long as it lives, and goes round in it. Raises :class:`RuntimeError` when no port is left.
    """
    ports = _claimed.get(os.getpid())
    if ports is None:
        ports = _claimed[os.getpid()] = cycle(_claim())
    for port in islice(ports, _BLOCK):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return port
    raise RuntimeError(f"every port of this process's {_BLOCK} is taken")


def _claim() -> range:
    """A block of ports whose first is bound for datagrams, which nobody else can do before this process has ended."""
    for first in _PORTS[::_BLOCK]:
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", first))
        except OSError:
            mark.close()
            continue
        mark.detach()
        return range(first, first + _BLOCK)
    raise RuntimeError(f"no ports are left between {_PORTS.start} and {_PORTS.stop}")


def serve(forum: Forum, *, host: str, port: int, log_level: str = "warning") -> uvicorn.Server:
    """A server for a forum, not yet started."""
    config = uvicorn.Config(create_double(forum), host=host, port=port, log_level=log_level, access_log=False, timeout_graceful_shutdown=2, ws="none")
    return uvicorn.Server(config)


@contextmanager
def double_thread(forum: Forum | None = None, *, port: int = 0) -> Iterator[str]:
    """Run a double in a thread; gives its address. For clients that are not async."""
    forum = forum or Forum()
    number = port or free_port()
    forum.settings.base_url = f"http://127.0.0.1:{number}"
    server = serve(forum, host="127.0.0.1", port=number, log_level="critical")
    thread = threading.Thread(target=server.run, daemon=True, name="forum-double")
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the double did not start")
        time.sleep(0.005)
    try:
        yield forum.settings.base_url
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@asynccontextmanager
async def running_double(forum: Forum | None = None, *, port: int = 0) -> AsyncIterator[Running]:
    """Run a double in a thread of this process, over real HTTP."""
    forum = forum or Forum()
    with double_thread(forum, port=port) as base_url:
        async with DoubleControl(base_url) as control:
            yield Running(base_url, control, forum)


@asynccontextmanager
async def child_double(arguments: Sequence[str] = (), *, port: int = 0, seconds: float = 30.0) -> AsyncIterator[Running]:
    """Run a double as a process of its own and wait until it answers. Raises :class:`RuntimeError` when it does not."""
    number = port or free_port()
    base_url = f"http://127.0.0.1:{number}"
    command = [sys.executable, "-m", "integrations.discourse.double", "--port", str(number), *arguments]
    environment = dict(os.environ) | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    try:
        await _until_it_answers(process, base_url, seconds)
        async with DoubleControl(base_url) as control:
            yield Running(base_url, control)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), timeout=10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _until_it_answers(process: asyncio.subprocess.Process, base_url: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    async with httpx2.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline:
            if process.returncode is not None:
                raise RuntimeError(f"the double ended with status {process.returncode} before it answered")
            with suppress(httpx2.HTTPError):
                if (await client.get(f"{base_url}/srv/status.json")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise RuntimeError(f"the double did not answer at {base_url} within {seconds:g} s")
