"""Text that the forum shows literally. Pure.

Two kinds of markup are told apart. Markdown, HTML and BBCode are read from the source, so a character written as an entity is never one of theirs. Mentions,
hashtags, emoji codes and bare addresses are looked for afterwards, in the text that entities have become again; there only another character helps.
Source: the ``discourse-markdown`` features and their text post-processing, linkify-it's schemas and fuzzy links.
"""

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
"""Combining marks on one letter; some languages stack three."""

_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "[": "&lsqb;",
    "]": "&rsqb;",
    "{": "&lcub;",
    "}": "&rcub;",
    "*": "&ast;",
    "_": "&lowbar;",
    "`": "&grave;",
    "\\": "&bsol;",
    "|": "&vert;",
    "~": "&#126;",
    "$": "&dollar;",
    "^": "&Hat;",
}
_SPECIAL = re.compile("[" + re.escape("".join(_ENTITIES)) + "]")
_LINE_START = re.compile(r"^(?:([-+=#:%])|([0-9]{1,9})([.)]))")
_LINE_ENTITIES = {"-": "&#45;", "+": "&plus;", "=": "&equals;", "#": "\uff03", ":": "&colon;", "%": "&percnt;", ".": "&period;", ")": "&rpar;"}
_HASHTAG = re.compile(r"(?<![^\W_])#(?=[\w:\-#])")
_EMOJI = re.compile(r":(?=[\w+-]{1,100}:)")
_DOMAIN_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


def visible(text: str) -> str:
    """``text`` without what cannot be seen: control characters, marks of direction, spaces of no width, towers of combining marks. Line breaks stay.

    Joiners stay between letters that are not ASCII, where Persian, Indic scripts and composed emoji need them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    kept: list[str] = []
    marks = 0
    for index, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character == "\n" or (category not in _UNSEEN and marks <= _MOST_MARKS) or (character in _JOINERS and _joins(text, index)):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _joins(text: str, index: int) -> bool:
    around = text[index - 1 : index] + text[index + 1 : index + 2]
    return len(around) == 2 and all(ord(character) > 0x7F and unicodedata.category(character)[0] in "LMS" for character in around)


def literal(text: str, *, begins: bool = True) -> str:
    """``text`` on one line, so that the forum shows it and acts on none of it; ``begins`` says that it stands where a line begins."""
    line = _inert(" ".join(visible(text).split()))
    return _line_start(line) if begins else line


def literal_lines(text: str) -> list[str]:
    """The lines of ``text``, each as :func:`literal` gives it; several empty lines become one."""
    lines: list[str] = []
    for line in visible(text).split("\n"):
        shown = literal(line)
        if shown or (lines and lines[-1]):
            lines.append(shown)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _inert(line: str) -> str:
    """A mention, hashtag, emoji code or address gets a look-alike where it begins; all other markup becomes entities."""
    line = line.replace("@", "\uff20").replace("//", "\uff0f\uff0f")
    line = _HASHTAG.sub("\uff03", line)
    line = _EMOJI.sub("\uff1a", line)
    line = _DOMAIN_DOT.sub("\u2024", line)
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], line)


def _line_start(line: str) -> str:
    """A heading, list, rule or underline is one only at the start of a line."""
    return _LINE_START.sub(lambda found: _LINE_ENTITIES[found[1]] if found[1] else f"{found[2]}{_LINE_ENTITIES[found[3]]}", line)


def plain_line(text: str, limit: int) -> str:
    """``text`` on one line of at most ``limit`` characters, for titles and names, which the forum does not read as Markdown."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}\u2026"
