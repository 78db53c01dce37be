"""What we ship and lean on: licences of every dependency, what bandit finds, and a bill of materials."""

import json
import re
import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = ("mit", "bsd", "apache", "psf", "python software foundation", "mpl", "mozilla public license", "isc", "zlib", "0bsd", "unlicense", "cc0", "hpnd")
"""Licences that ask for nothing but notices; MPL-2.0 asks for changes to its own files, and we change none."""
REFUSED = ("agpl", "affero", "sspl", "busl", "proprietary", "commercial")


def shipped() -> set[str]:
    """Every distribution that an installation pulls in, without the extras that only developers want."""
    found: set[str] = set()
    left = ["mentorgraph"]
    while left:
        for text in requires(left.pop()) or ():
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                continue
            name = re.sub(r"[-_.]+", "-", wanted.name).lower()
            if name not in found:
                found.add(name)
                left.append(name)
    return found


def licence_of(name: str) -> str:
    """What a distribution says of its licence."""
    about = distribution(name).metadata
    classifiers = [one.rpartition("::")[2].strip() for one in about.get_all("Classifier") or () if one.startswith("License ::")]
    said = [*(about.get_all("License-Expression") or ()), *classifiers, *(one[:200] for one in about.get_all("License") or ())]
    return " / ".join(said).lower()


def test_every_dependency_has_a_licence_that_we_may_ship_under() -> None:
    said = {name: licence_of(name) for name in shipped()}
    assert len(said) > 30, "the walk finds what is installed"
    wrong = {name: text for name, text in said.items() if not any(word in text for word in ALLOWED) or any(word in text for word in REFUSED)}
    strong = {name: text for name, text in said.items() if re.search(r"\bl?gpl", text)}
    assert not wrong, wrong
    assert not strong, strong


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0003-dependencies.md").read_text(encoding="utf-8").lower().replace("_", "-")
    direct = {Requirement(text).name.lower().replace("_", "-") for text in requires("mentorgraph") or ()}
    stubs = {name for name in direct if name.startswith("types-") or name.endswith("-stubs")}
    pytest_plugins = {name for name in direct if name.startswith("pytest-")}
    assert not {name for name in direct - stubs - pytest_plugins if name not in reasons}


@pytest.mark.slow
def test_bandit_finds_nothing() -> None:
    run = [sys.executable, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", "mentorgraph", "plugin", "schema", "integrations", "migrations"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)  # noqa: S603 - bandit itself
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
def test_the_bill_of_materials_names_everything(tmp_path: Path) -> None:
    path = tmp_path / "sbom.json"
    run = [sys.executable, "-m", "cyclonedx_py", "environment", "--of", "JSON", "-o", str(path), sys.executable]
    subprocess.run(run, cwd=ROOT, capture_output=True, check=True, timeout=240)  # noqa: S603 - cyclonedx-bom itself
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["bomFormat"] == "CycloneDX"
    assert shipped() <= {re.sub(r"[-_.]+", "-", one["name"]).lower() for one in found["components"]}
