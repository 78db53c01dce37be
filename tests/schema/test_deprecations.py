"""No field goes without its time: the schema beside those that were released."""

from datetime import date
from pathlib import Path

import pytest
from graphql import build_schema

from schema.schema import sdl
from tests.schema.deprecations import Release, too_soon

RELEASED = Path(__file__).resolve().parents[2] / "schema" / "released"
TODAY = date(2027, 9, 1)


def release(version: str, day: date, text: str) -> Release:
    return Release(tuple(map(int, version.split("."))), day, build_schema(text))


PLAIN = "type Query { a(x: Int): Int b: Kind } enum Kind { ONE TWO }"
MARKED = 'type Query { a(x: Int @deprecated(reason: "y")): Int @deprecated(reason: "b") b: Kind } enum Kind { ONE TWO @deprecated(reason: "ONE") }'
LEFT = "type Query { b: Kind } enum Kind { ONE }"


def test_the_schema_breaks_nobody_who_uses_the_newest_release() -> None:
    assert too_soon([Release.read(path) for path in sorted(RELEASED.glob("*.graphql"))], build_schema(sdl()), today=date.today()) == []  # noqa: DTZ011 - a day


def test_what_was_marked_long_enough_may_go() -> None:
    told = [release("0.1.0", date(2027, 1, 1), PLAIN), release("0.2.0", date(2027, 2, 1), MARKED), release("0.3.1", date(2027, 6, 1), MARKED)]
    assert too_soon(told, build_schema(LEFT), today=TODAY) == []


@pytest.mark.parametrize(
    "told",
    [
        [release("0.1.0", date(2027, 1, 1), PLAIN)],
        [release("0.1.0", date(2027, 1, 1), PLAIN), release("0.2.0", date(2027, 2, 1), MARKED)],
        [release("0.2.0", date(2027, 2, 1), MARKED), release("0.2.1", date(2027, 6, 1), MARKED)],
        [release("0.2.0", date(2027, 5, 1), MARKED), release("0.3.0", date(2027, 6, 1), MARKED)],
    ],
    ids=["never marked", "in one version", "in patches of one version", "for four months"],
)
def test_what_was_not_marked_in_time_stays(told: list[Release]) -> None:
    found = too_soon(told, build_schema(LEFT), today=TODAY)
    assert {one.partition(" ")[0] for one in found} == {"Query.a", "Query.a(x)", "Kind.TWO"}


def test_marks_help_nothing_that_changes_in_place() -> None:
    told = [release("0.1.0", date(2020, 1, 1), MARKED), release("0.2.0", date(2020, 2, 1), MARKED)]
    assert too_soon(told, build_schema(MARKED.replace("): Int @", "): String @")), today=TODAY)
    assert too_soon(told, build_schema(MARKED.replace("b: Kind", "b(y: Int!): Kind")), today=TODAY)
    assert too_soon(told, build_schema(MARKED.replace("b: Kind", "b: Kind more: Int")), today=TODAY) == []


def test_a_release_is_read_with_its_day(tmp_path: Path) -> None:
    path = tmp_path / "0.10.2.graphql"
    path.write_text(f"# 2027-01-02\n{PLAIN}")
    found = Release.read(path)
    assert (found.version, found.day) == ((0, 10, 2), date(2027, 1, 2))
