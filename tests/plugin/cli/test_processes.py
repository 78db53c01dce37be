"""The service as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from integrations.servers import free_port
from tests.plugin.cli.conftest import KEY, Line

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


def start(line: Line, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    values: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")},
        "MENTORGRAPH_DATABASE_URL": f"sqlite:///{line.database}",
        "MENTORGRAPH_SECRET_KEYS": KEY,
        "PYTHONPATH": str(ROOT),
        **environment,
    }
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "plugin", *arguments], cwd=line.folder, env=values, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answers(process: subprocess.Popen[str], url: str) -> None:
    for _ in range(400):
        assert process.poll() is None, process.communicate()
        try:
            if httpx2.get(url, trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("it did not answer")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_starts_answers_and_ends_when_told(fresh: Line, number: signal.Signals) -> None:
    port = free_port()
    process = start(fresh, "serve", "--port", str(port))
    try:
        answers(process, f"http://127.0.0.1:{port}/readyz")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert process.returncode in {0, -number, 130, 143}
        assert "Traceback" not in out + err
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
