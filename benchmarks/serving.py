"""Servers in processes of their own under the same load, and what CPU a request takes them."""

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from plugin.settings import Settings


@dataclass(frozen=True)
class Run:
    """One run against one server."""

    cpu_us: float
    per_second: float
    p99_ms: float


@dataclass(frozen=True)
class Slice:
    """A part of a run: CPU seconds, seconds, and seconds of each request."""

    cpu: float
    seconds: float
    times: Sequence[float]


def whole(slices: Sequence[Slice]) -> Run:
    """A run of its slices."""
    times = [one for part in slices for one in part.times]
    cpu, seconds = sum(part.cpu for part in slices), sum(part.seconds for part in slices)
    return Run(cpu / len(times) * 1e6, len(times) / seconds, statistics.quantiles(times, n=100)[98] * 1e3)


Accept = Callable[[bytes, bytes], bool]
"""Whether the head and the body of an answer are what was asked for."""


def acknowledged(head: bytes, _body: bytes) -> bool:
    """Any 2xx."""
    return head.startswith(b"HTTP/1.1 2")


def holds(marker: bytes) -> Accept:
    """A 200 with ``marker`` in it and no GraphQL errors."""

    def accept(head: bytes, body: bytes) -> bool:
        return head.startswith(b"HTTP/1.1 200") and marker in body and b'"errors"' not in body

    return accept


def post(path: str, body: bytes, *, token: str = "") -> bytes:
    """A request as it goes over the wire."""
    who = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{who}\r\n"
    return head.encode() + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[bytes, bytes]:
    """Send a request over a kept connection; the head and the body of its answer."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    return head, await reader.readexactly(length)


async def load(port: int, requests: Iterable[bytes], *, connections: int, accept: Accept, times: list[float] | None = None) -> tuple[float, list[float]]:
    """Send each request once over kept connections; seconds in all and of each, which go into ``times`` as they come.

    An answer whose head and body ``accept`` refuses ends the benchmark.
    """
    left = iter(requests)
    took = times if times is not None else []

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for request in left:
            began = time.perf_counter()
            head, answer = await exchange(reader, writer, request)
            if not accept(head, answer):
                raise RuntimeError(f"refused: {head[:200]!r} {answer[:500]!r}")
            took.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as together:
        for _ in range(connections):
            together.create_task(one_connection())
    return time.perf_counter() - began, took


class Server:
    """A server in a process of its own; not left behind when it does not start."""

    def __init__(self, command: Sequence[str], port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(command, cwd=ROOT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                asyncio.run(self._knock())
                return
            except OSError:
                time.sleep(0.05)
        self.close()
        raise RuntimeError(f"the server {command} did not start")

    async def _knock(self) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.close()

    def run(self, requests: Sequence[bytes], *, connections: int, accept: Accept) -> "Slice":
        """Send these; the CPU time is that of the process with all its threads, so that the load itself does not count."""
        before = self.cpu()
        seconds, times = asyncio.run(load(self.port, requests, connections=connections, accept=accept))
        return Slice(self.cpu() - before, seconds, times)

    def cpu(self) -> float:
        """Seconds on a CPU of all threads there are; in nanoseconds where the system counts them, else in its ticks."""
        try:
            tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        except (OSError, ValueError, IndexError):
            spent = psutil.Process(self.process.pid).cpu_times()
            return float(spent.user + spent.system)

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


@contextlib.contextmanager
def serving(settings: Settings, port: int, *, command: Sequence[str] = ("-m", "plugin")) -> "Iterator[subprocess.Popen[bytes]]":
    """The service as operators start it, once it is ready; stopped as they stop it. ``command`` is what Python is given for it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")} | {
        "MENTORGRAPH_DATABASE_URL": settings.database_url,
        "MENTORGRAPH_SECRET_KEYS": ",".join(settings.secret_keys),
        "MENTORGRAPH_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MENTORGRAPH_LOG_LEVEL": "error",
    }
    with subprocess.Popen([sys.executable, *command, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 120
            while not _is_ready(port):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError("the service did not become ready: nothing can be measured")
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(60)


def _is_ready(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success
    except httpx2.HTTPError:
        return False


def say(line: str) -> None:
    """Progress."""
    sys.stderr.write(line + "\n")
