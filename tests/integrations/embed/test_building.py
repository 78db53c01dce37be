"""The one file of the web component, its documents and its texts."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from integrations.embed import building
from plugin.services.suggestions.wording import TELLING
from schema import trusted

ROOT = Path(__file__).resolve().parents[3]
CLIENT, EMBED, THEME = ROOT / "integrations" / "client", ROOT / "integrations" / "embed", ROOT / "integrations" / "discourse" / "ui"
LIMIT = 30_000
SAME = {"label_for"}
"""Texts that are the same in every language."""
# A few keys are put together from a state; every one that there can be is used.
ENUMS = ("reasons.", "ends.", "problems.", "errors.", "answered.", "parts.", "join.", "said.", "expires.", "session.", "invited.", "theme_metadata.")


def test_the_script_is_small() -> None:
    assert len(gzip.compress(building.script(), 9)) <= LIMIT


def test_nothing_that_a_member_wrote_can_become_html() -> None:
    text = building.script().decode()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
        "localStorage",
        "sessionStorage",
        "htmlSafe",
    ):
        assert word not in text, word


def test_it_loads_nothing_from_anywhere() -> None:
    assert not re.search(r"https?://(?!\()", re.sub(r"\(https\?:\\/\\/", "", building.script().decode()).replace("http://www.w3.org", ""))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('import x from "./b.js";\n', "cannot be put together"),
        ('import { a } from "https://cdn.example/a.js";\n', "cannot be put together"),
        ("export default 1;\n", "cannot be put together"),
        ("export { a };\n", "cannot be put together"),
        ('import { E } from "./element.js";\n', "imports itself"),
    ],
)
def test_what_cannot_be_put_together_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    entry = tmp_path / "element.js"
    entry.write_text(text)
    with pytest.raises(ValueError, match=problem):
        building._gather(entry, {}, ())


def test_documents_are_the_trusted_ones() -> None:
    text = (CLIENT / "documents.js").read_text()
    index = {line.split()[1]: line.split()[0] for line in trusted.INDEX.read_text().splitlines()}
    found = re.findall(r"/\*\* (\S+\.graphql) \*/\nexport const \w+ =\n  \"sha256:([0-9a-f]{64})\";", text)
    assert len(found) == text.count("sha256:")
    assert all(index[name] == digest for name, digest in found)
    whole = text.rpartition("`;")[0].rpartition("`")[2]
    assert trusted.document_hash(whole) == index["viewer-changed.v1.graphql"]


def test_reasons_come_in_the_order_that_the_service_gives_them() -> None:
    text = (CLIENT / "suggestions.js").read_text()
    assert re.findall(r'"(\w+)"', text.partition("export const TELLING = [")[2].partition("]")[0]) == list(TELLING)


# ---------------------------------------------------------------------------------------------------------------------- texts


def flat(texts: object, before: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(texts, dict):
        for key, value in texts.items():
            yield from flat(value, f"{before}.{key}" if before else str(key))
    else:
        yield before, str(texts)


def catalogue(language: str) -> dict[str, str]:
    return dict(flat(yaml.safe_load((CLIENT / "locales" / f"{language}.yml").read_text(encoding="utf-8"))[language]))


LANGUAGES = sorted(path.stem for path in (CLIENT / "locales").glob("*.yml"))


def test_every_language_says_everything() -> None:
    english = catalogue("en")
    assert LANGUAGES == ["de", "en"]
    for language in LANGUAGES:
        texts = catalogue(language)
        assert texts.keys() == english.keys()
        for key, text in texts.items():
            assert set(re.findall(r"%\{(\w+)\}", text)) == set(re.findall(r"%\{(\w+)\}", english[key])) or key.endswith(".one"), key
            assert text.strip(), key
            assert "<" not in text, key
    same = {key for key, text in catalogue("de").items() if text == english[key]}
    assert same <= SAME, same


def sources() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for folder in (CLIENT, EMBED, THEME) for kind in ("*.js", "*.gjs") for path in folder.rglob(kind)}


def test_every_key_has_a_text_and_every_text_is_used() -> None:
    keys = {re.sub(r"\.(one|other)$", "", key) for key in catalogue("en")}
    used: set[str] = set()
    for path, text in sources().items():
        for key in re.findall(r"\"((?:\w+\.)*[\w-]+)\"", text):
            if key in keys:
                used.add(key)
        for key in re.findall(r"(?:words\.say|line|themePrefix|say)\(?\s*\(?\s*\"([\w.-]+)\"", text):
            assert key in keys, f"{path.name} says {key}, which no catalogue has"
    unused = {key for key in keys - used if not key.startswith(ENUMS)}
    assert not unused, unused


def test_no_words_stand_outside_the_catalogues() -> None:
    """Anything that reads like words to people (two words, or one with a capital, in quotes) is not among the arguments that become text."""
    for path, text in sources().items():
        plain = re.sub(r"/\*\*.*?\*/|^\s*//[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)
        for found in re.findall(r"\"([^\"\n]*)\"|`([^`]*)`", plain):
            words = re.sub(r"\$\{[^}]*\}", "", found[0] or found[1])
            assert not re.search(r"[A-Z][a-z]+ [a-z]+|[a-z]{3,} [a-z]{2,} [a-z]{2,}[.!?]", words), f"{path.name}: {words}"
