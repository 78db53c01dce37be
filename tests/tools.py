"""What the tests take from registries: installed once, by one process at a time, and kept in ``.tools``."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
HARNESS = ROOT / "tests" / "browser" / "harness"
THEME = ROOT / "integrations" / "discourse" / "ui"
_TOOLS = ROOT / ".tools"


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time: files of tests run beside each other, and none may install what another is installing."""
    _TOOLS.mkdir(exist_ok=True)
    with (_TOOLS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first process to ask for it makes, while others wait. What was half made when its process ended is made anew."""
    home = _TOOLS / name
    with alone(name):
        if not (home / ".ready").exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            make(home)
            (home / ".ready").touch()
    return home


def _install(what: str, *command: str | Path, folder: Path) -> None:
    done = subprocess.run([str(one) for one in command], cwd=folder, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603 - our own words
    if done.returncode:
        missing(f"{what} could not be installed: {(done.stderr or done.stdout)[-500:]}")


# ------------------------------------------------------------------------------------------------------------------------------------ Node


@cache
def node() -> str:
    """Node, or the reason why there is none."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        missing("Node 20 or newer, with npm, is not here: https://nodejs.org")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout.strip()  # noqa: S603 - Node itself
    if int(version.removeprefix("v").partition(".")[0]) < 20:
        missing(f"Node 20 or newer is needed, this is {version}")
    return found


def installed(package: Path) -> Path:
    """The folder in which npm has installed the package.json of another folder."""
    return _by_npm(package.name, (package / "package.json").read_bytes())


def from_npm(**versions: str) -> Path:
    """The folder in which npm has installed packages; a name's hyphens are written as underlines."""
    dependencies: Mapping[str, str] = {name.replace("_", "-"): version for name, version in versions.items()}
    return _by_npm(next(iter(dependencies)), json.dumps({"private": True, "dependencies": dependencies}).encode())


def _by_npm(name: str, package: bytes) -> Path:
    node()

    def make(home: Path) -> None:
        (home / "package.json").write_bytes(package)
        _install(name, "npm", "install", "--silent", "--no-fund", "--no-audit", folder=home)

    return kept(f"{name}-{hashlib.sha256(package).hexdigest()[:8]}", make)


def run(*command: str | Path, folder: Path) -> str:
    """Run something of npm's; gives what it says, or fails with it."""
    done = subprocess.run([str(one) for one in command], cwd=folder, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-8000:]
    return done.stdout


# ---------------------------------------------------------------------------------------------------------------------------------- Python


def from_pypi(*requirements: str) -> Path:
    """The folder of the commands of an environment of its own: what it holds pins what the service must not be pinned to."""
    name = requirements[0].partition("==")[0]

    def make(home: Path) -> None:
        uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
        if uv is None:
            _install(name, sys.executable, "-m", "venv", home / "env", folder=home)
            _install(name, home / "env" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements, folder=home)
        else:
            _install(name, uv, "venv", "--quiet", "--python", sys.executable, home / "env", folder=home)
            _install(name, uv, "pip", "install", "--quiet", "--python", home / "env" / "bin" / "python", *requirements, folder=home)

    return kept(f"{name}-{hashlib.sha256(' '.join(requirements).encode()).hexdigest()[:8]}", make) / "env" / "bin"


# --------------------------------------------------------------------------------------------------------------------------------- browser


def chromium() -> str:
    """Where the browser is; installed by apt where that may be done."""
    with alone("chromium"):
        found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if found is None and os.geteuid() == 0 and (apt := shutil.which("apt-get")):
            for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-core"]):
                subprocess.run([apt, *words], check=False, capture_output=True, timeout=600, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})  # noqa: S603
            found = shutil.which("chromium")
    if found is None:
        missing("Chromium is not here: apt-get install chromium")
    return found
