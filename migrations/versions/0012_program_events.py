"""Events of programs and who comes to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["program_events", "event_people"]


def upgrade() -> None:
    op.create_table(
        "program_events",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_program_events_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "event_id", name=op.f("pk_program_events")),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_program_events_program", "program_events", ["installation_id", "program_id", "event_id"], unique=False)
    op.create_table(
        "event_people",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "event_id"],
            ["program_events.installation_id", "program_events.event_id"],
            name=op.f("fk_event_people_event_id_program_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_event_people_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "event_id", "member_id", name=op.f("pk_event_people")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_event_people_installation_id_member_id"), "event_people", ["installation_id", "member_id"], unique=False)
    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
