"""Calendar files that calendars can read, change and take back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar

from plugin.domain.calendar import CalendarEvent
from plugin.services.messages.ical import ics

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
EVENT = CalendarEvent(
    uid="session-7-1@mentorgraph",
    name="Session with maya\r\nBEGIN:VEVENT",
    starts_at=START,
    ends_at=START + timedelta(hours=1),
    changed_at=START - timedelta(days=1),
    sequence=2,
    description="Agenda; first, then\nsecond, with ümläuts " + "x" * 200,
    url="https://forum.example.org/t/1",
)


def read(data: bytes) -> tuple[icalendar.Calendar, list[icalendar.Event]]:
    calendar = icalendar.Calendar.from_ical(data)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar, [one for one in calendar.walk("VEVENT") if isinstance(one, icalendar.Event)]


def test_what_is_written_is_read_back() -> None:
    calendar, (event,) = read(ics([EVENT], name="Forum"))
    assert calendar["method"] == "PUBLISH"
    assert (event["uid"], event["sequence"], event["status"]) == (EVENT.uid, 2, "CONFIRMED")
    assert event.decoded("dtstart") == EVENT.starts_at
    assert event.decoded("dtend") == EVENT.ends_at
    assert event["summary"] == "Session with maya BEGIN:VEVENT", "a name cannot begin another event"
    assert event["description"] == EVENT.description
    assert all(len(line) <= 75 for line in ics([EVENT]).split(b"\r\n")), "RFC 5545, section 3.1"


def test_a_cancelled_event_is_taken_back() -> None:
    calendar, (event,) = read(ics([EVENT], cancel=True))
    assert (calendar["method"], event["status"]) == ("CANCEL", "CANCELLED")
    _, (listed,) = read(ics([replace(EVENT, cancelled=True)]))
    assert listed["status"] == "CANCELLED"


def test_an_address_that_is_none_of_the_web_is_left_out() -> None:
    _, (event,) = read(ics([replace(EVENT, url="javascript:alert(1)")]))
    assert "url" not in event


def test_the_same_events_are_the_same_bytes() -> None:
    assert ics([EVENT]) == ics([EVENT])
