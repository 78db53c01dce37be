"""Words to terms, and terms to keyed digests.

A term is what a word becomes so that two members who mean the same write the same: normalised, lower case, without Latin accents, without a plural ending.
Scripts that do not put spaces between words give overlapping pairs of characters instead. Everything here is linear in the text and bounded, whatever the
text is.
"""

import re
import unicodedata
from collections import Counter
from hashlib import blake2b
from itertools import islice

from plugin.graph.stopwords import STOPWORDS

MAX_CHARACTERS = 20_000
"""How much of a text is read."""

MAX_WORDS = 4_000
"""How many words of it count."""

MAX_TERMS = 256
"""How many distinct terms come out: the most frequent ones, the earlier first."""

MAX_LENGTH = 32
"""Longer words are identifiers, addresses or noise."""

# Marks that belong to the letter before them. Python's \w does not count them, and words of Indic, Arabic and Hebrew text would fall apart.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u0962-\u0963\u0981-\u0983\u09bc-\u09cd"
    "\u0a01-\u0a51\u0abc-\u0acd\u0b3c-\u0b57\u0bbe-\u0bcd\u0c3e-\u0c56\u0cbc-\u0cd6\u0d3e-\u0d4d"
)
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff"
_WORD = re.compile(rf"[{_DENSE}]+|(?:(?![{_DENSE}])[^\W_])(?:(?![{_DENSE}])[^\W_]|[{_MARKS}])*(?:\+\+|#)?")
_DENSE_RUN = re.compile(rf"[{_DENSE}]")
_LATIN_MARKS = re.compile("([a-z])[\u0300-\u036f]+")
_LONG_VOWELS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def terms(text: str) -> Counter[str]:
    """The terms of a text with how often each occurs.

    >>> sorted(terms("Shaders, shader and the SHADER in C++").items())
    [('c++', 1), ('shader', 3)]
    """
    counts: Counter[str] = Counter()
    for word in islice(_WORD.finditer(_normalise(text)), MAX_WORDS):
        counts.update(_of_word(word.group()))
    if len(counts) <= MAX_TERMS:
        return counts
    return Counter(dict(counts.most_common(MAX_TERMS)))


def words(text: str) -> list[str]:
    """The words of a text, folded, common ones included.

    >>> words("C++ and Go!")
    ['c++', 'and', 'go']
    """
    return [match.group() for match in islice(_WORD.finditer(_normalise(text)), MAX_WORDS)]


def digest(term: str, *, key: bytes) -> int:
    """A keyed 64-bit name of a term, as a signed integer that every database can store. ``key`` is 16 to 64 secret bytes."""
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest(), "big", signed=True)


def term_counts(text: str, *, key: bytes) -> dict[int, int]:
    """The terms of a text as :func:`digest` names them, with how often each occurs."""
    return {digest(term, key=key): count for term, count in terms(text).items()}


def words_of(text: str, *, key: bytes) -> dict[int, str]:
    """For each term of a text the word as its author wrote it first, so that a reason can be given in their own words."""
    words: dict[int, str] = {}
    for match in islice(_WORD.finditer(_compose(text)), MAX_WORDS):
        for term in _of_word(_fold(match.group())):
            words.setdefault(digest(term, key=key), match.group())
    return words


def _compose(text: str) -> str:
    # NFKC can make one character eighteen, hence the second cut.
    return unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS]


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFD", text.lower()).translate(_LONG_VOWELS)
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub(r"\1", lowered))


def _normalise(text: str) -> str:
    return _fold(_compose(text))


def _of_word(word: str) -> list[str]:
    if _DENSE_RUN.match(word):
        return [word[i : i + 2] for i in range(len(word) - 1)] or [word]
    if len(word) < 2 or len(word) > MAX_LENGTH or word in STOPWORDS or word.isdecimal():
        return []
    return [_stem(word)]


def _stem(word: str) -> str:
    """Take a plural ending off, as the S-stemmer of Harman (1991) does; other endings carry meaning in one language or another."""
    if len(word) < 4 or not word.endswith("s") or not word.isascii():
        return word
    if word.endswith("ies") and not word.endswith(("aies", "eies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
