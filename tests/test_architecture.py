"""The picture in docs/architecture.md is what the code imports."""

import ast
import re
import tomllib
from pathlib import Path

import grimp
import networkx as nx

PICTURE = (Path(__file__).resolve().parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
PORT = {"events", "host", "standard_webhooks", "undoing"}
TOOLS = {"addresses", "bodies", "clock", "errors", "http", "logs", "mail", "metering", "pace", "pdf", "settings", "tracing"}


def room(module: str) -> str | None:
    """Where in the picture a module is; ``None`` for what is only a folder."""
    top, *rest = module.split(".")
    name = rest[0] if rest else ""
    if top == "mentorgraph":
        return "kit" if name == "kit" else "port" if name in PORT else "launcher"
    if top != "plugin":
        return top
    return {"": None, "__main__": "launcher"}.get(name, "tools" if name in TOOLS else name)


def test_the_arrows_are_the_imports() -> None:
    code = grimp.build_graph("mentorgraph", "plugin", "schema", "integrations", exclude_type_checking_imports=True, cache_dir=None)
    found: nx.DiGraph[str] = nx.DiGraph()
    for module in code.modules:
        for imported in code.find_modules_directly_imported_by(module):
            one, other = room(module), room(imported)
            if one and other and one != other:
                found.add_edge(one, other)
    assert nx.is_directed_acyclic_graph(found)
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)$", PICTURE, re.MULTILINE))
    assert set(nx.transitive_reduction(found).edges) == drawn


def test_every_place_that_is_named_exists() -> None:
    root = Path(__file__).resolve().parents[1]
    for name in set(re.findall(r"`((?:mentorgraph|plugin|schema)(?:\.\w+)+)`", PICTURE)):
        path = root.joinpath(*name.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), name


def test_the_table_of_use_cases_is_the_packages_in_the_order_of_their_layers() -> None:
    root = Path(__file__).resolve().parents[1]
    told = dict(re.findall(r"^\| `plugin\.services\.(\w+)` \| (.+) \|$", PICTURE, re.MULTILINE))
    assert told == {name: ast.get_docstring(ast.parse((root / "plugin" / "services" / name / "__init__.py").read_text())) for name in told}
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one.get("containers") == ["plugin.services"])
    assert list(told) == [name for name in layers if (root / "plugin" / "services" / name).is_dir()]
