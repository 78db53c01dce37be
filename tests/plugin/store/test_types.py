"""Columns mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from plugin.domain.needs import Need
from plugin.store.database import Database
from plugin.store.types import Moment, from_micros, pack_terms, to_micros, unpack_terms
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW
from tests.plugin.store.test_database import member
from tests.plugin.support import community

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
TERMS = st.dictionaries(st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**16 - 1), max_size=50)


@given(moment=MOMENTS)
def test_moments_keep_their_microsecond(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment


@given(one=MOMENTS, other=MOMENTS)
def test_moments_sort(one: datetime, other: datetime) -> None:
    assert (to_micros(one) < to_micros(other)) == (one < other)


def test_moments_of_other_zones_are_the_same_moment_and_naive_ones_are_refused() -> None:
    assert to_micros(NOW.astimezone(timezone(timedelta(hours=5)))) == to_micros(NOW)
    with pytest.raises(ValueError, match="zone"):
        Moment().process_bind_param(NOW.replace(tzinfo=None), sqlite.dialect())


@given(terms=TERMS)
def test_terms_come_back(terms: dict[int, int]) -> None:
    assert unpack_terms(pack_terms(terms)) == terms
    assert pack_terms(dict(reversed(terms.items()))) == pack_terms(terms)
    assert len(pack_terms(terms)) == 10 * len(terms)


def test_counts_are_bounded() -> None:
    assert unpack_terms(pack_terms({1: 10**9})) == {1: 2**16 - 1}


@settings(max_examples=8)
@given(moment=MOMENTS, terms=TERMS)
async def test_both_come_back_from_the_database(database: Database, moment: datetime, terms: dict[int, int]) -> None:
    one = await community(database, base_url=f"https://{to_micros(moment)}.example.org")

    def work(unit: UnitOfWork) -> int:
        asker = member(unit, "1", last_seen_at=moment)
        unit.flush_rows()
        need = Need(id=unit.new_id(), member_id=asker.id, text="x", topic_id=None, terms=terms, stated_at=moment)
        unit.needs.put(need)
        return need.id

    need_id = await database.write(one, work)
    need = await database.read(one, lambda unit: unit.needs.get(need_id))
    assert need is not None
    assert (need.stated_at, dict(need.terms)) == (moment, terms)
    await database.manage(lambda installations: installations.remove(one))
