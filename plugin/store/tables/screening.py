"""Safeguarding of members who are under age."""

from sqlalchemy import BigInteger, Column, SmallInteger

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table
from plugin.store.types import Moment

minors = table(
    "minors",
    Column("member_id", BigInteger, nullable=False),
    Column("age", SmallInteger, nullable=False),
    Column("stated_at", Moment, nullable=False),
    sealed("guardian"),
    Column("consented_at", Moment),
    of_member(),
    key=("member_id",),
)

screenings = table(
    "screenings",
    Column("member_id", BigInteger, nullable=False),
    Column("checks", JSON, nullable=False),
    Column("cleared_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    of_member(),
    key=("member_id",),
)

MEMBER_COLUMNS: MemberColumns = {"minors": ("member_id",), "screenings": ("member_id",)}
