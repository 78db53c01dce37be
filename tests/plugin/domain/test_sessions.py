"""What everybody's words make of a session, and when people can meet: pure, and by properties."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.forms import Slot
from plugin.domain.free_times import Hours, find, fit
from plugin.domain.notices import Reach, is_quiet
from plugin.domain.sessions import MAX_TIMES, NEXT, Participant, Session, SessionState, Statement, check_times, is_late, outcome, step
from plugin.errors import Conflict, Invalid

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = 1, 2, 3


def pair(*held: bool | None) -> list[Participant]:
    return [Participant(member_id=number, held=said) for number, said in enumerate(held, start=1)]


def said(by: int, **about: bool) -> list[Statement]:
    return [Statement(by, {"a": A, "b": B, "c": C}[name], present) for name, present in about.items()]


@pytest.mark.parametrize(
    ("people", "words", "state", "absent"),
    [
        (pair(None, None), [], SessionState.UNCLEAR, set()),
        (pair(True, None), said(A, a=True, b=True), SessionState.HELD, set()),
        (pair(True, True), said(A, a=True, b=True) + said(B, a=True, b=True), SessionState.HELD, set()),
        (pair(False, None), said(A, a=True, b=False), SessionState.MISSED, {B}),
        (pair(False, False), said(A, a=True, b=False) + said(B, b=False), SessionState.MISSED, {B}),
        # Each says something else: nobody is believed more than the other, and nothing counts for anybody.
        (pair(False, True), said(A, a=True, b=False) + said(B, a=True, b=True), SessionState.UNCLEAR, set()),
        # Neither was there: nobody was let down.
        (pair(False, False), said(A, a=False) + said(B, b=False), SessionState.MISSED, {A, B}),
        (pair(False, False), [], SessionState.MISSED, set()),
        # In a group it takes place without the one who is missing.
        (pair(True, True, None), said(A, a=True, b=True, c=False) + said(B, a=True, b=True, c=False), SessionState.HELD, {C}),
        (pair(True, True, True), said(A, a=True, b=True, c=False) + said(C, a=True, b=True, c=True), SessionState.HELD, set()),
    ],
)
def test_what_comes_of_what_everybody_said(people: list[Participant], words: list[Statement], state: SessionState, absent: set[int]) -> None:
    found = outcome(people, words)
    assert (found.state, set(found.absent)) == (state, absent)
    assert set(found.no_shows) == (absent if found.present else set())


STATEMENTS = st.lists(
    st.builds(Statement, st.sampled_from([A, B, C]), st.sampled_from([A, B, C]), st.booleans()), max_size=9, unique_by=lambda one: (one.by, one.about)
)


@given(people=st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=3), words=STATEMENTS)
def test_nobody_is_called_absent_against_their_own_word(people: list[bool | None], words: list[Statement]) -> None:
    found = outcome(pair(*people), words)
    assert found.state in NEXT[SessionState.CONFIRMED] - {SessionState.CANCELLED}
    assert not found.present & found.absent
    for one in found.no_shows:
        assert not any(each.by == each.about == one and each.present for each in words)
        assert any(each.about == one and not each.present for each in words), "somebody said so"
    if found.state is not SessionState.MISSED:
        assert not found.let_down


def test_times_that_may_be_proposed() -> None:
    berlin = datetime(2026, 11, 3, 18, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert check_times([berlin, NOW + HOUR], now=NOW) == (NOW + HOUR, berlin)
    for wrong, why in (
        ([], "one to"),
        ([NOW + HOUR * n for n in range(1, MAX_TIMES + 2)], "one to"),
        ([NOW + HOUR, NOW + HOUR], "each once"),
        ([berlin, berlin.astimezone(UTC)], "each once"),
        ([NOW], "is over"),
        ([NOW + timedelta(days=400)], "a year"),
        ([datetime(2026, 11, 3, 18, 0)], "zone"),  # noqa: DTZ001 - that is what is refused
    ):
        with pytest.raises(Invalid, match=why):
            check_times(wrong, now=NOW)


def test_late_is_less_than_three_hours_before() -> None:
    assert not is_late(NOW + timedelta(hours=3), NOW)
    assert is_late(NOW + timedelta(hours=3) - timedelta(seconds=1), NOW)


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("to", SessionState)
def test_there_is_no_step_but_those_that_are_listed(state: SessionState, to: SessionState) -> None:
    one = Session(id=1, mentorship_id=1, program_id=None, state=state, minutes=60, created_at=NOW)
    if to in NEXT[state]:
        assert step(one, to) is to
    else:
        with pytest.raises(Conflict, match="cannot be changed like that"):
            step(one, to)


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC", "America/St_Johns"])
MINUTE = st.integers(0, 47).map(lambda half: half * 30)


@st.composite
def hours(draw: st.DrawFn, number: int) -> Hours:
    zone = draw(ZONES)
    reach = Reach(timezone=zone, quiet_from=draw(MINUTE), quiet_until=draw(MINUTE))
    slots = draw(st.none() | st.lists(st.builds(Slot, st.integers(0, 6), st.just(8 * 60), st.just(18 * 60)), min_size=1, max_size=4).map(tuple))
    start = NOW + timedelta(hours=draw(st.integers(0, 300)))
    return Hours(member_id=number, reach=reach, slots=slots, timezone=zone, busy=((start, start + HOUR),))


@pytest.mark.slow
@given(one=hours(1), other=hours(2), minutes=st.sampled_from([30, 60, 90]))
def test_a_time_that_is_found_suits_everybody(one: Hours, other: Hours, minutes: int) -> None:
    found = find([one, other], minutes=minutes, since=NOW, until=NOW + timedelta(days=14), most=6)
    assert found == sorted(set(found))
    for at in found:
        for each in (one, other):
            assert fit(at, minutes, each).good
            assert not is_quiet(at, each.reach)
            assert not any(begins < at + timedelta(minutes=minutes) and at < ends for begins, ends in each.busy)


def test_free_hours_follow_the_clock_through_the_change_of_summer_time() -> None:
    """Monday at nine in Berlin is eight in UTC in winter and seven in summer."""
    one = Hours(member_id=1, reach=Reach(timezone="Europe/Berlin"), slots=(Slot(0, 9 * 60, 10 * 60),), timezone="Europe/Berlin")
    days = datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)
    winter, summer = (find([one], minutes=60, since=day, until=day + timedelta(days=7), most=1)[0] for day in days)
    assert (winter.hour, summer.hour) == (8, 7)
