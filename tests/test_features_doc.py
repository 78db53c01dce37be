"""The table of features: every line says what shows it, and what it names exists; or it says no, and why."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "features.md"
ANCHORS = Path(__file__).resolve().parents[2] / "shared" / "features.md"
"""What products have, as it was gathered; kept beside the project."""
LINK = re.compile(r"\]\((?P<path>\.\./tests/[^)#]+)#(?P<test>\w+)\)")


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a table's lines by the feature that each is about, without headings."""
    found = {}
    for line in text.splitlines():
        name, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        if line.startswith("| ") and not name.startswith("**") and name not in {"feature", "Area / feature"}:
            found[name] = cells
    return found


@lru_cache
def cases_of(path: Path) -> frozenset[str]:
    """The tests that a file has, those of its classes too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(name for name in found if name.startswith("test_"))


def test_every_line_has_a_test_or_a_reason() -> None:
    found = rows(DOCUMENT.read_text(encoding="utf-8"))
    assert len(found) > 40
    for name, cells in found.items():
        assert len(cells) == 11, name
        assert LINK.search(cells[-1]) or re.match(r"no: \w.{10,}", cells[-1]), name


def test_every_link_names_a_test_that_there_is() -> None:
    links = LINK.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len(links) > 60
    for path, test in links:
        file = (DOCUMENT.parent / path).resolve()
        assert file.is_file(), path
        assert test in cases_of(file), f"{path} has no {test}"


def test_nothing_else_is_linked_as_if_it_were_a_test() -> None:
    every = re.findall(r"\]\(([^)]+)\)", "".join(cells[-1] for cells in rows(DOCUMENT.read_text(encoding="utf-8")).values()))
    assert [one for one in every if not LINK.fullmatch(f"]({one})")] == []


def test_no_feature_that_products_have_is_left_out() -> None:
    if not ANCHORS.exists():
        pytest.skip(f"{ANCHORS} is not there: it is kept beside the project")
    table = ANCHORS.read_text(encoding="utf-8").partition("## Figures")[0]
    asked, said = rows(table), rows(DOCUMENT.read_text(encoding="utf-8"))
    assert len(asked) > 40
    assert list(said) == list(asked)
    # What no product read has is done, not refused.
    for name, cells in asked.items():
        if "open field" in cells[-1] or "nobody" in cells[-1]:
            assert not said[name][-1].startswith("no:"), name
