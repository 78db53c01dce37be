"""How well pairs meet a wish, held against what one would work out by hand for one pair."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from plugin.graph.availability import SLOTS, pack, shared_hours, slots
from plugin.graph.criteria.measures import Lead, Measure, Near, coverage, given, likeness, numbers, overlap, shared

LEVELS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from([1.0, 2.0, 3.0, 4.0]), max_size=4)
SETS = st.one_of(st.none(), st.frozensets(st.sampled_from("abcd"), max_size=3))
TERMS = st.one_of(st.none(), st.dictionaries(st.integers(0, 6), st.integers(1, 4), max_size=4))
FIGURES = st.one_of(st.none(), st.floats(-20, 20))


def table(measure: Measure, mentees: int, mentors: int) -> list[list[float | None]]:
    """The fit of every pair, by both ways, which must agree."""
    rows, columns = np.divmod(np.arange(mentees * mentors), mentors)
    listed = measure.of(rows, columns).reshape(mentees, mentors)
    assert np.allclose(listed, measure.block(np.arange(mentees)), equal_nan=True)
    assert ((listed >= -1e-12) & (listed <= 1 + 1e-12) | np.isnan(listed)).all()
    return [[None if np.isnan(one) else float(one) for one in line] for line in listed]


def compare(measure: Measure, a: list[object], b: list[object], by_hand: Callable[..., float | None]) -> None:
    for i, line in enumerate(table(measure, len(a), len(b))):
        for j, fit in enumerate(line):
            expected = by_hand(a[i], b[j])
            assert (fit is None) == (expected is None)
            assert fit is None or fit == pytest.approx(expected)


@holds(a=st.lists(LEVELS, min_size=1, max_size=4), b=st.lists(LEVELS, min_size=1, max_size=4))
def test_coverage_is_the_mean_share_of_the_wanted_levels(a: list[object], b: list[object]) -> None:
    def by_hand(wanted: dict[str, float], offered: dict[str, float]) -> float | None:
        return sum(min(1.0, offered.get(skill, 0) / level) for skill, level in wanted.items()) / len(wanted) if wanted and offered else None

    compare(coverage(a, b), a, b, by_hand)  # type: ignore[arg-type]  # lists of dictionaries


@holds(
    a=st.lists(SETS, min_size=1, max_size=4), b=st.lists(SETS, min_size=1, max_size=4), how=st.sampled_from(["part", "whole", "any"]), different=st.booleans()
)
def test_sets_are_compared_by_what_they_share(a: list[object], b: list[object], how: str, different: bool) -> None:
    def by_hand(one: frozenset[str] | None, other: frozenset[str] | None) -> float | None:
        if not one or not other:
            return None
        below = {"part": min(len(one), len(other)), "whole": len(one | other), "any": 1}[how]
        fit = min(1.0, len(one & other) / below)
        return 1 - fit if different else fit

    compare(shared(a, b, how=how, different=different), a, b, by_hand)  # type: ignore[arg-type]  # lists of sets


@holds(a=st.lists(TERMS, min_size=1, max_size=4), b=st.lists(TERMS, min_size=1, max_size=4))
def test_texts_that_share_nothing_are_unlike_and_equal_ones_alike(a: list[object], b: list[object]) -> None:
    fits = table(likeness(a, b), len(a), len(b))  # type: ignore[arg-type]  # lists of dictionaries
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            if not one or not other:
                assert fits[i][j] is None
            elif one == other:
                assert fits[i][j] == pytest.approx(1.0)
            elif not set(one) & set(other):  # type: ignore[call-overload]  # dictionaries
                assert fits[i][j] == 0


@holds(a=st.lists(FIGURES, min_size=1, max_size=4), b=st.lists(FIGURES, min_size=1, max_size=4))
def test_numbers_are_compared_by_distance_and_by_lead(a: list[object], b: list[object]) -> None:
    one, other = numbers(a), numbers(b)  # type: ignore[arg-type]  # lists of numbers

    def near(x: float | None, y: float | None) -> float | None:
        return None if x is None or y is None else max(0.0, 1 - abs(x - y) / 5)

    def around(x: float | None, y: float | None) -> float | None:
        return None if x is None or y is None else max(0.0, 1 - min(abs(x - y) % 24, 24 - abs(x - y) % 24) / 12)

    def lead(x: float | None, y: float | None) -> float | None:
        return None if x is None or y is None else max(0.0, 1 - max(2 - (y - x), (y - x) - 6, 0) / 3)

    compare(Near(one, other, span=5), a, b, near)
    compare(Near(one, other, span=12, around=24), a, b, around)
    compare(Lead(one, other, 2, 6, 3), a, b, lead)


def test_times_on_both_sides_of_the_date_line_are_near() -> None:
    assert table(Near(numbers([12.0]), numbers([-11.0]), span=12, around=24), 1, 1) == [[pytest.approx(11 / 12)]]


WEEKS = st.one_of(st.none(), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)), max_size=4))


@holds(
    spans=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1410), st.integers(0, 1440)), max_size=4),
    offset=st.sampled_from([-8, -3.5, 0, 5.5, 5.75, 12.75, 13]),
)
def test_slots_are_local_times_in_utc(spans: list[tuple[int, int, int]], offset: float) -> None:
    by_hand = set()
    for day, start, end in spans:
        last = end if end > start else end + 1440
        for half in range(-48, 48 * 3):
            local = half * 30 + round(offset * 60)
            if start <= local and local + 30 <= last:
                by_hand.add((day * 48 + half) % SLOTS)
    assert set(np.flatnonzero(slots(spans, offset_hours=offset)).tolist()) == by_hand


@holds(a=st.lists(WEEKS, min_size=1, max_size=3), b=st.lists(WEEKS, min_size=1, max_size=3))
def test_common_hours_are_counted(a: list[list[tuple[int, int, int]] | None], b: list[list[tuple[int, int, int]] | None]) -> None:
    one, other = (
        [None if spans is None else slots([(day, start * 60, end * 60) for day, start, end in spans if end > start], offset_hours=0) for spans in side]
        for side in (a, b)
    )

    def by_hand(x: np.ndarray[tuple[int], np.dtype[np.bool_]] | None, y: np.ndarray[tuple[int], np.dtype[np.bool_]] | None) -> float | None:
        return None if x is None or y is None else min(1.0, float((x & y).sum()) / 2 / 3)

    compare(overlap(one, other, enough=3), list(one), list(other), by_hand)
    hours = shared_hours(pack(one)[:, None, :], pack(other)[None, :, :])
    assert hours.shape == (len(a), len(b))


def test_what_was_found_elsewhere_counts_where_it_is_known() -> None:
    found = given({(0, 1): 0.25, (1, 0): 1.0}, mentees=3, mentors=2, said=np.array([True, True, False]))
    assert table(found, 3, 2) == [[0.0, 0.25], [1.0, 0.0], [None, None]]


def test_an_empty_list_of_pairs_has_no_fits() -> None:
    nobody = np.empty(0, np.int64)
    assert given({}, mentees=1, mentors=1).of(nobody, nobody).shape == (0,)
    assert coverage([{"a": 1.0}], [{"a": 1.0}]).of(nobody, nobody).shape == (0,)
