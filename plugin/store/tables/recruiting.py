"""How members are asked to take part in programs."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKeyConstraint, Index, Integer, LargeBinary, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment


def _of_program() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", "program_id"], ["programs.installation_id", "programs.program_id"], ondelete="CASCADE")


announcements = table(
    "announcements",
    Column("program_id", BigInteger, nullable=False),
    Column("space_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("said", LargeBinary, nullable=False),
    words("intro"),
    words("address"),
    words("topic_id"),
    words("url"),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    _of_program(),
    key=("program_id",),
)

replies_read = table(
    # Replies to announcements that were answered, so that none is answered twice however often the host is read.
    "replies_read",
    Column("post_id", Text, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("wish", Text, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    _of_program(),
    Index(None, "installation_id", "member_id"),
    key=("post_id",),
)

waves = table(
    "waves",
    Column("wave_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("until", Integer),
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    words("ended"),
    _of_program(),
    UniqueConstraint("installation_id", "program_id", "number"),
    key=("wave_id",),
)

program_invitations = table(
    "program_invitations",
    Column("invitation_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("wave_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("score", Float, nullable=False, server_default=text("0")),
    Column("evidence", JSON, nullable=False),
    Column("post_ids", JSON, nullable=False),
    sealed("words"),
    Column("created_at", Moment, nullable=False),
    Column("invited_at", Moment),
    Column("seen_at", Moment),
    Column("answered_at", Moment),
    Column("expires_at", Moment),
    of_member(),
    _of_program(),
    UniqueConstraint("installation_id", "program_id", "member_id"),
    Index("ix_program_invitations_state", "installation_id", "program_id", "state"),
    Index(None, "installation_id", "member_id"),
    key=("invitation_id",),
    wide=True,
)

referral_links = table(
    "referral_links",
    Column("link_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("referrer_id", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sealed("secret"),  # so that its maker can see the address again
    words("role"),
    Column("named", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    of_member("referrer_id"),
    _of_program(),
    UniqueConstraint("installation_id", "digest"),
    Index(None, "installation_id", "referrer_id"),
    key=("link_id",),
)

referrals = table(
    "referrals",
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("referrer_id", BigInteger, nullable=False),
    Column("link_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    of_member("referrer_id"),
    _of_program(),
    Index(None, "installation_id", "referrer_id"),
    Index(None, "installation_id", "member_id"),
    key=("program_id", "member_id"),
)

MEMBER_COLUMNS: MemberColumns = {
    "replies_read": ("member_id",),
    "program_invitations": ("member_id",),
    "referral_links": ("referrer_id",),
    "referrals": ("member_id", "referrer_id"),
}
