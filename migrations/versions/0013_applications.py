"""Applications of developers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ["applications", "application_consents", "application_codes", "application_refreshes", "application_tokens"]


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("redirect_uris", JSON, nullable=False),
        sa.Column("grants", JSON, nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("installation_id", "application_id", name=op.f("pk_applications")),
        sa.UniqueConstraint("installation_id", "client_id", name=op.f("uq_applications_installation_id_client_id")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "application_consents",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "application_id"],
            ["applications.installation_id", "applications.application_id"],
            name=op.f("fk_application_consents_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_application_consents_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "member_id", "application_id", name=op.f("pk_application_consents")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "application_codes",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("family", sa.BigInteger(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "application_id"],
            ["applications.installation_id", "applications.application_id"],
            name=op.f("fk_application_codes_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_application_codes_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "digest", name=op.f("pk_application_codes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "application_refreshes",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("family", sa.BigInteger(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "application_id"],
            ["applications.installation_id", "applications.application_id"],
            name=op.f("fk_application_refreshes_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "member_id"],
            ["members.installation_id", "members.member_id"],
            name=op.f("fk_application_refreshes_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "digest", name=op.f("pk_application_refreshes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "application_tokens",
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("token_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("family", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "application_id"],
            ["applications.installation_id", "applications.application_id"],
            name=op.f("fk_application_tokens_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "token_id"],
            ["tokens.installation_id", "tokens.token_id"],
            name=op.f("fk_application_tokens_token_id_tokens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "token_id", name=op.f("pk_application_tokens")),
        sqlite_with_rowid=False,
    )
    protect(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
