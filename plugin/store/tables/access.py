"""Who may come in, who must stay out, and what was done."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, UniqueConstraint

from plugin.store.tables.base import JSON, MemberColumns, of_member, table, words
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
    Column("binding", LargeBinary, nullable=False),  # hash of the browser's cookie, or the PKCE challenge
    words("next_path"),
    Column("expires_at", Moment, nullable=False),
    key=("nonce",),
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

MEMBER_COLUMNS: MemberColumns = {
    "tokens": ("member_id",),
}
