"""How members are asked to take part in programs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["announcements", "replies_read", "waves", "program_invitations", "referral_links", "referrals"]


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("space_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("intro", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("topic_id", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_announcements_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "program_id", name=op.f("pk_announcements")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replies_read",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_replies_read_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_replies_read_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "post_id", name=op.f("pk_replies_read")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_replies_read_installation_id_member_id"), "replies_read", ["installation_id", "member_id"], unique=False)
    op.create_table(
        "waves",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("wave_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_waves_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "wave_id", name=op.f("pk_waves")),
        sa.UniqueConstraint("installation_id", "program_id", "number", name=op.f("uq_waves_installation_id_program_id_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "program_invitations",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("wave_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("post_ids", JSON, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_program_invitations_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_program_invitations_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "invitation_id", name=op.f("pk_program_invitations")),
        sa.UniqueConstraint("installation_id", "program_id", "member_id", name=op.f("uq_program_invitations_installation_id_program_id_member_id")),
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_program_invitations_installation_id_member_id"), "program_invitations", ["installation_id", "member_id"], unique=False)
    op.create_index("ix_program_invitations_state", "program_invitations", ["installation_id", "program_id", "state"], unique=False)
    op.create_table(
        "referral_links",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("referrer_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("named", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_referral_links_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "referrer_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_referral_links_referrer_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "link_id", name=op.f("pk_referral_links")),
        sa.UniqueConstraint("installation_id", "digest", name=op.f("uq_referral_links_installation_id_digest")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_referral_links_installation_id_referrer_id"), "referral_links", ["installation_id", "referrer_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("referrer_id", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_referrals_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "program_id"],
            ["programs.installation_id", "programs.program_id"],
            name=op.f("fk_referrals_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "referrer_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_referrals_referrer_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "program_id", "member_id", name=op.f("pk_referrals")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_referrals_installation_id_member_id"), "referrals", ["installation_id", "member_id"], unique=False)
    op.create_index(op.f("ix_referrals_installation_id_referrer_id"), "referrals", ["installation_id", "referrer_id"], unique=False)

    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
