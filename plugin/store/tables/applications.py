"""Applications of developers, what members let them do, and what they hold for it."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint

from plugin.store.tables.base import JSON, MemberColumns, of_member, table
from plugin.store.types import Moment


def _of_application() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", "application_id"], ["applications.installation_id", "applications.application_id"], ondelete="CASCADE")


applications = table(
    "applications",
    Column("application_id", BigInteger, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("secret", LargeBinary),
    Column("name", Text, nullable=False),
    Column("redirect_uris", JSON, nullable=False),
    Column("grants", JSON, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    UniqueConstraint("installation_id", "client_id"),
    key=("application_id",),
    wide=True,
)

application_consents = table(
    "application_consents",
    Column("application_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    _of_application(),
    of_member(),
    key=("member_id", "application_id"),
)

application_codes = table(
    "application_codes",
    Column("digest", LargeBinary, nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("family", BigInteger, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("used", Boolean, nullable=False),
    Column("expires_at", Moment, nullable=False),
    _of_application(),
    of_member(),
    key=("digest",),
)

application_refreshes = table(
    # Refresh tokens. Used ones stay until their time is over: whoever shows one again gives away that it was stolen.
    "application_refreshes",
    Column("digest", LargeBinary, nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("family", BigInteger, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("used", Boolean, nullable=False),
    Column("expires_at", Moment, nullable=False),
    _of_application(),
    of_member(),
    key=("digest",),
)

application_tokens = table(
    # Which access tokens an application holds, and from which authorization they come.
    "application_tokens",
    Column("token_id", BigInteger, nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("family", BigInteger, nullable=False),
    _of_application(),
    ForeignKeyConstraint(["installation_id", "token_id"], ["tokens.installation_id", "tokens.token_id"], ondelete="CASCADE"),
    key=("token_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "application_consents": ("member_id",),
    "application_codes": ("member_id",),
    "application_refreshes": ("member_id",),
}
