"""A program's figures, against a recomputation that shares no code with them."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.advice import RULES, advise
from plugin.domain.health import Ask, Asked, Facts, Goal, Measure, Meeting, Pair, Person, Voice
from plugin.graph.health import cohorts, health, over_time, released
from tests.conftest import NOW

DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


TIMES = st.integers(-20, 120).map(lambda days: NOW - timedelta(days=days))
LATER = st.none() | TIMES
IDS = st.integers(1, 12)


@st.composite
def people(draw: st.DrawFn) -> tuple[Person, ...]:
    found = []
    for member, role in draw(st.lists(st.tuples(IDS, st.sampled_from(["mentor", "mentee"])), unique=True, max_size=16)):
        values = draw(st.tuples(TIMES, LATER, st.integers(0, 3), st.booleans(), st.sampled_from(["spring", "autumn"])))
        found.append(Person(member_id=member, role=role, at=values[0], left_at=values[1], capacity=values[2], paused=values[3], cohort=values[4]))
    return tuple(found)


@st.composite
def facts_of(draw: st.DrawFn) -> Facts:
    pairs = [
        Pair(id=number, mentor_id=one[0], mentees=tuple(one[1]), began_at=one[2], ended_at=one[3], reason=one[4], signs=tuple(one[5]))
        for number, one in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        st.none() | IDS,
                        st.lists(st.none() | IDS, min_size=1, max_size=3),
                        TIMES,
                        LATER,
                        st.sampled_from(["done", ""]),
                        st.lists(TIMES, max_size=3),
                    ),
                    max_size=10,
                )
            )
        )
    ]
    asks = [
        Ask(id=number, at=at, replied_at=None if replied is None else max(at, replied), closed_at=None if closed is None else max(at, closed))
        for number, (at, replied, closed) in enumerate(draw(st.lists(st.tuples(TIMES, LATER, LATER), max_size=12)))
    ]
    meetings = draw(st.lists(st.builds(Meeting, id=IDS, pair_id=IDS, at=TIMES, held=st.none() | st.booleans()), max_size=12))
    voices = draw(
        st.lists(
            st.builds(
                Voice,
                at=TIMES,
                kind=st.just("pulse"),
                quality=st.none() | st.integers(1, 5).map(float),
                recommend=st.none() | st.integers(0, 10),
                goal_reached=st.none() | st.booleans(),
                cohort=st.sampled_from(["spring", "autumn"]),
            ),
            max_size=25,
        )
    )
    asked = draw(st.lists(st.builds(Asked, at=TIMES, answered_at=LATER), max_size=12))
    audiences = draw(st.dictionaries(st.sampled_from(["new", "old"]), st.frozensets(IDS)))
    goals = tuple(Goal(name=measure.value, measure=measure, target=2.0) for measure in Measure)
    return Facts(
        people=draw(people()),
        pairs=tuple(pairs),
        asks=tuple(asks),
        meetings=tuple(meetings),
        voices=tuple(voices),
        surveys=tuple(asked),
        goals=goals,
        audiences=audiences,
    )


# ---------------------------------------------------------------------------------------------------------------------- the same by other means


def recomputed(facts: Facts, now: datetime) -> dict[str, object]:
    """What the figures should be, from the facts, by plain counting."""
    here = {}
    for person in facts.people:
        if person.at <= now and not (person.left_at is not None and person.left_at <= now):
            here[person.role, person.member_id] = person
    had: set[int | None] = set()
    have: set[int | None] = set()
    burden: defaultdict[int | None, int] = defaultdict(int)
    ended: defaultdict[str, int] = defaultdict(int)
    running, stalled = 0, []
    for pair in facts.pairs:
        if pair.began_at > now:
            continue
        had |= set(pair.mentees)
        if pair.ended_at is not None and pair.ended_at <= now:
            ended[pair.reason] += 1
            continue
        running += 1
        have |= set(pair.mentees)
        burden[pair.mentor_id] += len(pair.mentees)
        last = pair.began_at
        for sign in pair.signs:
            if last < sign <= now:
                last = sign
        if (now - last).total_seconds() > 21 * 86_400:
            stalled.append((last, pair.id))
    mentees = [key[1] for key in here if key[0] == "mentee"]
    mentors = [key[1] for key in here if key[0] == "mentor"]
    loads = [burden[one] for one in mentors]
    return {
        "mentors": len(mentors),
        "mentees": len(mentees),
        "matched": len([one for one in mentees if one in had]),
        "waiting": len([one for one in mentees if one not in have and not here["mentee", one].paused]),
        "places": sum(
            [here["mentor", one].capacity - burden[one] for one in mentors if not here["mentor", one].paused and here["mentor", one].capacity > burden[one]]
        ),
        "running": running,
        "stalled": [number for _, number in sorted(stalled)],
        "ended": dict(ended),
        "gini": unequal(loads),
        "replies": replies(facts, now),
        "held": len([one for one in facts.meetings if one.held and one.at <= now]),
        "missed": len([one for one in facts.meetings if one.held is False and one.at <= now]),
    }


def unequal(loads: list[int]) -> float:
    """The Gini coefficient by its definition: half the mean difference of all pairs, over the mean."""
    if not sum(loads):
        return 0.0
    return float(Fraction(sum(abs(one - other) for one, other in product(loads, loads)), 2 * len(loads) * sum(loads)))


def replies(facts: Facts, now: datetime) -> tuple[int, int, float | None, int, int, int]:
    hours, quick, judged, waiting, asked = [], 0, 0, 0, 0
    for ask in facts.asks:
        if ask.at > now:
            continue
        asked += 1
        if ask.replied_at is not None and ask.replied_at <= now:
            hours.append((ask.replied_at - ask.at).total_seconds() / 3600)
        in_two_days = ask.closed_at is not None and ask.closed_at <= ask.at + 2 * DAY
        if (now - ask.at).days < 2 or (ask.replied_at is None and in_two_days):
            continue
        judged += 1
        quick += ask.replied_at is not None and ask.replied_at <= ask.at + 2 * DAY
        answered, closed = ask.replied_at is not None and ask.replied_at <= now, ask.closed_at is not None and ask.closed_at <= now
        waiting += not answered and not closed
    hours.sort()
    middle = None if not hours else (hours[(len(hours) - 1) // 2] + hours[len(hours) // 2]) / 2
    return asked, len(hours), middle, quick, judged, waiting


@pytest.mark.slow
@settings(max_examples=200)
@given(facts_of(), st.integers(-5, 60))
def test_the_figures_equal_a_recomputation(facts: Facts, days: int) -> None:
    now = ago(days)
    found, wanted = health(facts, now=now), recomputed(facts, now)
    for name in ("mentors", "mentees", "matched", "waiting", "places", "running", "ended"):
        assert getattr(found, name) == wanted[name], name
    assert list(found.stalled) == wanted["stalled"]
    assert (found.sessions_held, found.sessions_missed) == (wanted["held"], wanted["missed"])
    assert found.load.gini == pytest.approx(wanted["gini"])
    rate = found.replies.in_time
    judged = 0 if rate is None else rate.n
    quick = 0 if rate is None else round(rate.value * rate.n)
    assert (found.replies.asked, found.replies.replied, found.replies.median_hours, quick, judged, found.replies.waiting) == wanted["replies"]


@pytest.mark.slow
@given(facts_of())
def test_no_figure_about_answers_rests_on_fewer_than_five(facts: Facts) -> None:
    found = health(facts, now=NOW)
    for one in (found.quality, found.nps, *(cohort.quality for cohort in cohorts(facts, now=NOW))):
        assert one is None or (one.n >= 5 and one.n % 5 == 0)


@pytest.mark.slow
@given(facts_of(), st.integers(1, 5))
def test_one_more_answer_never_shows(facts: Facts, quality: int) -> None:
    """Whoever looks before and after can tell what five people said together, never what one said."""
    said = [one for one in facts.voices if one.quality is not None and one.at <= NOW]
    extra = Voice(at=NOW, kind="pulse", quality=float(quality))
    if (len(said) + 1) % 5:
        assert [one.quality for one in released(said)] == [one.quality for one in released([*said, extra])]


@pytest.mark.slow
@given(facts_of())
def test_what_happens_later_changes_nothing_about_before(facts: Facts) -> None:
    then = ago(30)
    known = Facts(
        people=tuple(one for one in facts.people if one.at <= then),
        pairs=tuple(one for one in facts.pairs if one.began_at <= then),
        asks=tuple(one for one in facts.asks if one.at <= then),
        meetings=tuple(one for one in facts.meetings if one.at <= then),
        voices=tuple(one for one in facts.voices if one.at <= then),
        surveys=tuple(one for one in facts.surveys if one.at <= then),
        goals=facts.goals,
        audiences=facts.audiences,
    )
    assert health(known, now=then) == health(facts, now=then)
    series = over_time(facts, since=ago(60), now=NOW, step=10 * DAY)
    assert [one.at for one in series] == [ago(days) for days in range(60, -1, -10)]
    assert series[3] == health(facts, now=then)


@pytest.mark.slow
@given(facts_of(), st.booleans())
def test_every_advice_names_its_rule_and_its_numbers(facts: Facts, completed: bool) -> None:
    found = advise(health(facts, now=NOW), completed=completed)
    for one in found:
        assert one.rule in RULES
        assert str(one.text).endswith(".")
        assert one.numbers
    assert [one.urgency for one in found] == sorted((one.urgency for one in found), reverse=True)


# ---------------------------------------------------------------------------------------------------------------------- advice


def crowd(mentees: int, mentors: int, *, capacity: int = 1, paired: int = 0, stalled: int = 0) -> Facts:
    """Mentees from 1, mentors from 1001; the first ``paired`` of each are pairs, the first ``stalled`` of those silent."""
    people = [Person(member_id=one, role="mentee", at=ago(60)) for one in range(1, mentees + 1)]
    people += [Person(member_id=1000 + one, role="mentor", at=ago(60), capacity=capacity) for one in range(1, mentors + 1)]
    pairs = [
        Pair(id=one, mentor_id=1000 + one, mentees=(one,), began_at=ago(50 - one / 100), signs=() if one <= stalled else (ago(3),))
        for one in range(1, paired + 1)
    ]
    return Facts(people=tuple(people), pairs=tuple(pairs))


def rules(facts: Facts, *, completed: bool = False) -> dict[str, str]:
    return {one.rule.name: str(one.text) for one in advise(health(facts, now=NOW), completed=completed)}


def test_pause_recruiting_mentees_when_they_wait_in_vain() -> None:
    assert rules(crowd(20, 10, paired=8))["recruit.pause_mentees"] == "Pause recruiting mentees: 12 mentees wait and 2 places are free."
    assert "recruit.pause_mentees" not in rules(crowd(4, 0))
    assert "recruit.pause_mentees" not in rules(crowd(12, 10))
    assert rules(crowd(12, 11)) == {
        "recruit.mentors": "Recruit mentors for one more place: 12 mentees wait and 11 places are free.",
        "match.waiting": rules(crowd(12, 11))["match.waiting"],
    }


def test_these_three_pairs_need_a_word() -> None:
    (advice,) = advise(health(crowd(5, 5, paired=5, stalled=3), now=NOW))
    assert (advice.rule.name, str(advice.text), advice.mentorships) == ("pairs.stalled", "These 3 pairs need a word.", (1, 2, 3))
    assert advice.numbers == {"stalled": 3, "running": 5}


def test_recruit_mentees_when_mentors_have_nobody() -> None:
    assert rules(crowd(2, 8, paired=2)) == {"recruit.mentees": "Recruit mentees: 6 mentors have nobody and 6 places are free."}


def test_spread_the_load() -> None:
    people = crowd(12, 6, capacity=12).people
    pairs = tuple(Pair(id=one, mentor_id=1001, mentees=(one,), began_at=ago(5)) for one in range(1, 13))
    found = rules(Facts(people=people, pairs=pairs))
    assert found["load.uneven"] == "Spread the load: one mentor has 12 mentees, while 5 mentors with free places have nobody."


def asks(quick: int, slow: int) -> Facts:
    return Facts(asks=tuple(Ask(id=one, at=ago(10), replied_at=ago(9 if one < quick else 3)) for one in range(quick + slow)))


def test_slow_replies_count_once_there_are_enough_to_tell() -> None:
    assert "replies.slow" not in rules(asks(1, 2))
    assert "replies.slow" not in rules(asks(19, 1))
    assert rules(asks(5, 15))["replies.slow"] == "Remind mentors of requests: 25% had a reply within 48 hours, and 0 wait longer now."


def test_one_request_that_waits_is_one() -> None:
    one = Ask(id=99, at=ago(10))
    found = rules(Facts(asks=(*asks(5, 14).asks, one)))["replies.slow"]
    assert found == "Remind mentors of requests: 25% had a reply within 48 hours, and 1 waits longer now."


def test_missed_sessions_and_low_pulses_and_unanswered_surveys() -> None:
    meetings = tuple(Meeting(id=one, pair_id=1, at=ago(2), held=one >= 12) for one in range(20))
    voices = tuple(Voice(at=ago(2), kind="pulse", quality=2.0 + one % 2) for one in range(10))
    surveys = tuple(Asked(at=ago(9), answered_at=ago(2) if one < 10 else None) for one in range(60))
    found = rules(Facts(meetings=meetings, voices=voices, surveys=surveys))
    assert found == {
        "sessions.missed": "Ask what keeps people from sessions: 60% were missed.",
        "quality.low": "Talk with the pairs about how it goes: the pulse is at 2.5 of 5.",
        "surveys.unanswered": "Say what answers are for: 17% of the surveys were answered.",
    }


def test_an_audience_that_is_left_out() -> None:
    facts = Facts(
        people=tuple(Person(member_id=one, role="mentee", at=ago(9), paused=True) for one in range(1, 31)),
        audiences={"founders": frozenset(range(1, 61)), "newcomers": frozenset(range(100, 160)), "few": frozenset({200})},
    )
    assert rules(facts) == {"reach.missing": "Invite newcomers: 0 of 60 take part, of founders 30 of 60."}


def test_goals_are_judged_when_the_program_is_over() -> None:
    facts = Facts(
        people=crowd(4, 0).people[:4],
        goals=(
            Goal(name="Mentees", measure=Measure.MENTEES, target=4),
            Goal(name="Score", measure=Measure.NPS, target=30),
            Goal(name="Pairs", measure=Measure.MATCHED, target=3),
        ),
    )
    assert [one.met for one in health(facts, now=NOW).goals] == [True, False, False]
    assert "goals.behind" not in rules(facts)
    texts = [str(one.text) for one in advise(health(facts, now=NOW), completed=True) if one.rule.name == "goals.behind"]
    assert texts == ["Goal not met: Score, 30; there is no figure for it.", "Goal not met: Pairs, 3; it is at 0."]


def test_cohorts_are_compared_with_all_others() -> None:
    people = tuple(Person(member_id=one, role="mentee", at=ago(9), cohort="a" if one <= 20 else "b") for one in range(1, 41))
    pairs = tuple(Pair(id=one, mentor_id=None, mentees=(one,), began_at=ago(5)) for one in [*range(1, 19), 21, 22])
    voices = tuple(Voice(at=ago(1), kind="pulse", quality=4.5 if one < 10 else 3.0 + one % 2, cohort="a" if one < 10 else "b") for one in range(20))
    one, other = cohorts(Facts(people=people, pairs=pairs, voices=voices), now=NOW)
    assert (one.name, one.mentees, other.name, other.mentees) == ("a", 20, "b", 20)
    assert one.match_rate is not None
    assert one.match_rate.value == 0.9
    assert one.match_difference is not None
    assert other.match_difference is not None
    assert one.match_difference.value == pytest.approx(0.8)
    assert (one.match_difference.low or 0) > 0.5
    assert (other.match_difference.high or 0) == pytest.approx(-(one.match_difference.low or 0))
    assert one.quality_difference is not None
    assert one.quality_difference.value == pytest.approx(1.0)
    assert (one.quality_difference.low or 0) > 0
