"""Programs, who takes part in them, who asks whom, and who mentors whom."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment

programs = table(
    "programs",
    Column("program_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    words("purpose"),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    words("audience"),
    words("needs"),
    Column("goals", JSON, nullable=False),
    Column("format", Text, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("open", Boolean, nullable=False, server_default=text("true")),
    Column("approve_mentors", Boolean, nullable=False, server_default=text("true")),
    Column("approve_mentees", Boolean, nullable=False, server_default=text("false")),
    Column("both_roles", Boolean, nullable=False, server_default=text("false")),
    words("mentor_benefits"),
    words("mentee_benefits"),
    words("code_of_conduct"),
    words("template"),
    key=("program_id",),
    wide=True,
)

program_managers = table(
    "program_managers",
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("granted_at", Moment, nullable=False),
    of_member(),
    ForeignKeyConstraint(["installation_id", "program_id"], ["programs.installation_id", "programs.program_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "member_id"),
    key=("program_id", "member_id"),
)

enrolments = table(
    "enrolments",
    Column("enrolment_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("minimum", SmallInteger, nullable=False),
    words("track"),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    words("note"),
    Column("enrolled_at", Moment),
    Column("left_at", Moment),
    Column("adult", Boolean, nullable=False, server_default=text("false")),
    of_member(),
    ForeignKeyConstraint(["installation_id", "program_id"], ["programs.installation_id", "programs.program_id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "program_id", "member_id", "role"),
    Index("ix_enrolments_state", "installation_id", "program_id", "state"),
    Index(None, "installation_id", "member_id"),
    key=("enrolment_id",),
)

mentorships = table(
    "mentorships",
    Column("mentorship_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("mentor_id", BigInteger),
    Column("group_id", BigInteger),
    words("source"),
    words("begun_by"),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    words("end_reason"),
    Index(None, "installation_id", "mentor_id"),
    Index("ix_mentorships_program", "installation_id", "program_id", "ended_at"),
    key=("mentorship_id",),
)

mentees = table(
    # A place of a mentee in a mentorship; it stays when the mentee leaves the community.
    "mentees",
    Column("mentorship_id", BigInteger, nullable=False),
    Column("seat", SmallInteger, nullable=False),
    Column("member_id", BigInteger),
    ForeignKeyConstraint(["installation_id", "mentorship_id"], ["mentorships.installation_id", "mentorships.mentorship_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "member_id"),
    key=("mentorship_id", "seat"),
)

requests = table(
    "requests",
    Column("request_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("mentee_id", BigInteger, nullable=False),
    Column("mentor_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    sealed("words"),  # the mentee's note and goal, the mentor's answer
    Column("created_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("expires_at", Moment),
    Column("answered_at", Moment),
    words("reason"),
    Column("mentorship_id", BigInteger),
    of_member("mentee_id"),
    of_member("mentor_id"),
    Index("ix_requests_mentor", "installation_id", "mentor_id", "state"),
    Index("ix_requests_mentee", "installation_id", "mentee_id", "state"),
    Index("ix_requests_chain", "installation_id", "chain_id", "rank"),
    key=("request_id",),
)

blocks = table(
    # Two members who must not be brought together. Only who blocked sees it.
    "blocks",
    Column("member_id", BigInteger, nullable=False),
    Column("other_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    of_member("other_id"),
    Index(None, "installation_id", "other_id"),
    key=("member_id", "other_id"),
)

reports = table(
    # What somebody reported to those who look after safety. Not for admins of the host by that alone.
    "reports",
    Column("report_id", BigInteger, nullable=False),
    Column("reporter_id", BigInteger, nullable=False),
    Column("about_id", BigInteger, nullable=False),
    Column("mentorship_id", BigInteger),
    sealed("words"),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("closed_at", Moment),
    of_member("reporter_id"),
    of_member("about_id"),
    Index("ix_reports_state", "installation_id", "state", "at"),
    key=("report_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "program_managers": ("member_id",),
    "enrolments": ("member_id",),
    "mentorships": ("mentor_id",),
    "mentees": ("member_id",),
    "requests": ("mentee_id", "mentor_id"),
    "blocks": ("member_id", "other_id"),
    "reports": ("reporter_id", "about_id"),
}
