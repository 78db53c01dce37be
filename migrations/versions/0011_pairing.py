"""What pairs agree on and work towards, and the kits of their sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["agreements", "pair_items", "session_kits", "agreement_signatures"]


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cadence", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "mentorship_id"],
            ["mentorships.installation_id", "mentorships.mentorship_id"],
            name=op.f("fk_agreements_mentorship_id_mentorships"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "agreement_id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("installation_id", "mentorship_id", "version", name=op.f("uq_agreements_installation_id_mentorship_id_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "pair_items",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("goal_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "mentorship_id"],
            ["mentorships.installation_id", "mentorships.mentorship_id"],
            name=op.f("fk_pair_items_mentorship_id_mentorships"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "item_id", name=op.f("pk_pair_items")),
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_pair_items_installation_id_member_id"), "pair_items", ["installation_id", "member_id"], unique=False)
    op.create_index(op.f("ix_pair_items_installation_id_mentorship_id"), "pair_items", ["installation_id", "mentorship_id"], unique=False)
    op.create_table(
        "session_kits",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("kit_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("words", JSON, nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_session_kits_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "kit_id", name=op.f("pk_session_kits")),
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_session_kits_installation_id_program_id"), "session_kits", ["installation_id", "program_id"], unique=False)
    op.create_table(
        "agreement_signatures",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "agreement_id"],
            ["agreements.installation_id", "agreements.agreement_id"],
            name=op.f("fk_agreement_signatures_agreement_id_agreements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_agreement_signatures_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "agreement_id", "member_id", name=op.f("pk_agreement_signatures")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_agreement_signatures_installation_id_member_id"), "agreement_signatures", ["installation_id", "member_id"], unique=False)
    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
