"""Events out: what happened, developers' endpoints, and what was posted there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["feed", "webhooks", "webhook_posts"]
ACROSS = {"mentorgraph": "dispatcher"}
"""Marks statements that look across communities, as plugin.store.dispatch does."""
NEVER = 253_370_764_800_000_000
"""The year 9999, when idle lanes are due."""


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "number", name=op.f("pk_feed")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feed_at", "feed", ["installation_id", "at"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("types", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "webhook_id", name=op.f("pk_webhooks")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "webhook_posts",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "webhook_id"],
            ["webhooks.installation_id", "webhooks.webhook_id"],
            name=op.f("fk_webhook_posts_webhook_id_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "webhook_id", "number", name=op.f("pk_webhook_posts")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_webhook_posts_open",
        "webhook_posts",
        ["installation_id", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    protect(*TABLES)
    _across("on")
    # Communities that are connected already get the lane; idle, like those of communities that were disconnected.
    idle = sa.text("INSERT INTO lanes (installation_id, lane, due_at, leased_until) SELECT installation_id, 'webhooks', :never, 0 FROM installations")
    op.get_bind().execute(idle, {"never": NEVER}, execution_options=ACROSS)
    _across("")


def downgrade() -> None:
    _across("on")
    op.get_bind().execute(sa.text("DELETE FROM lanes WHERE lane = 'webhooks'"), execution_options=ACROSS)
    _across("")
    for table in reversed(TABLES):
        op.drop_table(table)


def _across(word: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().execute(sa.text("SELECT set_config('mentorgraph.dispatcher', :word, true)"), {"word": word})
