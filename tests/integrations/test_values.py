"""Readers of values from outside."""

import pytest

from integrations.values import accent


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (("0B6e63",), "#0b6e63"),
        (("#0b6e63", "#ff0000"), "#0b6e63"),
        (("333333", "ffffff", "#c8553d"), "#c8553d"),
        (("#000000",), ""),
        (("#1f2328",), ""),
        ((None, 7, {"light": "#c8553d"}, "red", "#fff", "#c8553d; } body { display: none", "#c8553d\n", "#\u0661\u0661\u0661\u0661\u0661\u0661"), ""),
        ((), ""),
    ],
)
def test_a_communitys_colour_is_one_that_tells_it_from_others(values: tuple[object, ...], found: str) -> None:
    assert accent(*values) == found
