"""The words of a host's ``guide.yaml``: by language, English always."""

from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from integrations.values import entries, mapping, text
from mentorgraph.host import Asked, Guide

ENGLISH = "en"
_LONG = 1_000


def load(path: Path) -> Callable[[str], Guide]:
    """What :meth:`mentorgraph.host.Guided.guide` is. Raises ``ValueError`` for a file without English, or with a language that lacks what English has."""
    found = {str(language): _guide(mapping(words)) for language, words in mapping(yaml.safe_load(path.read_text(encoding="utf-8"))).items()}
    if ENGLISH not in found:
        raise ValueError(f"{path.parent.name} has no guide in English")
    for language, guide in found.items():
        if [one.name for one in guide.asked] != [one.name for one in found[ENGLISH].asked]:
            raise ValueError(f"{path.parent.name} asks for other things in {language!r}")
    return lambda language: found.get(language, found[ENGLISH])


def _guide(words: Mapping[str, object]) -> Guide:
    asked = tuple(Asked(name=_text(one["name"]), label=_text(one["label"]), help=text(one.get("help"), _LONG) or "") for one in entries(words.get("asked")))
    return Guide(address=_text(words["address"]), key_label=_text(words["key_label"]), key=_text(words["key"]), asked=asked)


def _text(value: object) -> str:
    found = text(value, _LONG)
    if not found:
        raise ValueError(f"a guide has {value!r} where words belong")
    return found
