"""Who may import whom, and that nobody else's packages have our names."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
OURS = {"mentorgraph", "plugin", "schema", "integrations", "migrations"}
GENERIC = OURS - {"mentorgraph"} | {"_mentorgraph", "tests", "benchmarks"}


def imported(path: Path, *, run_time: bool = True) -> Iterator[tuple[str, bool]]:
    """The modules that a file imports, and whether at its top."""
    tree = ast.parse(path.read_text())
    hidden = {id(one) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) for one in ast.walk(node)}
    for node in ast.walk(tree):
        if run_time and id(node) in hidden:
            continue
        top = node in tree.body
        if isinstance(node, ast.Import):
            yield from ((one.name, top) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            yield node.module or "", top


def modules(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, folder
    return found


def test_the_contracts_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, capsys.readouterr().out


def test_the_contracts_name_every_module() -> None:
    """A new module of the service is under the contracts, or somebody says here why not."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    forbidding = {one["name"]: set(one["source_modules"]) for one in contracts if one["type"] == "forbidden"}
    children = {
        f"plugin.{path.stem}"
        for path in (ROOT / "plugin").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.stem.startswith("__")
    }
    left_out = {
        "SQLAlchemy is the store's business": {"plugin.store"},
        "Strawberry is the schema's business": set(),
        "Starlette is the edges' business": {"plugin.app", "plugin.web"},
    }
    for name, allowed in left_out.items():
        assert children - forbidding[name] == allowed, name


@pytest.mark.parametrize("folder", ["mentorgraph", "plugin/domain"])
def test_what_others_build_on_needs_the_standard_library_only(folder: str) -> None:
    own = {"mentorgraph"} | ({"plugin.domain", "plugin.errors"} if folder == "plugin/domain" else set())
    for path in modules(folder):
        if "kit" in path.parts:
            # What tries hosts stands on top of the service; it is imported by tests of hosts only.
            continue
        for name, top in imported(path):
            known = name.partition(".")[0] in sys.stdlib_module_names or any(name == one or name.startswith(f"{one}.") for one in own)
            lazy = path.name == "launcher.py" and not top and name.startswith("plugin.")
            assert known or lazy, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.slow
def test_migrations_see_the_tables_only() -> None:
    for path in modules("migrations"):
        for name, _ in imported(path):
            if name.partition(".")[0] in OURS:
                assert name.startswith(("plugin.store.", "migrations.")), f"{path.name} imports {name}"


def test_no_package_that_is_installed_has_our_names() -> None:
    """In the wheel ours lie under a private folder; in a checkout they are at the top, where a package of the same name would be shadowed or shadow us."""
    for distribution in distributions():
        if distribution.metadata["Name"] == "mentorgraph":
            continue
        tops = {
            path.parts[0].removesuffix(".py")
            for path in distribution.files or ()
            if not path.parts[0].endswith((".dist-info", ".data")) and path.parts[0] != ".."
        }
        assert not tops & (GENERIC | {"mentorgraph"}), distribution.metadata["Name"]


@pytest.mark.slow
def test_every_module_that_is_imported_is_declared() -> None:
    """What the code imports is in the dependencies, not there by chance."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for name, lines in project["optional-dependencies"].items() if name != "dev" for line in lines]
    lines = [*project["dependencies"], *extras]
    declared = {line.split(">")[0].split(";")[0].split("[")[0].strip().lower().replace("_", "-") for line in lines}
    provides: dict[str, set[str]] = {}
    for distribution in distributions():
        name = str(distribution.metadata["Name"]).lower().replace("_", "-")
        for entry in distribution.files or ():
            provides.setdefault(entry.parts[0].removesuffix(".py"), set()).add(name)
    with_others = {"cross_web", "graphql", "markupsafe"}  # parts of the interfaces of strawberry-graphql and Jinja2
    for folder in sorted(OURS):
        for path in modules(folder):
            for name, _ in imported(path):
                top = name.partition(".")[0]
                if top in sys.stdlib_module_names or top in OURS or top in with_others:
                    continue
                assert provides.get(top, set()) & declared, f"{path.relative_to(ROOT)} imports {name}, which no declared dependency provides"
