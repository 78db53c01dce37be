"""Every row belongs to a community, in every key: what tenant isolation rests on, and what would let tables be spread over machines."""

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from plugin.store.tables import metadata

TABLES = metadata.sorted_tables


def test_every_unique_key_begins_with_the_community() -> None:
    constraints = [one for table in TABLES for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    indexes = [one for table in TABLES for one in table.indexes if one.unique]
    keys = [[column.name for column in one.columns] for one in (*constraints, *indexes)]
    assert len(keys) >= len(TABLES)
    assert [key for key in keys if key[0] != "installation_id"] == []


def test_every_foreign_key_stays_within_the_community() -> None:
    firsts = [one.elements[0] for table in TABLES for one in table.constraints if isinstance(one, ForeignKeyConstraint)]
    assert firsts
    assert {(one.parent.name, one.column.name) for one in firsts} == {("installation_id", "installation_id")}


def test_the_community_has_one_type_everywhere() -> None:
    assert {str(table.c.installation_id.type) for table in TABLES} == {"BIGINT"}
