"""The interpreter with everything imported: each program that is started here is forked from one process that has read all modules already.

Reading them takes more than two seconds of a processor, and tests that kill what they start do so dozens of times. What runs is the same from its first line
on, in a process of its own with an environment of its own. That a command comes up from nothing is shown in ``tests/plugin/cli/test_processes.py``,
``tests/plugin/test_kill.py`` and ``tests/test_packaging.py``.
"""

import asyncio
import gc
import multiprocessing
import os
import resource
import runpy
import signal
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.everything"])


class Forked:
    """A program that was started. The names are those of :class:`asyncio.subprocess.Process`."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The status with which it ended, negative for a signal; ``None`` while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Wait until it has ended; its status."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        if self.returncode is None:
            loop.add_reader(self._process.sentinel, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._process.sentinel)
        status = self.returncode
        assert status is not None
        return status

    def end(self) -> None:
        """Kill it if it still runs, and wait until it has ended."""
        self.kill()
        self._process.join()

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(*words: str, environment: Mapping[str, str], errors: Path | None = None, file_bytes: int = 0) -> Forked:
    """Run what ``python`` would with these words (``-m module …``, ``-c program …`` or ``file …``), in the folder of the project.

    With ``file_bytes`` no file may grow beyond that, as on a full disk.
    """
    process = _server.Process(target=_run, args=(words, dict(environment), errors, file_bytes), daemon=False)
    process.start()
    return Forked(process)


def _run(words: tuple[str, ...], environment: dict[str, str], errors: Path | None, file_bytes: int) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere if errors is None else os.open(errors, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)
    if file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    gc.enable()
    match words:
        case "-m", module, *rest:
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case "-c", program, *rest:
            sys.argv = ["-c", *rest]
            exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a program of the tests
        case file, *rest:
            sys.argv = [file, *rest]
            runpy.run_path(file, run_name="__main__")
