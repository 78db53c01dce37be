"""Sessions, what everybody said of them, and the ladder for who lets others wait."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, SmallInteger, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment


def _of_session() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", "session_id"], ["sessions.installation_id", "sessions.session_id"], ondelete="CASCADE")


sessions = table(
    # It names nobody: what is left of it when its people are gone is a figure.
    "sessions",
    Column("session_id", BigInteger, nullable=False),
    Column("mentorship_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("times", JSON, nullable=False),
    Column("starts_at", Moment),
    Column("size", SmallInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    sealed("words", empty=True),  # what it is about, where, and a note
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    words("reason"),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("kit_id", BigInteger),
    ForeignKeyConstraint(["installation_id", "mentorship_id"], ["mentorships.installation_id", "mentorships.mentorship_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "mentorship_id", "state"),
    Index("ix_sessions_program", "installation_id", "program_id", "session_id"),
    key=("session_id",),
    wide=True,
)

session_people = table(
    "session_people",
    Column("session_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("mentor", Boolean, nullable=False),
    Column("asks", Boolean, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("can", JSON),
    Column("held", Boolean),
    of_member(),
    _of_session(),
    Index(None, "installation_id", "member_id"),
    key=("session_id", "member_id"),
)

session_statements = table(
    # Who said of whom that they were there.
    "session_statements",
    Column("session_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("about_id", BigInteger, nullable=False),
    Column("present", Boolean, nullable=False),
    of_member(),
    of_member("about_id"),
    _of_session(),
    Index(None, "installation_id", "about_id"),
    key=("session_id", "member_id", "about_id"),
)

strikes = table(
    "strikes",
    Column("strike_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("session_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    sealed("words", empty=True),  # the appeal
    Column("decided_at", Moment),
    of_member(),
    _of_session(),
    UniqueConstraint("installation_id", "session_id", "member_id"),
    Index(None, "installation_id", "member_id"),
    Index("ix_strikes_program", "installation_id", "program_id", "strike_id"),
    key=("strike_id",),
)

let_downs = table(
    # Who was there in vain, and comes first for a while.
    "let_downs",
    Column("session_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("until", Moment, nullable=False),
    of_member(),
    _of_session(),
    Index(None, "installation_id", "member_id"),
    key=("session_id", "member_id"),
)

breaks = table(
    # Enrolments that are paused by the ladder.
    "breaks",
    Column("enrolment_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    of_member(),
    ForeignKeyConstraint(["installation_id", "enrolment_id"], ["enrolments.installation_id", "enrolments.enrolment_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "member_id"),
    key=("enrolment_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "session_people": ("member_id",),
    "session_statements": ("member_id", "about_id"),
    "strikes": ("member_id",),
    "let_downs": ("member_id",),
    "breaks": ("member_id",),
}
