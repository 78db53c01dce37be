"""Quiet hours, days and digests by the member's own clock, over the changes of summer time too."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.notices import Frequency, Reach, awake, awake_together, day_start, digest_due, following, is_quiet, next_day, zone_of

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana", "Pacific/Apia", "Africa/Casablanca"]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds; the zone is given beside
MINUTES = st.integers(0, 1439)
REACHES = st.builds(Reach, timezone=st.sampled_from(ZONES), quiet_from=MINUTES, quiet_until=MINUTES, digest_at=MINUTES, weekday=st.integers(0, 6))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(MOMENTS, REACHES)
def test_awake_is_the_first_moment_that_is_not_quiet(moment: datetime, reach: Reach) -> None:
    found = awake(moment, reach)
    assert not is_quiet(found, reach)
    assert moment <= found <= moment + timedelta(hours=25)
    if found > moment:
        assert is_quiet(moment, reach)
        assert is_quiet(found - timedelta(minutes=1), reach) or found - moment <= timedelta(minutes=60), "no earlier one was passed over"


@given(MOMENTS, REACHES)
def test_a_digest_comes_within_its_period_at_its_hour_and_never_in_quiet_hours(moment: datetime, reach: Reach) -> None:
    for frequency, days in ((Frequency.DAILY, 2), (Frequency.WEEKLY, 9)):
        due = digest_due(moment, frequency, reach)
        assert moment < due <= moment + timedelta(days=days)
        assert not is_quiet(due, reach)


@given(MOMENTS, st.sampled_from(ZONES), st.integers(1, 14), st.integers(0, 10**6))
def test_what_recurs_stays_at_its_time_of_the_wall_clock(moment: datetime, zone: str, days: int, late: int) -> None:
    first = moment.replace(microsecond=0, second=0, hour=12)
    found = following(first, days=days, timezone=zone, now=first + timedelta(minutes=late))
    assert found > first + timedelta(minutes=late)
    local, began = found.astimezone(zone_of(zone)), first.astimezone(zone_of(zone))
    assert (local.date() - began.date()).days % days == 0
    shown = (local.hour * 60 + local.minute) - (began.hour * 60 + began.minute)
    assert shown == 0 or 0 < shown <= 60, "only a leap of the clock moves it"


@given(MOMENTS, st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap(moment: datetime, zone: str) -> None:
    start, end = day_start(moment, zone), next_day(moment, zone)
    assert start <= moment < end
    assert timedelta(hours=22) <= end - start <= timedelta(hours=26)
    assert day_start(end, zone) == end


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-28T22:00", "2026-03-29T06:00"),  # the clock leaps: eight is six in UTC
        ("2026-10-24T22:00", "2026-10-25T07:00"),  # the clock goes back: eight is seven in UTC
        ("2026-07-01T12:00", "2026-07-01T12:00"),
    ],
)
def test_eight_in_the_morning_stays_that(moment: str, found: str) -> None:
    assert awake(at(moment), Reach(timezone="Europe/Berlin")) == at(found)


def test_no_quiet_hours_when_both_are_the_same() -> None:
    reach = Reach(quiet_from=600, quiet_until=600)
    assert not any(is_quiet(at(f"2026-01-01T{hour:02}:00"), reach) for hour in range(24))


def test_several_are_awake_together_or_not_at_all() -> None:
    berlin, los_angeles = Reach(timezone="Europe/Berlin"), Reach(timezone="America/Los_Angeles")
    assert awake_together(at("2026-11-02T12:00"), [berlin, los_angeles]) == at("2026-11-02T16:00")
    day, night = Reach(quiet_from=0, quiet_until=720), Reach(quiet_from=720, quiet_until=0)
    assert awake_together(at("2026-11-02T12:00"), [day, night]) is None
    assert awake_together(at("2026-11-02T12:00"), []) == at("2026-11-02T12:00")


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "/etc/passwd", "x" * 5000, "a\x00b"])
def test_a_zone_that_there_is_not_is_utc(name: str) -> None:
    assert zone_of(name).key == "UTC"
