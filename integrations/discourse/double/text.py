"""Words: slugs, and a small safe subset of the forum's markdown turned to HTML."""

import html
import re
import unicodedata
from collections.abc import Callable

_MENTION = re.compile(r"(?<![\w/@`.])@([\w.-]*\w)")
_QUOTE = re.compile(r'\[quote(?:="([^"]*)")?\]\s*(.*?)\s*\[/quote\]', re.DOTALL)
_EVENT = re.compile(r"\[event\b[^\]]*\].*?\[/event\]", re.DOTALL)
_FENCE = re.compile(r"^(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"<[^>]+>")
_INLINE = (
    (re.compile(r"!\[([^\]]*)\]\((https?://[^\s)]+)\)"), r'<img src="\2" alt="\1">'),
    (re.compile(r"\[([^\]]+)\]\(((?:https?://|mailto:|/)[^\s)]*)\)"), r'<a href="\2" rel="noopener nofollow ugc">\1</a>'),
    (re.compile(r"(?<![\"'=>\w/])(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'])"), r'<a href="\1" rel="noopener nofollow ugc">\1</a>'),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_]+?)(?<=\S)_(?![\w_])"), r"<em>\1</em>"),
)


def slugify(title: str, *, fallback: str = "topic") -> str:
    """The address form of a title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:255] or fallback


def plain_text(cooked: str) -> str:
    """HTML without its tags, for archives that keep only the cooked form."""
    return html.unescape(_TAG.sub("", cooked.replace("</p>", "</p>\n").replace("<br>", "\n"))).strip()


def excerpt(cooked: str, *, length: int = 220) -> str:
    """The beginning of a post as one escaped line."""
    words = " ".join(html.unescape(_TAG.sub(" ", cooked)).split())
    return html.escape(words if len(words) <= length else words[: length - 1].rstrip() + "…", quote=False)


def without_code_and_quotes(raw: str) -> str:
    """What the author says themselves, where mentions count."""
    return re.sub(r"`[^`\n]*`", " ", re.sub(r"^>.*$", " ", _QUOTE.sub(" ", _FENCE.sub(" ", raw)), flags=re.MULTILINE))


def mentions(raw: str) -> list[str]:
    """Names after an @, in order, outside of code and quotes."""
    return list(dict.fromkeys(_MENTION.findall(without_code_and_quotes(raw))))


def quote_count(raw: str) -> int:
    """How many quotes of others a post has."""
    return len(_QUOTE.findall(raw)) if "[quote" in raw else 0


class _Kept:
    """Finished HTML that later steps must not touch, behind a mark in the text."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def keep(self, piece: str) -> str:
        self.pieces.append(piece)
        return f"\x00{len(self.pieces) - 1}\x00"

    def restore(self, text: str) -> str:
        while "\x00" in text:
            text = re.sub(r"\x00(\d+)\x00", lambda match: self.pieces[int(match[1])], text)
        return text


def cook(raw: str, *, known: Callable[[str], str | None] = lambda _name: None) -> str:
    """HTML of a post. Raw HTML is shown, not obeyed; ``known`` maps a mentioned name to its profile's address, or ``None``."""
    kept = _Kept()
    text = raw.replace("\x00", "").replace("\r\n", "\n")
    text = _FENCE.sub(lambda m: "\n\n" + kept.keep(_code_block(m[3], m[2])) + "\n\n", text)
    text = _EVENT.sub(lambda m: "\n\n" + kept.keep(_event_box(m[0])) + "\n\n", text)
    text = _QUOTE.sub(lambda m: "\n\n" + kept.keep(_quote(m[1] or "", cook(m[2], known=known))) + "\n\n", text)
    blocks = (_block(block, kept, known) for block in re.split(r"\n{2,}", text) if block.strip())
    return kept.restore("\n".join(blocks))


def _code_block(code: str, language: str) -> str:
    return f'<pre><code class="lang-{html.escape(language or "auto")}">{html.escape(code, quote=False)}</code></pre>'


def _event_box(markup: str) -> str:
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', markup.partition("]")[0]))
    data = "".join(f' data-{html.escape(key.lower())}="{html.escape(value)}"' for key, value in attributes.items())
    label = html.escape(attributes.get("name", "Event")) + " · " + html.escape(attributes.get("start", ""))
    return f'<div class="discourse-post-event"{data}>{label}</div>'


def _quote(source: str, inner: str) -> str:
    username = html.escape(source.partition(",")[0].strip())
    numbers = dict(re.findall(r"(post|topic):\s*(\d+)", source))
    data = "".join(f' data-{key}="{value}"' for key, value in numbers.items())
    title = f'<div class="title">{username}:</div>' if username else ""
    return f'<aside class="quote" data-username="{username}"{data}>{title}<blockquote>{inner}</blockquote></aside>'


def _block(block: str, kept: _Kept, known: Callable[[str], str | None]) -> str:
    lines = block.strip("\n").split("\n")
    if len(lines) == 1 and re.fullmatch(r"\s*\x00\d+\x00\s*", lines[0]):
        return lines[0].strip()
    if len(lines) == 1 and (heading := re.match(r"(#{1,6})\s+(.*)", lines[0])):
        level = len(heading[1])
        return f"<h{level}>{_inline(heading[2], kept, known)}</h{level}>"
    if len(lines) == 1 and re.fullmatch(r"\s*(-{3,}|\*{3,})\s*", lines[0]):
        return "<hr>"
    if all(line.startswith(">") for line in lines):
        return f"<blockquote>{cook(chr(10).join(line[1:].lstrip() for line in lines), known=known)}</blockquote>"
    for pattern, tag in ((r"\s*[-*+]\s+(.*)", "ul"), (r"\s*\d+[.)]\s+(.*)", "ol")):
        items = [re.match(pattern, line) for line in lines]
        if all(items):
            return f"<{tag}>" + "".join(f"<li>{_inline(item[1], kept, known)}</li>" for item in items if item) + f"</{tag}>"
    return f"<p>{_inline(block.strip(), kept, known)}</p>"


def _keep_links(pattern: re.Pattern[str], replacement: str, text: str, kept: _Kept) -> str:
    return pattern.sub(lambda match: kept.keep(_quoted(match, replacement)), text)


def _quoted(match: re.Match[str], replacement: str) -> str:
    parts = [group.replace('"', "&quot;") for group in match.groups()]
    return re.sub(r"\\(\d)", lambda digit: parts[int(digit[1]) - 1], replacement)


_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _inline(text: str, kept: _Kept, known: Callable[[str], str | None]) -> str:
    text = re.sub(r"`([^`\n]+)`", lambda m: kept.keep(f"<code>{html.escape(m[1], quote=False)}</code>"), text)
    text = re.sub(r"\\([\\`*_\[\]()#@<>!-])", lambda m: kept.keep(html.escape(m[1])), text)
    # CommonMark 6.2: references to characters stand for the characters, and those never start markup.
    text = _REFERENCE.sub(lambda m: kept.keep(html.escape(html.unescape(m[0]))), text)
    text = html.escape(text, quote=False)
    for pattern, replacement in _INLINE[:3]:
        text = _keep_links(pattern, replacement, text, kept)

    def mention(match: re.Match[str]) -> str:
        target = known(match[1])
        return (
            kept.keep(f'<a class="mention" href="{target}">@{html.escape(match[1])}</a>')
            if target
            else f'<span class="mention">@{html.escape(match[1])}</span>'
        )

    text = _MENTION.sub(mention, text)
    for pattern, replacement in _INLINE[3:]:
        text = pattern.sub(replacement, text)
    return text.replace("\n", "<br>\n")
