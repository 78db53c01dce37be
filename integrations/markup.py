"""The words of what members wrote in HTML: without markup, code, and what it quotes of others."""

from html.parser import HTMLParser

_HIDDEN = frozenset({"mx-reply", "blockquote", "pre", "code", "script", "style", "del"})
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote", "pre", "hr"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - attributes hold no words
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in _HIDDEN:
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


def words_of_html(markup: str) -> str:
    """The author's own words, a line for each block."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return tidy("".join(reader.parts))


def tidy(words: str) -> str:
    """Without empty lines and repeated spaces."""
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)
