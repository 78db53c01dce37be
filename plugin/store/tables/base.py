"""What all tables have in common.

``installation_id`` leads every primary, unique and foreign key: it isolates communities, and it is the column by which the tables can be spread over machines
(docs/decisions/0005-tenant-key.md). Ids of the host are text; ids of ours are 63-bit numbers that rise with time.
"""

from sqlalchemy import JSON as GENERIC_JSON
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_1_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
JSON = GENERIC_JSON().with_variant(JSONB(), "postgresql")

MemberColumns = dict[str, tuple[str, ...]]
"""Columns that name a member, by table."""


def table(name: str, *parts: SchemaItem, key: tuple[str, ...], wide: bool = False) -> Table:
    """A table whose rows belong to one installation.

    SQLite keeps the rows in the primary key itself, without a second tree, unless they are ``wide``: a key's tree has no room for a row of more than about
    a kilobyte and gives each a page of its own (sqlite.org/withoutrowid.html, "When To Use WITHOUT ROWID").
    """
    return Table(
        name, metadata, Column("installation_id", BigInteger, nullable=False), *parts, PrimaryKeyConstraint("installation_id", *key), sqlite_with_rowid=wide
    )


def of_member(column: str = "member_id") -> ForeignKeyConstraint:
    """The column names a member, and the row goes with the member."""
    return ForeignKeyConstraint(["installation_id", column], ["members.installation_id", "members.member_id"], ondelete="CASCADE")


def words(name: str, *, default: str | None = "") -> Column[str]:
    """A column of text, empty unless said otherwise; with ``None`` it must be given."""
    return Column(name, Text, nullable=default is None, server_default=default)


def sealed(name: str, *, empty: bool = False) -> Column[bytes]:
    """A column of seals (:mod:`plugin.store.crypto`), which move to a new key by :mod:`plugin.store.repositories.seals`; ``empty`` if it may have none."""
    return Column(name, LargeBinary, nullable=empty, info={"sealed": True})
