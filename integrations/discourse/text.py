"""The words of a post, without markup, code, quotes of others and addresses. They are used to learn what a post is about, and are never shown or stored.

Discourse sends the source (``raw``, a Markdown with BBCode) or the page (``cooked``, sanitised HTML), and not always both. Either gives the same words as far
as it can: the page of one forum may hold what a plugin made of a tag, and its source does not say so.

The input is hostile. Every step is linear in its length, and the length is bounded.
"""

import html
import re
from collections import deque
from dataclasses import dataclass, field

MAX_INPUT = 100_000
"""Characters of a post that are looked at; the forum's own limit is 32 000 unless an admin raises it."""

MAX_MENTIONS = 50
_SHORT_CODE_WORDS, _SHORT_CODE_CHARACTERS = 2, 40


@dataclass(frozen=True, slots=True)
class Plain:
    """Words of a post on one line, and the user names it mentions, as written and each once."""

    text: str = field(repr=False)
    mentions: tuple[str, ...] = ()


def plain_raw(raw: str) -> Plain:
    """The words of a post from its source."""
    lines = _without_code_and_quotes(_tidied(raw).split("\n"))
    prose = "\n".join(_without_inline_markup(paragraph) for paragraph in _paragraphs(lines))
    return _finished(_without_html(prose))


def plain_cooked(cooked: str) -> Plain:
    """The words of a post from its page."""
    return _finished(_without_html(_tidied(cooked)))


_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]")


def _tidied(text: str) -> str:
    return _INVISIBLE.sub("", text[:MAX_INPUT].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))


# --------------------------------------------------------------------------------------------------------------------- Markdown, by lines

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LIST_ITEM = re.compile(r" {0,3}(?:[-*+]|[0-9]{1,9}[.)]) ")
_BBCODE_BLOCK = re.compile(r"\[(/?)(quote|code)(?=[\]=\s])[^\]\n]{0,500}\]", re.IGNORECASE)


class _Lines:
    """What is left of a post, line by line. Words behind a ``[quote]`` that nobody closes are the author's own: the forum shows the tag literally then."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._held: list[str] = []
        self._open: list[str] = []

    def add(self, line: str) -> None:
        position = 0
        for tag in _BBCODE_BLOCK.finditer(line):
            self._put(line[position : tag.start()])
            position = tag.end()
            self._tag(tag[2].lower(), closing=bool(tag[1]))
        self._put(line[position:])

    def _tag(self, name: str, *, closing: bool) -> None:
        if not closing:
            if not self._open or name == "quote" == self._open[0]:
                self._open.append(name)
        elif self._open and self._open[-1] == name:
            self._open.pop()
            if not self._open:
                self._held.clear()
                self._put("")

    def _put(self, text: str) -> None:
        (self._held if self._open else self.kept).append(text)

    def finish(self) -> list[str]:
        return self.kept + self._held


def _without_code_and_quotes(lines: list[str]) -> list[str]:
    """Drop fenced and indented code, ``[code]``, ``[quote]`` and lines of block quotes."""
    kept, fence, blank_before, in_list, in_quote = _Lines(), "", True, False, False
    for line in lines:
        if fence:
            marker = line.strip()
            if marker and marker[0] == fence[0] and len(marker) >= len(fence) and not marker.strip(fence[0]):
                fence = ""
            continue
        if (opened := _FENCE.match(line)) and not ("`" in opened[1] and "`" in line[opened.end() :]):
            fence = opened[1]
            kept.add("")
            continue
        stripped = line.strip()
        in_quote = stripped.startswith(">") or (in_quote and bool(stripped) and not line.startswith(("#", "-", "*", "+", "[", "<")))
        indented = line.startswith(("    ", "\t")) and blank_before and not in_list and bool(stripped)
        if stripped and not line[0].isspace():
            in_list = bool(_LIST_ITEM.match(line))
        blank_before = not stripped or (indented and blank_before)
        kept.add("" if in_quote or indented else line)
    return kept.finish()


def _paragraphs(lines: list[str]) -> list[str]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(paragraph) for paragraph in found if paragraph]


# --------------------------------------------------------------------------------------------------------------------- Markdown, inside a paragraph

_BACKTICKS = re.compile(r"`+")


def _without_code_spans(paragraph: str) -> str:
    """Replace code spans: short ones, such as the name of a tool, by their words, and others by nothing. Unpaired back ticks stay."""
    runs = list(_BACKTICKS.finditer(paragraph))
    by_length: dict[int, deque[int]] = {}
    for index, run in enumerate(runs):
        by_length.setdefault(len(run[0]), deque()).append(index)
    pieces: list[str] = []
    position = index = 0
    while index < len(runs):
        same = by_length[len(runs[index][0])]
        while same and same[0] <= index:
            same.popleft()
        if not same:
            index += 1
            continue
        closing = same.popleft()
        pieces += [paragraph[position : runs[index].start()], _short_code(paragraph[runs[index].end() : runs[closing].start()])]
        position, index = runs[closing].end(), closing + 1
    return "".join([*pieces, paragraph[position:]])


def _short_code(code: str) -> str:
    """Code that reads like a word or two. What would be markup is taken out, for it is not meant as such."""
    code = code.strip()
    if len(code) > _SHORT_CODE_CHARACTERS or len(code.split()) > _SHORT_CODE_WORDS:
        return " "
    return _MARKUP_IN_CODE.sub(" ", code)


_MARKUP_IN_CODE = re.compile(r"[<>&\[\]`*~@\\|]")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{0,2000}(?:\s[^()\n]{0,300})?\)")
_LINK = re.compile(r"\[([^\[\]]{0,1000})\]\([^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?(?:\s[^()\n]{0,300})?\)")
_REFERENCE = re.compile(r"\[([^\[\]]{1,300})\]\[[^\[\]]{0,100}\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,100}\]:[^\n]{0,2000}$", re.MULTILINE)
_AUTOLINK = re.compile(r"<(?:[a-z][a-z0-9+.-]{1,30}:|[^<>\s@]{1,64}@)[^<>\s]{0,2000}>", re.IGNORECASE)
_BBCODE = re.compile(
    r"\[/?(?:b|i|u|s|color|size|url|email|img|list|details|spoiler|poll|event|date|date-range|wrap|grid|policy|chat|floatl|floatr|center|timezones)"
    r"(?:[ =][^\[\]]{0,500})?\]",
    re.IGNORECASE,
)
_LINE_MARKS = re.compile(r"^[ \t]*(?:(?:#{1,6}|[-*+]|[0-9]{1,9}[.)])[ \t]+|[-=*_ \t|:]+$)", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|~~|(?<!\w)_+|_+(?!\w)|\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LITERAL = {mark: f"&#{ord(mark)};" for mark in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}


def _without_inline_markup(paragraph: str) -> str:
    paragraph = _ESCAPED.sub(lambda found: _LITERAL[found[1]] if found[1] != "@" else "@", _without_code_spans(paragraph))
    if "[" in paragraph:
        paragraph = _DEFINITION.sub("", paragraph)
    paragraph = _AUTOLINK.sub(" ", paragraph)
    if "[" in paragraph:
        for pattern, replacement in ((_IMAGE, " "), (_LINK, r"\1"), (_REFERENCE, r"\1"), (_BBCODE, " ")):
            paragraph = pattern.sub(replacement, paragraph)
    paragraph = _LINE_MARKS.sub("", paragraph)
    return _EMPHASIS.sub("", paragraph) if any(mark in paragraph for mark in "*~_|") else paragraph


# --------------------------------------------------------------------------------------------------------------------- HTML

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})((?:\s|/)[^<>]*)?>")
_COMMENT_END = "-->"
_CLASS = re.compile(r"""\bclass\s*=\s*["']?([^"'<>]{0,500})""", re.IGNORECASE)
_DROPPED = frozenset(
    {"pre", "blockquote", "script", "style", "svg", "iframe", "object", "audio", "video", "template", "math", "aside", "del", "select", "button"}
)
_DROPPED_CLASSES = frozenset({"meta", "poll", "discourse-post-event", "discourse-local-date", "footnotes-list", "cooked-date"})
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "bdi", "bdo", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr", "code"}
)
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "col", "track", "area", "embed"})


def _without_html(text: str) -> str:
    """The text between tags, without what stands in the elements that are dropped, and with short code spans. An element nobody closes ends with the text."""
    pieces: list[str] = []
    position, dropped, depth, code_from = 0, "", 0, -1
    text = _without_comments(text)
    for tag in _TAG.finditer(text):
        name, closing = tag[2].lower(), bool(tag[1])
        if dropped:
            if name == dropped:
                depth += -1 if closing else 1
            if depth == 0:
                dropped, position = "", tag.end()
            continue
        pieces.append(text[position : tag.start()])
        position = tag.end()
        if name == "code":
            code_from = _code(pieces, code_from, closing=closing)
        elif not closing and name not in _VOID and (name in _DROPPED or _has_dropped_class(tag[3])):
            dropped, depth = name, 1
        pieces.append("" if name in _INLINE else "\n")
    return "".join(pieces if dropped else [*pieces, text[position:]])


def _without_comments(text: str) -> str:
    pieces: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        pieces.append(text[position:start])
        end = text.find(_COMMENT_END, start + 4)
        if end < 0:
            return "".join(pieces)
        position = end + len(_COMMENT_END)
    return "".join([*pieces, text[position:]])


def _code(pieces: list[str], opened: int, *, closing: bool) -> int:
    """Begin a code span at the end of ``pieces``, or end the one that began at ``opened``; gives where one is open now, or -1."""
    if closing and opened >= 0:
        pieces[opened:] = [_short_code(html.unescape(_HUGE_ENTITY.sub("", "".join(pieces[opened:]))))]
        return -1
    return opened if closing or opened >= 0 else len(pieces)


def _has_dropped_class(attributes: str | None) -> bool:
    found = _CLASS.search(attributes) if attributes else None
    return found is not None and not _DROPPED_CLASSES.isdisjoint(found[1].split())


# --------------------------------------------------------------------------------------------------------------------- the end of both ways

_HUGE_ENTITY = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,30}://[^\s<>]{0,4000}|\bwww\.[^\s<>]{1,4000}|\b(?:mailto|tel):[^\s<>]{1,500}", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_EMOJI = re.compile(r"(?<![\w:]):(?=[a-z0-9_+-]*[a-z+-])[a-z0-9_+-]{1,60}:(?:t[1-6]:)?(?!\w)")
_MENTION = re.compile(r"(?<![\w@/.])@(\w(?:[\w.-]{0,58}\w)?)")


def _finished(text: str) -> Plain:
    text = _INVISIBLE.sub("", html.unescape(_HUGE_ENTITY.sub(" ", text)))
    # Most posts have none of these, and to look for one character is a hundred times quicker than to look for a pattern at every word.
    if ":" in text or "www." in text.lower():
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _EMAIL.sub(" ", text)
    if ":" in text:
        text = _EMOJI.sub(" ", text)
    names = dict.fromkeys(found[1] for found in _MENTION.finditer(text)) if "@" in text else {}
    if names:
        text = _MENTION.sub(" ", text)
    return Plain(" ".join(text.split()), tuple(names)[:MAX_MENTIONS])
