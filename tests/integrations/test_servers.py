"""Ports that are told to one process, and to no connection."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from integrations.servers import free_port

_TOLD = "from integrations.servers import free_port\nprint(*[free_port() for _ in range(300)], flush=True)\n"


def _another_process(script: str) -> list[set[int]]:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])  # noqa: S603 - our own words
    return [{int(port) for port in line.split()} for line in done.stdout.splitlines()]


def test_no_port_is_told_twice_in_a_row() -> None:
    found = [free_port() for _ in range(20)]
    assert len(set(found)) == len(found)


@pytest.mark.slow
def test_two_processes_are_told_different_ports() -> None:
    ours = {free_port() for _ in range(300)}
    (theirs,) = _another_process(_TOLD)
    assert ours.isdisjoint(theirs)


def test_a_port_on_which_somebody_listens_is_passed_over() -> None:
    ours = {free_port() for _ in range(300)}
    taken = min(ours)
    with socket.create_server(("127.0.0.1", taken)):
        assert taken not in {free_port() for _ in range(300)}
    assert taken in {free_port() for _ in range(300)}


@pytest.mark.slow
def test_a_forked_process_claims_ports_of_its_own() -> None:
    forked = _TOLD + "import os\nif os.fork() == 0:\n    print(*[free_port() for _ in range(300)], flush=True)\nelse:\n    os.wait()"
    parent, child = _another_process(forked)
    assert parent.isdisjoint(child)
