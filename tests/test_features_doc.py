"""The table of features: every line says what shows it, and what it names exists; or it says no, and why."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "features.md"
LINK = re.compile(r"\]\((?P<path>\.\./tests/[^)#]+)#(?P<test>\w+)\)")


def cells() -> list[str]:
    """What is said of Mentorgraph, line by line."""
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and not line.startswith(("| feature", "| **"))]
    return [row.rstrip(" |").rpartition(" | ")[2] for row in rows]


def test_every_line_has_a_test_or_a_reason() -> None:
    found = cells()
    assert len(found) > 40
    for cell in found:
        assert LINK.search(cell) or re.match(r"no: \w.{10,}", cell), cell


def test_every_link_names_a_test_that_there_is() -> None:
    links = LINK.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len(links) > 60
    for path, test in links:
        file = (DOCUMENT.parent / path).resolve()
        assert file.is_file(), path
        assert re.search(rf"def {test}\(", file.read_text(encoding="utf-8")), f"{path} has no {test}"
