"""A notice in the reader's language: pieces that a host makes safe for its markup, or plain text."""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from mentorgraph.host import Block, Bullets, CalendarEntry, Inline, Link, Mention, Paragraph, Quote, Words
from plugin.texts.catalogues import language_of, translate
from plugin.texts.dates import date_words, day_words
from plugin.texts.kinds import KINDS, Plural, Template, _, needed, placeholders

About = Mapping[str, str | int]
"""What a notice is about, by placeholder. Moments are in ISO format; members are ids of ours."""

_FORMER = _("a former member")
_GONE = Words("…")
"""Words of somebody who was erased."""


@dataclass(frozen=True, slots=True)
class Person:
    """How a member is called now."""

    username: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Where our pages are: at ``url``, and for which community a visitor is signed in who is not yet, by the address of that community."""

    url: str
    community: str

    def address(self, path: str) -> str:
        """The address of a page. One that is for members says of which community."""
        private = path.partition("/")[2].partition("/")[0] in {"my", "console"}
        return f"{self.url}{path}?{urlencode({'community': self.community.partition('://')[2].rstrip('/')}, safe='/:')}" if private else f"{self.url}{path}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice in words."""

    title: str
    body: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as paragraphs of plain text."""
        return tuple(text for block in self.body if (text := _block(block)))

    @property
    def text(self) -> str:
        """The body as plain text."""
        return "\n\n".join(self.paragraphs)


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return "".join(map(plain, block.parts))
        case Bullets():
            return "\n".join("– " + "".join(map(plain, item)) for item in block.items)
        case Quote():
            return block.text
        case CalendarEntry():
            return block.name


def plain(part: Inline) -> str:
    """A piece as plain text."""
    match part:
        case str():
            return part
        case Words():
            return part.text
        case Link():
            return f"{part.text}: {part.url}" if part.text != part.url else part.url
        case Mention():
            return part.username


def missing(kind: str, about: About) -> list[str]:
    """Placeholders that a kind needs and ``about`` lacks."""
    return sorted(set(needed(KINDS[kind], str(about.get("role", "")))) - set(about))


def people_in(kind: str, about: About) -> list[int]:
    """The members that a notice names, by id."""
    found = needed(KINDS[kind], str(about.get("role", "")))
    return [int(value) for name, how in found.items() if how == "member" and (value := about.get(name)) is not None and str(value).isdigit()]


def mentions_in(shown: Shown) -> set[str]:
    """The user names that a notice in words mentions."""
    found: set[str] = set()
    for block in shown.body:
        lines = block.items if isinstance(block, Bullets) else (block.parts,) if isinstance(block, Paragraph) else ()
        found |= {part.username for line in lines for part in line if isinstance(part, Mention)}
    return found


def render(kind: str, about: About, locale: str, *, timezone: str = "UTC", people: Mapping[int, Person] | None = None, site: Site | None = None) -> Shown:
    """A notice in the reader's language, with moments in the reader's zone.

    ``about["path"]``, else the kind's own page, is shown as a link where ``site`` is known.
    Members are named as ``people`` says; one who is not there any more is a former member. Words of members stay :class:`~mentorgraph.host.Words`. Raises
    :class:`KeyError` for a kind that nobody declared.
    """
    wording = KINDS[kind].words_for(str(about.get("role", "")))
    language = language_of(locale)
    show = partial(_value, about=about, language=language, timezone=timezone, people=people or {})
    title = " ".join("".join(map(plain, _pieces(_text(wording.title, about, language), show))).split())
    parts = [part for part in _text(wording.body, about, language).split("\n\n") if not _is_empty(part, about)]
    body: list[Block] = [Paragraph(tuple(_pieces(part, show))) for part in parts]
    elsewhere = str(about.get("url", ""))
    path = str(about.get("path", "")) or ("" if elsewhere else KINDS[kind].page)
    url = site.address(path) if site is not None and path.startswith("/") else elsewhere
    if url.startswith(("https://", "http://")):
        body.append(Paragraph((Link(url, url),)))
    return Shown(title, tuple(body))


def _is_empty(part: str, about: About) -> bool:
    """Whether all that a paragraph is about was left out: a note that nobody wrote leaves no gap, and no “Where:” without a place."""
    names = placeholders(part)
    return bool(names) and all(about.get(name) == "" for name in names)


def _text(template: Template, about: About, language: str) -> str:
    number = about.get(template.by, 1) if isinstance(template, Plural) else 1
    return translate(template, language=language, number=int(number) if str(number).isdigit() else 1)


def _pieces(text: str, show: Callable[[str, str], Inline]) -> list[Inline]:
    found: list[Inline] = []
    for literal, name, spec, _conversion in string.Formatter().parse(text):
        if literal:
            found.append(literal)
        if name is not None:
            found.append(show(name, spec or ""))
    if found and isinstance(found[0], str):
        # A former member may begin a sentence.
        found[0] = found[0][:1].upper() + found[0][1:]
    return found


def _value(name: str, spec: str, *, about: About, language: str, timezone: str, people: Mapping[int, Person]) -> Inline:
    value = about.get(name)
    if spec == "member":
        person = people.get(int(str(value))) if str(value).isdigit() else None
        return Mention(person.username) if person else translate(_FORMER, language=language)
    if value is None:
        return _GONE
    if spec == "text":
        return translate(str(value), language=language)
    if spec == "times":
        return Words("\n".join(_moment(one, "when", timezone, language) for one in str(value).split(",") if one))
    if spec in {"when", "day"}:
        shown = _moment(str(value), spec, timezone, language)
        return shown if shown != value else Words(shown)
    return str(value) if isinstance(value, int) else Words(value)


def _moment(value: str, spec: str, timezone: str, language: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (date_words if spec == "when" else day_words)(moment, timezone, language)
