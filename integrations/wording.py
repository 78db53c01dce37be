"""What hosts write alike: names and titles on one line, addresses that may be links, and a line with a time instead of a calendar's entry."""

from datetime import UTC, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mentorgraph.host import CalendarEntry

LONGEST_LINE = 200
"""Characters of a title or name."""


def one_line(text: str) -> str:
    """A title or name: one line without control characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:LONGEST_LINE]


def is_web(url: str) -> bool:
    """Whether an address may become a link: of the web, and without anything that could end the link early."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and url.isprintable() and " " not in url


def time_line(entry: CalendarEntry) -> str:
    """An event as a line with its time."""
    zone = zone_of(entry.timezone)
    start, end = entry.start.astimezone(zone), entry.end.astimezone(zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"🗓 {one_line(entry.name)}: {start:%Y-%m-%d %H:%M}–{until} ({zone})"


def zone_of(name: str) -> tzinfo:
    """A time zone by its name in the zone database; UTC when there is no such one, which changes how a time is written and not when it is."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
