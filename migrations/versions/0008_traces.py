"""What follows from a delivery carries the delivery's id."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("needs", "outbox"):
        op.add_column(table, sa.Column("trace_id", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in ("needs", "outbox"):
        op.drop_column(table, "trace_id")
