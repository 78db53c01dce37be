"""Events as calendar files that any calendar reads (RFC 5545, RFC 5546)."""

from collections.abc import Sequence
from datetime import UTC

import icalendar

from plugin.domain.calendar import CalendarEvent


def ics(events: Sequence[CalendarEvent], *, name: str = "Mentorgraph", cancel: bool = False) -> bytes:
    """Events as one calendar file. ``cancel`` makes it a message that takes them back (METHOD:CANCEL); otherwise it publishes them."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Mentorgraph//Mentorgraph//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if cancel else "PUBLISH")
    calendar.add("x-wr-calname", name)
    for one in events:
        calendar.add_component(_event(one, cancelled=cancel or one.cancelled))
    written: bytes = calendar.to_ical()
    return written


def _event(one: CalendarEvent, *, cancelled: bool) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.changed_at.astimezone(UTC))
    event.add("last-modified", one.changed_at.astimezone(UTC))
    event.add("dtstart", one.starts_at.astimezone(UTC))
    event.add("dtend", one.ends_at.astimezone(UTC))
    event.add("summary", _line(one.name))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    for key, value in (
        ("description", one.description),
        ("location", _line(one.location)),
        ("url", one.url if one.url.startswith(("https://", "http://")) else ""),
    ):
        if value:
            event.add(key, value)
    return event


def _line(text: str) -> str:
    return " ".join(text.split())
