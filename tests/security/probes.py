"""Tools of others that look for ways in, each in an environment of its own that is made once and kept: they pin what the service must not be pinned to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CLAIRVOYANCE, SCHEMATHESIS = "clairvoyance==2.5.5", "schemathesis==4.32.5"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mentorgraph-tests" / "probes-1"


def installed() -> Path:
    """The folder of the tools' commands; made from the registry if it is not there yet. Skips, or in CI fails, when that is not possible."""
    commands = CACHE / "bin"
    if not all((commands / name).is_file() for name in ("clairvoyance", "st")):
        try:
            subprocess.run([sys.executable, "-m", "venv", str(CACHE)], check=True, capture_output=True, timeout=120)  # noqa: S603 - Python itself
            install = [str(commands / "pip"), "install", "--quiet", "--disable-pip-version-check", CLAIRVOYANCE, SCHEMATHESIS]
            subprocess.run(install, check=True, capture_output=True, timeout=400)  # noqa: S603 - pip itself
        except (subprocess.SubprocessError, OSError) as error:
            reason = f"the probes could not be installed from the registry: {error}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    return commands
