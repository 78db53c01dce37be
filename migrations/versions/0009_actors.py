"""By which number the audit log names a member; erasure deletes it."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actors",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "member_id", name=op.f("pk_actors")),
        sa.UniqueConstraint("installation_id", "number", name=op.f("uq_actors_installation_id_number")),
        sqlite_with_rowid=False,
    )
    protect("actors")


def downgrade() -> None:
    op.drop_table("actors")
