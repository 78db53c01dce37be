"""Offices, invitations to them, and the operator's links and sessions."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"], ["members.installation_id", "members.member_id"], name=op.f("fk_staff_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "member_id", "office", name=op.f("pk_staff")),
        sqlite_with_rowid=False,
    )
    for name in ("invitations", "operator_keys"):
        op.create_table(
            name,
            sa.Column("installation_id", sa.BigInteger(), nullable=False),
            sa.Column("digest", sa.LargeBinary(), nullable=False),
            sa.Column("office" if name == "invitations" else "kind", sa.Text(), nullable=False),
            sa.Column("expires_at", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("installation_id", "digest", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
    protect("staff", "invitations", "operator_keys")


def downgrade() -> None:
    for table in ("operator_keys", "invitations", "staff"):
        op.drop_table(table)
