"""What the tests take from npm: installed once, kept by what package.json says."""

import hashlib
import os
import shutil
import subprocess
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


def installed(package: Path) -> Path:
    """The folder in which npm has installed a package.json."""
    node()
    npm = shutil.which("npm")
    assert npm is not None
    content = (package / "package.json").read_bytes()
    home = ROOT / ".tools" / f"{package.name}-{hashlib.sha256(content).hexdigest()[:8]}"
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
