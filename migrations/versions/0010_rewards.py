"""What programs give back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["reward_rules", "reward_levels", "awards", "certificates", "thanks", "budgets", "ledger"]


def upgrade() -> None:
    op.create_table(
        "reward_rules",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("badge", sa.Text(), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("repeats", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("in_host", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_reward_rules_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "rule_id", name=op.f("pk_reward_rules")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reward_rules_installation_id_program_id"), "reward_rules", ["installation_id", "program_id"], unique=False)
    op.create_table(
        "reward_levels",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("levels", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_reward_levels_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "program_id", name=op.f("pk_reward_levels")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "awards",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("badge", sa.Text(), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_awards_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_awards_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "award_id", name=op.f("pk_awards")),
        sa.UniqueConstraint("installation_id", "rule_id", "member_id", "number", name=op.f("uq_awards_installation_id_rule_id_member_id_number")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_awards_installation_id_member_id"), "awards", ["installation_id", "member_id"], unique=False)
    op.create_index(op.f("ix_awards_installation_id_program_id_member_id"), "awards", ["installation_id", "program_id", "member_id"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_certificates_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_certificates_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "certificate_id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("installation_id", "digest", name=op.f("uq_certificates_installation_id_digest")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_certificates_installation_id_member_id"), "certificates", ["installation_id", "member_id"], unique=False)
    op.create_index(op.f("ix_certificates_installation_id_program_id_member_id"), "certificates", ["installation_id", "program_id", "member_id"], unique=False)
    op.create_table(
        "thanks",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("thanks_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=True),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "from_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_thanks_from_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_thanks_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "to_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_thanks_to_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "thanks_id", name=op.f("pk_thanks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_thanks_installation_id_from_id"), "thanks", ["installation_id", "from_id"], unique=False)
    op.create_index(op.f("ix_thanks_installation_id_to_id"), "thanks", ["installation_id", "to_id"], unique=False)
    op.create_table(
        "budgets",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_budgets_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "program_id", name=op.f("pk_budgets")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("corrects", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_ledger_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "entry_id", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ledger_installation_id_member_id"), "ledger", ["installation_id", "member_id"], unique=False)
    op.create_index("ix_ledger_program", "ledger", ["installation_id", "program_id", "state"], unique=False)

    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
