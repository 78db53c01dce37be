"""What the tests take from npm: installed once, kept by what package.json says."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HARNESS = ROOT / "tests" / "browser" / "harness"
THEME = ROOT / "integrations" / "discourse" / "ui"


def node() -> str:
    """Node, or the reason why there is none."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Node 20 or newer, with npm, is needed to compile the theme component")
        pytest.skip("Node 20 or newer is not here")
    return found


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time: files of tests run beside each other, and none may install what another is installing."""
    home = ROOT / ".tools"
    home.mkdir(exist_ok=True)
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def installed(package: Path) -> Path:
    """The folder in which npm has installed a package.json."""
    node()
    npm = shutil.which("npm")
    assert npm is not None
    content = (package / "package.json").read_bytes()
    home = ROOT / ".tools" / f"{package.name}-{hashlib.sha256(content).hexdigest()[:8]}"
    with alone(home.name):
        if not (home / ".ready").exists():
            home.mkdir(parents=True, exist_ok=True)
            (home / "package.json").write_bytes(content)
            done = subprocess.run([npm, "install", "--silent", "--no-fund", "--no-audit"], cwd=home, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603
            if done.returncode:
                pytest.fail(f"npm could not install {package.name}/package.json: {done.stderr[-500:]}")
            (home / ".ready").touch()
    return home


def run(*command: str | Path, folder: Path) -> str:
    """Run something of npm's; gives what it says, or fails with it."""
    done = subprocess.run([str(one) for one in command], cwd=folder, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-8000:]
    return done.stdout


def chromium() -> str:
    """Where the browser is; installed by apt where that may be done."""
    with alone("chromium"):
        found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if found is None and os.geteuid() == 0 and (apt := shutil.which("apt-get")):
            for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-core"]):
                subprocess.run([apt, *words], check=False, capture_output=True, timeout=600, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})  # noqa: S603
            found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is needed for the tests in a browser: apt-get install chromium")
        pytest.skip("Chromium is not here: apt-get install chromium")
    return found
