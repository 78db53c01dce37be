"""Scores, their parts, rules and candidates."""

import numpy as np
import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from plugin.domain.designs import Criterion, CriterionKind, Design, Importance, Rule, RuleAbout, RuleWay, Side
from plugin.graph.criteria import Known, Person, Sides, candidates, checks, parts, score, scoring, wishes
from plugin.graph.criteria.scoring import UNKNOWN
from plugin.graph.reciprocal import fuse
from tests.plugin.graph.criteria.make import FIRST_MENTOR, TRACK, criteria, sides


def every(about: Sides) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return np.divmod(np.arange(len(about.mentees) * len(about.mentors)), len(about.mentors))


@pytest.mark.slow
@holds(about=sides(), asked=criteria())
def test_contributions_sum_to_the_score(about: Sides, asked: tuple[Criterion, ...]) -> None:
    wanted = wishes(asked, about)
    rows, columns = every(about)
    scores = score(wanted, rows, columns)
    assert ((scores >= 0) & (scores <= 1 + 1e-12)).all()
    for whole, made_of in zip(scores.tolist(), parts(wanted, rows, columns), strict=True):
        assert sum(part.contribution for part in made_of) == pytest.approx(whole, abs=1e-12)
        assert all(part.contribution >= 0 and 0 <= part.fit <= 1 + 1e-12 for part in made_of)


@pytest.mark.slow
@holds(about=sides(), asked=criteria(), factor=st.floats(0.4, 3))
def test_equal_factors_change_no_score(about: Sides, asked: tuple[Criterion, ...], factor: float) -> None:
    rows, columns = every(about)
    before = score(wishes(asked, about), rows, columns)
    assert np.allclose(before, score(wishes(asked, about, factors=dict.fromkeys([one.key for one in asked], factor)), rows, columns))


@holds(a=st.floats(0, 1), b=st.floats(0, 1))
def test_a_reciprocal_score_is_never_above_twice_the_lower_side(a: float, b: float) -> None:
    fused = float(fuse(np.array([a]), np.array([b]))[0])
    assert min(a, b) - 1e-12 <= fused <= min(2 * min(a, b), max(a, b)) + 1e-12 or a == b == 0 == fused


def test_both_sides_must_be_served() -> None:
    about = Sides(
        mentees=[Person(id=1, wants={"python": 4.0})], mentors=[Person(id=100, offers={"python": 2.0, "go": 4.0}), Person(id=101, offers={"go": 4.0})]
    )
    found = score(wishes([Criterion(key="skills", kind=CriterionKind.SKILL)], about), np.array([0, 0]), np.array([0, 1]))
    # Half of the level wanted for the mentee, all that this mentee could want of the mentor: 2 · 0.5 · 1 / 1.5.
    assert found.tolist() == [pytest.approx(2 / 3), 0.0]


def test_what_nobody_said_counts_as_a_half() -> None:
    about = Sides(mentees=[Person(id=1)], mentors=[Person(id=100, utc_offset=3.0)])
    assert score(wishes([Criterion(key="zone", kind=CriterionKind.TIMEZONE)], about), np.array([0]), np.array([0])).tolist() == [UNKNOWN]


@pytest.mark.parametrize("side", list(Side))
def test_a_criterion_of_one_side_counts_for_that_side_alone(side: Side) -> None:
    about = Sides(mentees=[Person(id=1, utc_offset=0.0)], mentors=[Person(id=100, utc_offset=6.0)])
    asked = [Criterion(key="zone", kind=CriterionKind.TIMEZONE, side=side)]
    found = parts(wishes(asked, about), np.array([0]), np.array([0]))[0]
    assert {part.side for part in found} == ({Side.MENTEE, Side.MENTOR} if side is Side.BOTH else {side})
    assert sum(part.contribution for part in found) == pytest.approx(0.5)


RULES = {
    "blocked": (Rule(name="r", way=RuleWay.NEVER, about=RuleAbout.BLOCKED), [False, True]),
    "already": (Rule(name="r", way=RuleWay.NEVER, about=RuleAbout.ALREADY), [True, False]),
    "same manager": (Rule(name="r", way=RuleWay.NEVER, about=RuleAbout.SAME, question="manager"), [False, True]),
    "same manager wanted": (Rule(name="r", way=RuleWay.MUST, about=RuleAbout.SAME, question="manager"), [True, False]),
    "track": (TRACK, [True, False]),
    "criterion": (Rule(name="r", way=RuleWay.MUST, about=RuleAbout.CRITERION, criterion="zone", at_least=0.9), [True, False]),
    "criterion never": (Rule(name="r", way=RuleWay.MUST_NOT, about=RuleAbout.CRITERION, criterion="zone", at_least=0.9), [False, True]),
}


@pytest.mark.parametrize(("rule", "expected"), RULES.values(), ids=RULES)
def test_rules_remove_the_pairs_they_say(rule: Rule, expected: list[bool]) -> None:
    mentee = Person(id=1, utc_offset=0.0, track="x", answers={"manager": frozenset({"mia"})})
    mentors = [
        Person(id=100, utc_offset=1.0, track="x", answers={"manager": frozenset({"mia"})}),
        Person(id=101, utc_offset=9.0, track="y", answers={"manager": frozenset({"max"})}),
    ]
    about = Sides(mentees=[mentee], mentors=mentors, known=Known(blocked=frozenset({frozenset({1, 100})}), already=frozenset({(101, 1)})))
    asked = [Criterion(key="zone", kind=CriterionKind.TIMEZONE)]
    made = candidates(wishes(asked, about), checks([rule], asked, about), mentees=1, mentors=2, each=5)
    assert made.rules[0].allowed.tolist() == expected


def test_what_is_unknown_meets_no_rule_that_must_hold_and_breaks_none_that_must_not() -> None:
    about = Sides(mentees=[Person(id=1)], mentors=[Person(id=100, track="x")])
    rules = [TRACK, Rule(name="other", way=RuleWay.MUST_NOT, about=RuleAbout.TRACK)]
    made = candidates(wishes([Criterion(key="zone", kind=CriterionKind.TIMEZONE)], about), checks(rules, [], about), mentees=1, mentors=1, each=5)
    assert [rule.allowed.tolist() for rule in made.rules] == [[False], [True]]


def test_a_mandatory_criterion_is_a_rule_too() -> None:
    design = Design(criteria=(Criterion(key="zone", kind=CriterionKind.TIMEZONE, importance=Importance.MANDATORY),), rules=())
    assert [rule.name for rule in design.all_rules] == ["blocked", "mandatory: zone"]


@pytest.mark.slow
@holds(about=sides(), asked=criteria(), each=st.integers(1, 4), block=st.integers(1, 6))
def test_candidates_at_size_hold_the_best_of_everyone(about: Sides, asked: tuple[Criterion, ...], each: int, block: int) -> None:
    """What is chosen where not all pairs are looked at holds each mentee's best allowed mentor, and each mentor's best allowed mentee."""
    wanted, rules = wishes(asked, about), checks([TRACK], asked, about)
    mentees, mentors = len(about.mentees), len(about.mentors)
    whole = candidates(wanted, rules, mentees=mentees, mentors=mentors, each=each)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(scoring, "ALL_PAIRS", 0)
        small.setattr(scoring, "BLOCK", block * mentors)
        some = candidates(wanted, rules, mentees=mentees, mentors=mentors, each=each, extra=[(0, 0)])
    known = dict(zip(zip(whole.mentee.tolist(), whole.mentor.tolist(), strict=True), whole.score.tolist(), strict=True))
    chosen = dict(zip(zip(some.mentee.tolist(), some.mentor.tolist(), strict=True), some.score.tolist(), strict=True))
    assert (0, 0) in chosen
    assert all(known[pair] == pytest.approx(value) for pair, value in chosen.items())
    allowed = {pair for pair, open_ in zip(known, whole.rules[0].allowed.tolist(), strict=True) if open_}
    for place, count in ((0, mentees), (1, mentors)):
        for who in range(count):
            best = max((known[pair] for pair in allowed if pair[place] == who), default=None)
            if best is not None:
                assert max(value for pair, value in chosen.items() if pair[place] == who and pair in allowed) == pytest.approx(best)


def test_progress_is_told_and_can_stop_it() -> None:
    about = Sides(mentees=[Person(id=1)], mentors=[Person(id=FIRST_MENTOR)])
    told: list[float] = []
    candidates(wishes([Criterion(key="zone", kind=CriterionKind.TIMEZONE)], about), [], mentees=1, mentors=1, each=5, watch=told.append)
    assert told[-1] == 1.0
