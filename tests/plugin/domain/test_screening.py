"""The rule about who is under age, over everything that can be on record."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.screening import Check, Minor, Safeguards, Screening, check_checks, check_guardian, check_until
from plugin.errors import Invalid

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PEOPLE = st.frozensets(st.integers(0, 6))


@given(PEOPLE, PEOPLE, PEOPLE, st.integers(0, 6), st.integers(0, 6))
def test_an_adult_and_a_minor_need_a_screening_and_a_consent(
    minors: frozenset[int], consented: frozenset[int], cleared: frozenset[int], one: int, other: int
) -> None:
    known = Safeguards(minors=minors, consented=consented, cleared=cleared)
    assert known.apart(one, other) is known.apart(other, one)
    if one != other and len({one, other} & minors) == 1:
        (minor,), (adult,) = {one, other} & minors, {one, other} - minors
        assert known.apart(one, other) is not (minor in consented and adult in cleared)
    else:
        assert not known.apart(one, other)


def test_a_screening_holds_with_all_checks_until_it_runs_out_or_is_taken_back() -> None:
    whole = Screening(member_id=1, checks=frozenset(Check), cleared_at=NOW, expires_at=NOW + timedelta(days=1))
    assert whole.holds(NOW)
    assert not whole.holds(NOW + timedelta(days=1))
    assert not Screening(member_id=1, checks=frozenset(Check), cleared_at=NOW, expires_at=NOW + timedelta(days=1), revoked_at=NOW).holds(NOW)
    assert not Screening(member_id=1, checks=frozenset(Check) - {Check.RECORDS}, cleared_at=NOW, expires_at=NOW + timedelta(days=1)).holds(NOW)


@pytest.mark.parametrize(("age", "years"), [(17, 1), (13, 5)])
def test_who_gave_an_age_is_under_age_until_they_cannot_be_any_more(age: int, years: int) -> None:
    one = Minor(member_id=1, age=age, stated_at=datetime(2024, 2, 29, tzinfo=UTC), guardian=b"")
    assert one.under_age(datetime(2024 + years, 2, 28, 23, 59, tzinfo=UTC))
    assert not one.under_age(datetime(2024 + years, 3, 1, tzinfo=UTC))


def test_what_cannot_be_written_down_is_said() -> None:
    with pytest.raises(Invalid, match="all checks"):
        check_checks(frozenset(Check) - {Check.INTERVIEW})
    check_checks(frozenset(Check))
    for days in (0, -1, 1_099):
        with pytest.raises(Invalid, match="three years"):
            check_until(NOW.date() + timedelta(days=days), today=NOW.date())
    assert check_guardian("  Eva   Ray,\n 030 1 ") == "Eva Ray, 030 1"
    for words in ("", "x" * 301):
        with pytest.raises(Invalid, match="parent or guardian"):
            check_guardian(words)
