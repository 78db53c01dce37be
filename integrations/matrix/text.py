"""The words of a message: without markup, code, and what it quotes of others."""

import re
from html.parser import HTMLParser

from integrations.values import Json, text

LONGEST = 100_000
"""Characters that are looked at; an event has at most 65 536 bytes (https://spec.matrix.org/latest/client-server-api/#size-limits)."""

_HIDDEN = frozenset({"mx-reply", "blockquote", "pre", "code", "script", "style", "del"})
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote", "pre", "hr"})
_VOID = frozenset({"br", "hr", "img"})
_FENCES = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - attributes hold no words
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in _HIDDEN and tag not in _VOID:
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in self._hidden:
            # What was opened inside and never closed ends with it.
            while self._hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def words_of(content: Json) -> str:
    """What the author of a message wrote, as plain text."""
    formatted = text(content.get("formatted_body"), LONGEST)
    if content.get("format") == "org.matrix.custom.html" and formatted:
        reader = _Words()
        reader.feed(formatted)
        reader.close()
        return _tidy("".join(reader.parts))
    plain = text(content.get("body"), LONGEST) or ""
    return _tidy(_QUOTED.sub("", _FENCES.sub(" ", plain)))


def _tidy(words: str) -> str:
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)
