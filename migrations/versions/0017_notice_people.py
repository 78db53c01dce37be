"""Whom notices to others name, so that a member's words go with the member."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_people",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "notice_id"],
            ["notices.installation_id", "notices.notice_id"],
            name=op.f("fk_notice_people_notice_id_notices"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_notice_people_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "member_id", "notice_id", name=op.f("pk_notice_people")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_notice_people_installation_id_notice_id"), "notice_people", ["installation_id", "notice_id"], unique=False)
    protect("notice_people")


def downgrade() -> None:
    op.drop_table("notice_people")
