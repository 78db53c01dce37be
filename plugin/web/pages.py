"""Pages of ours, rendered on the server, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_datetime_format
from babel.numbers import format_currency, format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from plugin.domain.forms.reading import zones
from plugin.domain.health import SHARES
from plugin.domain.notices import zone_of
from plugin.errors import Remark, Share
from plugin.services.programs import program_words
from plugin.texts import Plural, language_of, languages, translate
from plugin.texts.console import DAYS, LEVELS, TONES
from plugin.web.answers import answer_words

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
SCRIPTED = f"{CSP}; script-src 'self'; connect-src 'self'"
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MAX_HEADER = 300


class _Number(str):
    """A number in its reader's form, whatever a placeholder says of how numbers are written."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self)


class Speaker:
    """Words, dates and numbers for one reader."""

    def __init__(self, locale: str, timezone: str = "UTC") -> None:
        self.language = language_of(locale)
        self.timezone = timezone
        self.direction = "rtl" if Locale.parse(self.language).text_direction == "rtl" else "ltr"

    def say(self, text: str | Plural, **values: object) -> str:
        """A text of the catalogues with its placeholders filled in."""
        number = values.get(text.by) if isinstance(text, Plural) else None
        said = translate(text, language=self.language, number=number if isinstance(number, int) else 1)
        return said.format(**{name: self.number(value) if isinstance(value, int | float) else value for name, value in values.items()}) if values else said

    def marked(self, text: str, **values: object) -> Markup:
        """The same with values that hold markup of ours; whatever else is in them is escaped."""
        return Markup(escape(translate(text, language=self.language))).format(**values)  # noqa: S704 # nosec B704 - both are escaped

    def ours(self, text: str) -> str:
        """What is said of a program: what is a template's still in the reader's language, a manager's own words as they are."""
        return program_words.spoken(text, language=self.language)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """A text with a count."""
        return self.say(Plural(one, many, "count"), count=count, **values)

    def error(self, wrong: Remark | str) -> str:
        """What went wrong. A host's own words are shown as they are where they do not stand in the catalogues."""
        remark = wrong if isinstance(wrong, Remark) else Remark(wrong)
        said = remark.said(lambda text: translate(text, language=self.language), self._value)
        return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?")) else ".")

    def _value(self, value: object) -> object:
        if isinstance(value, Share):
            return self.percent(value)
        if isinstance(value, date):
            return self.day(value)
        return _Number(self.number(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value

    def when(self, moment: datetime | None) -> str:
        """A moment in the reader's zone, to the minute."""
        if moment is None:
            return "–"
        local = moment.astimezone(zone_of(self.timezone))
        both = str(get_datetime_format("medium", locale=self.language))
        time = format_time(local, "short", tzinfo=local.tzinfo, locale=self.language)
        return both.format(time, format_date(local, "medium", locale=self.language)).replace("\u202f", " ").replace("'", "")

    def day(self, moment: datetime | date | None) -> str:
        """A day."""
        if moment is None:
            return "–"
        local = moment.astimezone(zone_of(self.timezone)) if isinstance(moment, datetime) else moment
        return format_date(local, "medium", locale=self.language)

    def ago(self, moment: datetime | None, now: datetime) -> str:
        """How long ago, or how long until, in words."""
        return "–" if moment is None else format_timedelta(moment - now, add_direction=True, locale=self.language)

    def number(self, value: float) -> str:
        """A number with at most two places."""
        return str(format_decimal(round(value, 2), locale=self.language))

    def money(self, amount: int, currency: str) -> str:
        """An amount in hundredths of a currency."""
        return str(format_currency(Decimal(amount) / 100, currency, locale=self.language, currency_digits=False))

    def percent(self, value: float) -> str:
        """A share of 1 as per cent."""
        return str(format_percent(value, locale=self.language))

    def measured(self, measure: str, value: float | None) -> str:
        """A figure of a program by which a goal is measured: a share as per cent."""
        if value is None:
            return "–"
        return self.percent(value) if measure in SHARES else self.number(value)


@lru_cache(maxsize=512)
def wanted_locale(header: str) -> str:
    """The language of ``Accept-Language`` that there is a catalogue for and that the reader would like best; empty for none."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:MAX_HEADER].split(",")):
        name, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            found.append((-float(weight) if rest else -1.0, place, name))
        except ValueError:
            continue
    for order, _place, name in sorted(found):
        language = name.partition("-")[0].lower()
        if order < 0 and language in languages():
            return language
    return ""


def speaker_for(request: Request) -> Speaker:
    """Words for somebody of whom only the browser is known."""
    return Speaker(wanted_locale(request.headers.get("accept-language", "")) or languages()[0])


def render(template: str, speaker: Speaker, *, status: int = 200, scripts: bool = True, headers: Mapping[str, str] | None = None, **values: Any) -> Response:
    """A template as a page in the speaker's language, which nobody can frame and which runs scripts of ours only, or with ``scripts`` false none at all."""
    spoken = {
        "speaker": speaker,
        "scripts": scripts,
        "_": speaker.say,
        "marked": speaker.marked,
        "ours": speaker.ours,
        "plural": speaker.plural,
        "when": speaker.when,
        "day": speaker.day,
        "ago": speaker.ago,
        "number": speaker.number,
        "percent": speaker.percent,
        "measured": speaker.measured,
        "money": speaker.money,
        "answer_words": answer_words,
        "states_of": lambda names: [(key, speaker.say(text)) for key, text in names.items()],
        "tones": TONES,
        "language_name": lambda code: Locale(code).get_display_name(speaker.language) or code,
        "days": DAYS,
        "levels": LEVELS,
        "zones": sorted(zones()),
    }
    text = _ENVIRONMENT.get_template(template).render(spoken | values)
    # Without a referrer browsers send no origin with a form either, by which we know that it came from a page of ours.
    return HTMLResponse(
        text, status, headers=HEADERS | {"Content-Security-Policy": SCRIPTED if scripts else CSP, "Referrer-Policy": "same-origin"} | dict(headers or {})
    )


STILL = {"Referrer-Policy": "no-referrer"}
"""For pages that hold no form."""


def page(template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> Response:
    """A template as a page that nobody can frame and that runs no script, unless ``headers`` say otherwise."""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(values), status, headers=HEADERS | dict(headers or {}))
