"""Tables as files, read back by other programs."""

import csv
import io
import sys
from datetime import UTC, datetime

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import Misconfigured
from plugin.services.programs.tabular import Table, Value, columns, rows, safe, write_csv, write_parquet

COLUMNS = columns(text=str, number=int, share=float, flag=bool, at=datetime)
MOMENT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ROWS: list[tuple[Value, ...]] = [('a, "b"\nc', -3, 0.5, True, MOMENT), (None, None, None, None, None), ("=1+1", 0, -0.25, False, MOMENT)]
TABLE = Table(name="t", columns=COLUMNS, rows=rows(ROWS))


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_is_read_back() -> None:
    assert read(write_csv(TABLE)) == [
        ["text", "number", "share", "flag", "at"],
        ['a, "b"\nc', "-3", "0.5", "true", "2026-11-02T12:00:00+00:00"],
        ["", "", "", "", ""],
        ["'=1+1", "0", "-0.25", "false", "2026-11-02T12:00:00+00:00"],
    ]


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=1", "  =1+1", "\u00a0=1", "\uff1d1+1", "\uff20x", '=HYPERLINK("http://x")'],
)
def test_what_a_spreadsheet_would_run_is_shown_instead(text: str) -> None:
    (row,) = read(write_csv(Table(name="t", columns=columns(a=str), rows=((text,),))))[1:]
    assert row == [f"'{text}"]


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    assert safe(text).lstrip(" \u00a0\u3000")[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"}
    assert safe(text).removeprefix("'") == text.removeprefix("'") or safe(text) == text


@pytest.mark.slow
@given(st.lists(st.tuples(st.none() | st.text(), st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.floats(allow_nan=False)), max_size=8))
def test_parquet_is_read_back_with_its_types(values: list[tuple[str | None, int | None, float | None]]) -> None:
    data = write_parquet(Table(name="t", columns=columns(a=str, b=int, c=float), rows=rows(values)))
    found = pyarrow.parquet.read_table(io.BytesIO(data))
    assert [str(one.type) for one in found.schema] == ["string", "int64", "double"]
    expected = [{"a": None if a is None else a.encode("utf-8", "replace").decode(), "b": b, "c": c} for a, b, c in values]
    assert found.to_pylist() == expected


def test_parquet_keeps_moments_and_flags() -> None:
    found = pyarrow.parquet.read_table(io.BytesIO(write_parquet(TABLE))).to_pylist()
    assert found[0] == {"text": 'a, "b"\nc', "number": -3, "share": 0.5, "flag": True, "at": MOMENT}
    # Nothing runs a Parquet file: its texts are as they are.
    assert found[2]["text"] == "=1+1"


def test_a_table_without_rows_still_has_its_columns() -> None:
    empty = Table(name="t", columns=COLUMNS, rows=())
    assert read(write_csv(empty)) == [["text", "number", "share", "flag", "at"]]
    assert pyarrow.parquet.read_table(io.BytesIO(write_parquet(empty))).schema.names == ["text", "number", "share", "flag", "at"]


def test_without_pyarrow_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Misconfigured) as caught:
        write_parquet(TABLE)
    assert "mentorgraph[parquet]" in caught.value.message
    assert "\n" not in caught.value.message
