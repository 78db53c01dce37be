"""Puts modules together into one file that a page can load. No tool but Python is needed, so that a checkout serves what a wheel serves.

The modules keep to what can be put together safely, and whatever does not is refused: they import names from relative files, export declarations, and no two
declare the same name.
"""

import json
import re
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
CLIENT = HERE.parent / "client"
ENTRY, ASSETS = HERE / "element.js", HERE / "assets.js"
STYLES = (HERE / "alone.css", CLIENT / "panel.css")
NOT_FOR_PAGES = "theme_metadata"

_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function|class) )", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)
_COMMENTS = re.compile(r"/\*\*.*?\*/ ?|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)
_BLANK = re.compile(r"\n\s*\n+")


@cache
def script() -> bytes:
    """The component as one ES module. Raises :class:`ValueError` for modules that cannot be put together."""
    parts: dict[Path, str] = {}
    _gather(ENTRY, parts, ())
    declared: dict[str, Path] = {}
    for path, text in parts.items():
        for name in _DECLARED.findall(text):
            if name in declared:
                raise ValueError(f"{path.name} and {declared[name].name} both declare {name}")
            declared[name] = path
    return ("/*! Mentorgraph. MIT licence. */\n" + "".join(parts.values())).encode()


def _gather(path: Path, parts: dict[Path, str], above: tuple[Path, ...]) -> None:
    """The module and everything that it imports, what is imported first."""
    if path in parts:
        return
    if path in above:
        raise ValueError(f"{path.name} imports itself by way of {above[-1].name}")
    text = _assets() if path == ASSETS else _COMMENTS.sub("", path.read_text(encoding="utf-8"))
    for found in _IMPORT.finditer(text):
        _gather((path.parent / found["path"]).resolve(), parts, (*above, path))
    plain = _EXPORT.sub("", _IMPORT.sub("", text))
    if wrong := re.search(r"^(?:import|export)\b[^\n]*", plain, re.MULTILINE):
        raise ValueError(f"{path.name} cannot be put together: {wrong[0]}")
    parts[path] = _BLANK.sub("\n", plain).lstrip()


def _assets() -> str:
    style = "\n".join(re.sub(r"\s+", " ", path.read_text(encoding="utf-8")) for path in STYLES)
    return f"export const CATALOGUES = {_js(catalogues())};\nexport const STYLE = {_js(style)};\n"


def _js(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def catalogues() -> dict[str, dict[str, object]]:
    """The texts of each language."""
    found: dict[str, dict[str, object]] = {}
    for path in sorted((CLIENT / "locales").glob("*.yml")):
        texts = yaml.safe_load(path.read_text(encoding="utf-8"))[path.stem]
        found[path.stem] = {key: value for key, value in texts.items() if key != NOT_FOR_PAGES}
    return found
