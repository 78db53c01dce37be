#!/usr/bin/env python3
"""How long it takes somebody new from a fresh clone to the first suggestions, and how long a second start takes.

The last commit of this checkout is cloned into an empty folder; there is done what ``make run`` does, with free ports, until the demo has shown its
suggestions. What pip has in its cache is not fetched again: ``--cold`` takes an empty cache.

usage: newcomer.py [--cold]
Progress goes to stderr; the last line of stdout is one JSON object, all in seconds.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.serving import say
from integrations.servers import free_port

SHOWN = "Now sign up in the forum"
"""What the demo says behind the first suggestions."""


def until_shown(clone: Path, environment: Mapping[str, str]) -> float:
    """Seconds until the demo has shown suggestions; it is stopped then as people stop it."""
    began = time.monotonic()
    command = [str(clone / ".venv/bin/mentorgraph"), "demo", "--port", str(free_port()), "--forum-port", str(free_port())]
    with subprocess.Popen(command, cwd=clone, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        try:
            assert demo.stdout is not None  # noqa: S101 - it is a pipe
            for line in demo.stdout:
                if SHOWN in line:
                    return time.monotonic() - began
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            demo.wait(30)
    raise RuntimeError("the demo ended before it showed suggestions")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--cold", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "mentorgraph"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MENTORGRAPH_", "PYTHON"))}
        if given.cold:
            environment |= {"PIP_CACHE_DIR": f"{folder}/pip", "UV_CACHE_DIR": f"{folder}/uv"}
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        subprocess.run(["make", "--silent", ".venv/.run"], cwd=clone, env=environment, check=True, stdout=sys.stderr)
        installed = time.monotonic() - began
        say(f"installed after {installed:.1f} s")
        first = until_shown(clone, environment)
        second = until_shown(clone, environment)
    sys.stdout.write(json.dumps({"installed": round(installed, 1), "first_suggestions": round(installed + first, 1), "second_start": round(second, 1)}) + "\n")


if __name__ == "__main__":
    main()
