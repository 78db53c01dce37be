"""When a member left a program, so that its figures can be told as they stood at any time."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolments", sa.Column("left_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("enrolments", "left_at")
