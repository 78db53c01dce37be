"""Who is under age, and who was screened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["minors", "screenings"]


def upgrade() -> None:
    op.create_table(
        "minors",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("age", sa.SmallInteger(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.Column("guardian", sa.LargeBinary(), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_minors_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "member_id", name=op.f("pk_minors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "screenings",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("checks", JSON, nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_screenings_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "member_id", name=op.f("pk_screenings")),
        sqlite_with_rowid=False,
    )
    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
