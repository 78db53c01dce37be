"""What pairs agree on and work towards, and the kits of their sessions."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKeyConstraint, Index, Integer, SmallInteger, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table
from plugin.store.types import Moment


def _of_mentorship() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", "mentorship_id"], ["mentorships.installation_id", "mentorships.mentorship_id"], ondelete="CASCADE")


agreements = table(
    # One version of what a mentorship agreed on.
    "agreements",
    Column("agreement_id", BigInteger, nullable=False),
    Column("mentorship_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("cadence", SmallInteger, nullable=False),
    sealed("words", empty=True),  # topics, dates, notes and the code of conduct
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    _of_mentorship(),
    UniqueConstraint("installation_id", "mentorship_id", "version"),
    key=("agreement_id",),
    wide=True,
)

agreement_signatures = table(
    "agreement_signatures",
    Column("agreement_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    ForeignKeyConstraint(["installation_id", "agreement_id"], ["agreements.installation_id", "agreements.agreement_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "member_id"),
    key=("agreement_id", "member_id"),
)

pair_items = table(
    # Goals and actions of a mentorship; they stay when whoever was to do them leaves the community.
    "pair_items",
    Column("item_id", BigInteger, nullable=False),
    Column("mentorship_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("goal_id", BigInteger),
    Column("member_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("due_on", Date),
    sealed("words", empty=True),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    _of_mentorship(),
    Index(None, "installation_id", "mentorship_id"),
    Index(None, "installation_id", "member_id"),
    key=("item_id",),
    wide=True,
)

session_kits = table(
    # Kits of a program: managers' words about sessions, nobody's own.
    "session_kits",
    Column("kit_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("base", BigInteger),
    Column("words", JSON, nullable=False),
    Column("retired", Boolean, nullable=False, server_default=text("false")),
    Column("changed_at", Moment, nullable=False),
    ForeignKeyConstraint(["installation_id", "program_id"], ["programs.installation_id", "programs.program_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "program_id"),
    key=("kit_id",),
    wide=True,
)

MEMBER_COLUMNS: MemberColumns = {"agreement_signatures": ("member_id",), "pair_items": ("member_id",)}
