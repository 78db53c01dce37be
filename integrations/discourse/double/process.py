"""Running a double beside something else: in a thread, or as a process of its own."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

from integrations.discourse.double.app import create_double
from integrations.discourse.double.client import DoubleControl
from integrations.discourse.double.forum import Forum
from integrations.servers import free_port, served_in_thread

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Running:
    """A double that answers. ``forum`` is there only when it runs in a thread of this process; touch it only through the control while requests run."""

    base_url: str
    control: DoubleControl
    forum: Forum | None = None


@contextmanager
def double_thread(forum: Forum | None = None, *, port: int = 0) -> Iterator[str]:
    """Run a double in a thread; gives its address. For clients that are not async."""
    forum = forum or Forum()
    number = port or free_port()
    forum.settings.base_url = f"http://127.0.0.1:{number}"
    with served_in_thread(create_double(forum), port=number):
        yield forum.settings.base_url


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
