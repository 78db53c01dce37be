"""What happened, for developers to hear of, and where it is posted."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, SmallInteger, Text, text

from plugin.store.tables.base import JSON, sealed, table, words
from plugin.store.types import Moment

feed = table(
    # Numbers are those of the audit log, so that they rise in the order in which things happened.
    "feed",
    Column("number", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_feed_at", "installation_id", "at"),
    key=("number",),
)

webhooks = table(
    "webhooks",
    Column("webhook_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    sealed("url"),
    sealed("secrets"),
    Column("types", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("failing_since", Moment),
    Column("succeeded_at", Moment),
    words("error"),
    key=("webhook_id",),
    wide=True,
)

webhook_posts = table(
    "webhook_posts",
    Column("webhook_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("status", SmallInteger),
    words("error"),
    ForeignKeyConstraint(["installation_id", "webhook_id"], ["webhooks.installation_id", "webhooks.webhook_id"], ondelete="CASCADE"),
    Index("ix_webhook_posts_open", "installation_id", "next_at", postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
    key=("webhook_id", "number"),
)
