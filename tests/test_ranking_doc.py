"""The page about the ranking shows what was measured, and a setting that keeps the promise is the one that holds unless an admin chooses."""

import re
from pathlib import Path

import pytest

from benchmarks.ranking_table import BEGIN, DOCUMENT, END, put, table
from plugin.domain.community import Policy

MEASURED = {"product": {"top5_share": 0.7, "ndcg10": 0.6}, "curve": [[0.5, 0.55, 0.595]]}


def test_the_table_says_what_was_measured() -> None:
    rows = table(MEASURED).splitlines()[2:]
    assert rows == ["| 0 | 0.700 | 0.600 | 0.000 |", "| 0.5 | 0.550 | 0.595 | 0.005 |"]


def test_only_the_place_of_the_table_changes() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter"
    assert put(text, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter"
    assert put(put(text, "new"), "new") == put(text, "new")
    with pytest.raises(SystemExit, match="no place"):
        put("nothing here", "new")


def test_the_setting_that_holds_spreads_enough_and_costs_little() -> None:
    rows = re.findall(r"^\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", Path(DOCUMENT).read_text(encoding="utf-8"), re.MULTILINE)
    share, lost = next((float(share), float(lost)) for spread, share, _, lost in rows if float(spread) == Policy().spread)
    assert share <= 0.58
    assert lost <= 0.015
