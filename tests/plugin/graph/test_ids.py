"""Ids as rows."""

import numpy as np
import pytest

from plugin.graph.ids import Ids, code

NAMES = ["7", "0", "007", "$event:matrix.org", "", "é", "9" * 18, "9" * 19, "-4"]


def test_codes_differ() -> None:
    assert len({code(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("bulk", [True, False])
def test_rows_are_found_and_named(*, bulk: bool) -> None:
    ids = Ids()
    if bulk:
        ids.build(NAMES)
    else:
        assert [ids.add(name) for name in NAMES] == list(range(len(NAMES)))
    assert [ids.find(name) for name in NAMES] == list(range(len(NAMES)))
    assert [ids.name(row) for row in range(len(NAMES))] == NAMES
    assert ids.find("8") == -1


@pytest.mark.parametrize("bulk", [True, False])
def test_a_freed_row_forgets_and_its_id_gets_a_new_one(*, bulk: bool) -> None:
    ids = Ids()
    if bulk:
        ids.build(np.array([5, 3], np.int64))
    else:
        ids.add("5")
        ids.add("3")
    ids.free(0)
    assert ids.find("5") == -1
    with pytest.raises(KeyError):
        ids.name(0)
    assert ids.add("5") == 2
    assert ids.find("5") == 2
    assert ids.find("3") == 1
