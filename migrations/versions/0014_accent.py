"""The colour by which members know their community."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installations", sa.Column("accent", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("installations", "accent")
