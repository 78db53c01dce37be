"""What programs give back: rules, awards, levels, certificates, thanks, and a ledger."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment


def _of_program() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", "program_id"], ["programs.installation_id", "programs.program_id"], ondelete="CASCADE")


reward_rules = table(
    "reward_rules",
    Column("rule_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("figure", Text, nullable=False),
    Column("least", Integer, nullable=False),
    words("role"),
    words("badge"),
    Column("points", Integer, nullable=False),
    Column("certificate", Boolean, nullable=False, server_default=text("false")),
    Column("repeats", Boolean, nullable=False, server_default=text("false")),
    Column("in_host", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    _of_program(),
    Index(None, "installation_id", "program_id"),
    key=("rule_id",),
)

reward_levels = table(
    "reward_levels",
    Column("program_id", BigInteger, nullable=False),
    Column("levels", JSON, nullable=False),
    _of_program(),
    key=("program_id",),
)

awards = table(
    "awards",
    Column("award_id", BigInteger, nullable=False),
    Column("rule_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    words("badge"),
    Column("points", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("revoked_at", Moment),
    of_member(),
    _of_program(),
    UniqueConstraint("installation_id", "rule_id", "member_id", "number"),
    Index(None, "installation_id", "program_id", "member_id"),
    Index(None, "installation_id", "member_id"),
    key=("award_id",),
)

certificates = table(
    "certificates",
    Column("certificate_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sealed("code"),
    sealed("facts"),
    Column("issued_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    of_member(),
    _of_program(),
    UniqueConstraint("installation_id", "digest"),
    Index(None, "installation_id", "program_id", "member_id"),
    Index(None, "installation_id", "member_id"),
    key=("certificate_id",),
)

thanks = table(
    "thanks",
    Column("thanks_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("from_id", BigInteger),
    Column("to_id", BigInteger, nullable=False),
    sealed("words"),
    Column("public", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    of_member("from_id"),
    of_member("to_id"),
    _of_program(),
    Index(None, "installation_id", "to_id"),
    Index(None, "installation_id", "from_id"),
    key=("thanks_id",),
)

budgets = table(
    "budgets",
    Column("program_id", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    words("set_by"),
    _of_program(),
    key=("program_id",),
)

ledger = table(
    # Nothing but an entry's state changes. A member who goes becomes a former member: the sums stay.
    "ledger",
    Column("entry_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    sealed("words"),
    words("proposed_by"),
    Column("proposed_at", Moment, nullable=False),
    words("decided_by"),
    Column("decided_at", Moment),
    Column("paid_at", Moment),
    words("reference"),
    Column("corrects", BigInteger),
    _of_program(),
    Index("ix_ledger_program", "installation_id", "program_id", "state"),
    Index(None, "installation_id", "member_id"),
    key=("entry_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "awards": ("member_id",),
    "certificates": ("member_id",),
    "thanks": ("from_id", "to_id"),
    "ledger": ("member_id",),
}
