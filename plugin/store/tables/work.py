"""What has come in, what must go out, and what is due."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint, text

from plugin.store.tables.base import MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment

inbox = table(
    "inbox",
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sealed("body", empty=True),  # gone once handled
    Column("trace_id", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("next_at", Moment, nullable=False),
    Column("handled_at", Moment),
    words("error"),
    Index("ix_inbox_open", "installation_id", "next_at", postgresql_where=text("state = 'new'"), sqlite_where=text("state = 'new'")),
    Index("ix_inbox_state", "installation_id", "state", "received_at"),
    key=("event_id",),
    wide=True,
)

outbox = table(
    "outbox",
    Column("message_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("member_id", BigInteger),
    sealed("body", empty=True),  # gone once sent
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
    words("remote_id"),
    words("url"),
    words("trace_id"),  # of the delivery that it follows from
    words("error"),
    of_member(),
    UniqueConstraint("installation_id", "key"),
    Index("ix_outbox_open", "installation_id", "next_at", postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
    Index("ix_outbox_state", "installation_id", "state", "created_at"),
    key=("message_id",),
)

checks = table(
    # Something that a hint or a sweep made doubtful and that the host is asked about, once, however often it was doubted.
    "checks",
    Column("kind", Text, nullable=False),
    Column("host_id", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    words("error"),
    Index(None, "installation_id", "due_at"),
    key=("kind", "host_id"),
)

sweeps = table(
    "sweeps",
    Column("sweep", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("cursor", Text),
    Column("began_at", Moment),
    Column("finished_at", Moment),
    Column("calls", Integer, nullable=False, server_default="0"),
    words("error"),
    key=("sweep",),
)

lanes = table(
    # One row for each kind of work of a community. A lease on it is what keeps two workers from doing the same work, and keeps a community's work in order.
    "lanes",
    Column("lane", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment, nullable=False),
    words("holder"),
    words("note"),
    Index("ix_lanes_due", "due_at"),
    key=("lane",),
)

changes = table(
    # What the graph in memory has not seen yet, by the revision of its installation.
    "changes",
    Column("revision", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Moment, nullable=False),
    key=("revision", "kind", "subject"),
)

MEMBER_COLUMNS: MemberColumns = {
    "outbox": ("member_id",),
}
