"""Events of programs and who comes to them."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Text

from plugin.store.tables.base import MemberColumns, of_member, table, words
from plugin.store.types import Moment

program_events = table(
    "program_events",
    Column("event_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    words("description"),
    words("place"),
    Column("starts_at", Moment, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("capacity", Integer),
    words("space_id"),
    Column("revision", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(["installation_id", "program_id"], ["programs.installation_id", "programs.program_id"], ondelete="CASCADE"),
    Index("ix_program_events_program", "installation_id", "program_id", "event_id"),
    key=("event_id",),
    wide=True,
)

event_people = table(
    "event_people",
    Column("event_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    ForeignKeyConstraint(["installation_id", "event_id"], ["program_events.installation_id", "program_events.event_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "member_id"),
    key=("event_id", "member_id"),
)

MEMBER_COLUMNS: MemberColumns = {"event_people": ("member_id",)}
