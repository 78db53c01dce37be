"""The service and the schema name no host, in comments and descriptions neither: what a host is called stands in its own folder, and the commands take it as
an argument."""

import ast
import re
from pathlib import Path

import pytest

from integrations import HOSTS

ROOT = Path(__file__).resolve().parents[1]
NAMES = re.compile(r"\b(discourse|circle\.so|circleuser|synapse|homeserver|matrix\.org|tiptap|discourseconnect)\b", re.IGNORECASE)
"""Names of hosts, and words that only one of them has. "Circle" and "matrix" are words of mentoring and of mathematics as well: see below."""
KEYS = {"circle", "matrix", "discourse"}
ALLOWED = {
    "plugin/cli/demo.py": "the demo is a forum of this kind: it starts the imitation and sets it up",
    "plugin/app.py": "the composition root, which sees everything",
}
OF_MENTORING = {"plugin/domain/programs.py": {"circle"}, "plugin/texts/console.py": {"circle"}}
"""A circle is a form of mentoring too."""


def files(folder: str) -> list[Path]:
    """Every file that is somebody's words: modules, templates, scripts, texts and their translations. Pictures and what Python compiled are none."""
    found = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix not in {".pyc", ".png", ".woff2", ".mo"}]
    assert {".py", ".html", ".po"} <= {path.suffix for path in found} or folder == "schema"
    return [path for path in sorted(found) if path.relative_to(ROOT).as_posix() not in ALLOWED]


def strings(path: Path) -> list[tuple[int, str]]:
    """Every string of a module that is not a docstring (those are looked at line by line), and every name that is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    found = [(node.lineno, node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, f"import {one.name}") for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, f"import {node.module}"))
    return found


def test_the_hosts_are_those_that_are_looked_for() -> None:
    assert set(HOSTS) == KEYS


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["plugin", "schema"])
def test_nothing_names_a_host(folder: str) -> None:
    named: list[str] = []
    for path in files(folder):
        for number, text in strings(path) if path.suffix == ".py" else ():
            if text in KEYS and not _means_something_else(path, number, text):
                named.append(f"{path.relative_to(ROOT)}:{number}: {text[:80]!r}")
            if text.startswith("import ") and re.search(r"integrations\.(?:discourse|circle|matrix)", text):
                named.append(f"{path.relative_to(ROOT)}:{number}: {text}")
        # Every line, comments and docstrings too.
        named += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]!r}"
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if NAMES.search(line)
        ]
    assert not named, "\n".join(named)


def _means_something_else(path: Path, number: int, text: str) -> bool:
    """``code="circle"`` is the name of an error, and a circle a form of mentoring."""
    line = path.read_text(encoding="utf-8").splitlines()[number - 1]
    return "code=" in line or text in OF_MENTORING.get(path.relative_to(ROOT).as_posix(), ())


def test_the_check_itself_sees_what_it_should(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text('"""Discourse in a docstring is no string."""\nimport integrations.matrix.host\nNAME = "a Discourse forum"\nHOST = "circle"\n')
    found = [text for _, text in strings(bad)]
    assert found == ["a Discourse forum", "circle", "import integrations.matrix.host"]
