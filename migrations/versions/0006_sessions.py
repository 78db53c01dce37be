"""Sessions, what was said of them, and the ladder for who lets others wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["sessions", "breaks", "let_downs", "session_people", "session_statements", "strikes"]


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("times", JSON, nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("kit_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "mentorship_id"],
            ["mentorships.installation_id", "mentorships.mentorship_id"],
            name=op.f("fk_sessions_mentorship_id_mentorships"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "session_id", name=op.f("pk_sessions")),
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_sessions_installation_id_mentorship_id_state"), "sessions", ["installation_id", "mentorship_id", "state"], unique=False)
    op.create_index("ix_sessions_program", "sessions", ["installation_id", "program_id", "session_id"], unique=False)
    op.create_table(
        "breaks",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "enrolment_id"],
            ["enrolments.installation_id", "enrolments.enrolment_id"],
            name=op.f("fk_breaks_enrolment_id_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_breaks_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "enrolment_id", name=op.f("pk_breaks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_breaks_installation_id_member_id"), "breaks", ["installation_id", "member_id"], unique=False)
    op.create_table(
        "let_downs",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_let_downs_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "session_id"],
            ["sessions.installation_id", "sessions.session_id"],
            name=op.f("fk_let_downs_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "session_id", "member_id", name=op.f("pk_let_downs")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_let_downs_installation_id_member_id"), "let_downs", ["installation_id", "member_id"], unique=False)
    op.create_table(
        "session_people",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("mentor", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("can", JSON, nullable=True),
        sa.Column("held", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_session_people_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "session_id"],
            ["sessions.installation_id", "sessions.session_id"],
            name=op.f("fk_session_people_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "session_id", "member_id", name=op.f("pk_session_people")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_session_people_installation_id_member_id"), "session_people", ["installation_id", "member_id"], unique=False)
    op.create_table(
        "session_statements",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "about_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_session_statements_about_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_session_statements_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "session_id"],
            ["sessions.installation_id", "sessions.session_id"],
            name=op.f("fk_session_statements_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "session_id", "member_id", "about_id", name=op.f("pk_session_statements")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_session_statements_installation_id_about_id"), "session_statements", ["installation_id", "about_id"], unique=False)
    op.create_table(
        "strikes",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("strike_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_strikes_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "session_id"],
            ["sessions.installation_id", "sessions.session_id"],
            name=op.f("fk_strikes_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "strike_id", name=op.f("pk_strikes")),
        sa.UniqueConstraint("installation_id", "session_id", "member_id", name=op.f("uq_strikes_installation_id_session_id_member_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_strikes_installation_id_member_id"), "strikes", ["installation_id", "member_id"], unique=False)
    op.create_index("ix_strikes_program", "strikes", ["installation_id", "program_id", "strike_id"], unique=False)
    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
