"""Names of skills: what is the same in other words or another spelling.

Case, accents, plural endings, hyphens and blanks make no difference. What else is the same, such as an abbreviation, a curator says; likely slips of the pen
are put forward to them and never merged by themselves: "react" and "redact" are one letter apart.
"""

from collections.abc import Collection, Iterable, Mapping

from rapidfuzz import fuzz, process

from plugin.domain.skills import SkillName
from plugin.graph import text

SIMILAR = 88.0
"""Names this alike, in percent of letters in common (indel similarity), are put forward as the same."""

SHORT = 5
"""Shorter names differ by a letter and mean something else."""


def key_of(name: str) -> str:
    """What all spellings of a name have in common; empty for a name without a letter or digit.

    >>> key_of("Web-Shaders") == key_of("webshader") == key_of("Web  shader")
    True
    """
    # What is no term by itself still tells names apart: "Python 2" and "Python 3", "C" and "R".
    return "".join(term for word in text.words(name) for term in (text.terms(word) or (word,)))


class Names:
    """The names of a community, as its curators merged them."""

    def __init__(self, merged: Iterable[SkillName] = ()) -> None:
        self._into = {one.key: (one.into_key, one.into) for one in merged}
        self._others: dict[str, list[str]] = {}
        for one in merged:
            self._others.setdefault(one.into_key, []).append(one.name)
            if one.into not in self._others[one.into_key]:
                self._others[one.into_key].append(one.into)

    def of(self, name: str) -> tuple[str, str]:
        """The key of a skill and how it is shown."""
        key = key_of(name)
        return self._into.get(key, (key, name))

    def synonyms(self, name: str) -> list[str]:
        """All names of the same skill that curators gave, without this one."""
        key, _ = self.of(name)
        own = key_of(name)
        return [other for other in self._others.get(key, ()) if key_of(other) != own]

    def groups(self) -> list[list[str]]:
        """Names that mean the same, group by group."""
        return [names for names in self._others.values() if len(names) > 1]


def synonym_terms(terms: Mapping[int, int], names: Names, *, key: bytes) -> dict[int, int]:
    """The terms of a need, and those of other names for what it speaks of; these count once."""
    found = dict(terms)
    for group in names.groups():
        known = [set(text.term_counts(name, key=key)) for name in group]
        if any(one and one <= terms.keys() for one in known):
            for other in set().union(*known):
                found.setdefault(other, 1)
    return found


def alike(names: Collection[str], *, limit: int = 50) -> list[tuple[str, str, float]]:
    """Pairs of names that may be one skill in two spellings, the most alike first, each with the likeness from 0 to 1. Names of the same key are none."""
    by_key = {key_of(name): name for name in sorted(names)}
    keys = sorted(key for key in by_key if len(key) >= SHORT)
    found: list[tuple[str, str, float]] = []
    for place, key in enumerate(keys):
        for other, score, _ in process.extract(key, keys[place + 1 :], scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=5):
            found.append((by_key[key], by_key[other], round(score / 100, 3)))
    found.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    return found[:limit]
