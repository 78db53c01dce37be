"""Members are looked up by their names whatever the case, for every mention in a post: without reading all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_members_any_case", "members", ["installation_id", sa.text("lower(username)")], unique=False)


def downgrade() -> None:
    op.drop_index("ix_members_any_case", table_name="members")
