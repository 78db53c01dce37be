"""The example of docs/hosts.md is a host, is small, and passes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "noticeboard"


def test_the_example_is_short() -> None:
    assert len((EXAMPLE / "mentorgraph_noticeboard" / "__init__.py").read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.slow
def test_the_example_passes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_noticeboard.py"],
        cwd=EXAMPLE,
        env={"PYTHONPATH": f"{EXAMPLE}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "15 passed" in done.stdout
