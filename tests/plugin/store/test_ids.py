"""Ids of ours: none is given twice."""

from datetime import timedelta

import pytest

from plugin.store import ids
from plugin.store.ids import Ids
from tests.conftest import NOW


def test_ids_of_units_that_take_turns_do_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_RANDOM_BITS", 10)
    made, moments = Ids(), [NOW + timedelta(milliseconds=number) for number in range(8)]
    given = [made.new(moment) for _ in range(500) for moment in moments]
    assert len(set(given)) == len(given)


def test_what_was_given_long_ago_takes_no_room() -> None:
    made = Ids()
    for number in range(3 * ids._MOMENTS):
        made.new(NOW + timedelta(milliseconds=number))
    assert len(made._given) == ids._MOMENTS
