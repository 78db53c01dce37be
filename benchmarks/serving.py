"""Servers in processes of their own under the same load, and what CPU a request takes them."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Run:
    """One run against one server."""

    cpu_us: float
    per_second: float
    p99_ms: float


def post(path: str, body: bytes, *, token: str = "") -> bytes:
    """A request as it goes over the wire."""
    who = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{who}\r\n"
    return head.encode() + body


async def load(port: int, request: bytes, *, requests: int, connections: int, marker: bytes) -> tuple[float, list[float]]:
    """Send a request again and again over kept connections; seconds in all and of each. An answer without ``marker`` ends the benchmark."""
    left = iter(range(requests))
    times: list[float] = []

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for _ in left:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
            answer = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200") or marker not in answer or b'"errors"' in answer:
                raise RuntimeError(f"refused: {head[:200]!r} {answer[:500]!r}")
            times.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return time.perf_counter() - began, times


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

    def run(self, request: bytes, *, requests: int, connections: int, marker: bytes) -> Run:
        """One measured run: the CPU time of the process with all its threads, so that the load itself does not count."""
        process = psutil.Process(self.process.pid)
        before = process.cpu_times()
        seconds, times = asyncio.run(load(self.port, request, requests=requests, connections=connections, marker=marker))
        after = process.cpu_times()
        cpu = (after.user - before.user) + (after.system - before.system)
        return Run(cpu / requests * 1e6, requests / seconds, statistics.quantiles(times, n=100)[98] * 1e3)

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def say(line: str) -> None:
    """Progress."""
    sys.stderr.write(line + "\n")
