"""Who may come in, who must stay out, and what was done."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Text, UniqueConstraint

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment

tokens = table(
    "tokens",
    Column("token_id", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("member_id", BigInteger),
    Column("scopes", JSON, nullable=False),
    Column("audience", Text, nullable=False),
    words("name"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    of_member(),
    UniqueConstraint("installation_id", "digest"),
    Index("ix_tokens_digest", "digest"),
    key=("token_id",),
)

sign_ins = table(
    # One nonce of a sign-in. ``flow`` decides which address may finish it: a nonce of one flow is worthless in the other.
    "sign_ins",
    Column("nonce", LargeBinary, nullable=False),
    Column("flow", Text, nullable=False),
    Column("binding", LargeBinary, nullable=False),  # hash of the browser's cookie, the PKCE challenge, or the hash of a code
    words("next_path"),
    Column("expires_at", Moment, nullable=False),
    sealed("memory", empty=True),  # what a way of several steps needs in the end
    Column("about", LargeBinary),  # keyed hash of who was named at a sign-in by code
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    key=("nonce",),
)

staff = table(
    # Offices that are granted in the product. That of an admin is, where the host does not say who the admins are.
    "staff",
    Column("member_id", BigInteger, nullable=False),
    Column("office", Text, nullable=False),
    Column("granted_at", Moment, nullable=False),
    of_member(),
    key=("member_id", "office"),
)

invitations = table(
    # Each good once, for whoever signs in with it.
    "invitations",
    Column("digest", LargeBinary, nullable=False),
    Column("office", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    key=("digest",),
)

operator_keys = table(
    # Set-up links and sessions of whoever runs the service. They belong to no community: their installation is 0, which no community has.
    "operator_keys",
    Column("digest", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    key=("digest",),
)

tombstones = table(
    "tombstones",
    Column("digest", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    key=("digest",),
)

audit = table(
    "audit",
    Column("number", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    key=("number",),
)

actors = table(
    # By which number the audit log names a member. It is drawn by lot and shown to nobody; erasure removes the row, and the log names nobody any more.
    "actors",
    Column("member_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    UniqueConstraint("installation_id", "number"),
    key=("member_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "actors": ("member_id",),
    "staff": ("member_id",),
    "tokens": ("member_id",),
}
