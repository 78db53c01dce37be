"""manifest.yaml, README.md and the code tell one story."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations import HOSTS
from mentorgraph import __version__
from plugin.domain.community import POLICY_KEYS
from plugin.domain.people import Scope
from plugin.settings import Settings
from plugin.store.tables import MEMBER_COLUMNS, metadata

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))
    return found


def test_version_is_the_packages(manifest: dict[str, Any]) -> None:
    assert manifest["version"] == __version__
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_host_is_named(manifest: dict[str, Any]) -> None:
    assert manifest["hosts"] == sorted(HOSTS)


def test_every_table_says_why_and_until_when(manifest: dict[str, Any]) -> None:
    assert set(manifest["data"]) == set(metadata.tables)
    assert all(one["why"] and one["until"] for one in manifest["data"].values())


def test_personal_tables_are_those_that_export_and_erasure_walk(manifest: dict[str, Any]) -> None:
    assert {name for name, one in manifest["data"].items() if one.get("personal")} == set(MEMBER_COLUMNS)


def test_scopes_are_those_of_tokens(manifest: dict[str, Any]) -> None:
    assert set(manifest["scopes"]) == {scope.value for scope in Scope}


def test_settings_are_listed_in_manifest_and_reference(manifest: dict[str, Any]) -> None:
    assert set(manifest["settings"]) == set(Settings.model_fields)
    table = _rows((ROOT / "docs" / "reference.md").read_text(encoding="utf-8").split("## Settings")[1].split("## Commands")[0])
    assert set(re.findall(r"`MENTORGRAPH_([A-Z_]+)`", "".join(table))) == {name.upper() for name in Settings.model_fields}
    assert _rows(README) == table[:3]


def _rows(page: str) -> list[str]:
    return re.findall(r"^\| `MENTORGRAPH_.+$", page, re.MULTILINE)


def test_choices_of_admins_are_in_the_reference() -> None:
    table = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8").split("| choice | meaning |")[1].split("## Addresses")[0]
    assert set(re.findall(r"`([a-z_]+)`", table)) == set(POLICY_KEYS)


PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "integrations").glob("*/README.md"))]


def _anchors(page: Path) -> set[str]:
    """What a link into a page can name: its headings, as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if "://" not in link:
            assert target.exists(), link
            assert not anchor or target.suffix != ".md" or anchor in _anchors(target), link
