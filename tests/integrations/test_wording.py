"""What hosts write alike."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.wording import LONGEST_LINE, is_web, one_line, time_line
from mentorgraph.host import CalendarEntry

START = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "timezone", "line"),
    [
        (1, "UTC", "2026-11-02 21:30–22:30 (UTC)"),
        (1, "Europe/Berlin", "2026-11-02 22:30–23:30 (Europe/Berlin)"),
        (2, "Europe/Berlin", "2026-11-02 22:30–2026-11-03 00:30 (Europe/Berlin)"),
        (1, "Mars/Olympus", "2026-11-02 21:30–22:30 (UTC)"),
        (1, "../../etc/passwd", "2026-11-02 21:30–22:30 (UTC)"),
        (1, "", "2026-11-02 21:30–22:30 (UTC)"),
    ],
)
def test_a_time_is_written_where_its_readers_are(hours: int, timezone: str, line: str) -> None:
    entry = CalendarEntry(name="Mentor\nhour", start=START, end=START + timedelta(hours=hours), timezone=timezone)
    assert time_line(entry) == f"🗓 Mentor hour: {line}"


def test_a_title_is_one_line() -> None:
    assert one_line("  a\r\nb\x00\u202ec\t ") == "a b c"
    assert len(one_line("x" * 1_000)) == LONGEST_LINE


@pytest.mark.parametrize(
    ("url", "web"),
    [
        ("https://meet.example.org/1", True),
        ("http://[::1]/", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://[", False),
        ("https://a.example/ b", False),
        ("https://a.example/\n", False),
        ("/a", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, web: bool) -> None:
    assert is_web(url) is web
