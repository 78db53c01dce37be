"""Moments in the reader's words and zone, by CLDR."""

from datetime import datetime

from babel.dates import format_date, format_time, get_timezone_name

from plugin.domain.notices import zone_of
from plugin.texts.catalogues import language_of


def date_words(moment: datetime, timezone: str, locale: str) -> str:
    """A moment with day of the week, time and zone, such as ``Tuesday, November 3, 2026, 2:00 PM (CET)``. An unknown zone is UTC."""
    zone, language = zone_of(timezone), language_of(locale)
    local = moment.astimezone(zone)
    name = "UTC" if zone.key == "UTC" else get_timezone_name(local, width="short", locale=language)
    if name.startswith(("+", "-")):
        # CLDR has no short name for this zone in this language: what its people call it says more than an offset.
        known = local.tzname() or name
        name = f"UTC{known}" if known.startswith(("+", "-")) else known
    return f"{format_date(local, 'full', locale=language)}, {format_time(local, 'short', tzinfo=zone, locale=language)} ({name})".replace("\u202f", " ")


def day_words(moment: datetime, timezone: str, locale: str) -> str:
    """The day of a moment in the reader's zone, such as ``November 3, 2026``."""
    return format_date(moment.astimezone(zone_of(timezone)), "long", locale=language_of(locale))
