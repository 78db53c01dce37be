"""What is kept of a sign-in at a provider or by a code until it is complete."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_ins", sa.Column("memory", sa.LargeBinary(), nullable=True))
    op.add_column("sign_ins", sa.Column("about", sa.LargeBinary(), nullable=True))
    op.add_column("sign_ins", sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    for column in ("tries", "about", "memory"):
        op.drop_column("sign_ins", column)
