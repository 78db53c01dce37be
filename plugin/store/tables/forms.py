"""Forms and their versions, the bank of questions, answers, and what was asked of whom."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment

forms = table(
    "forms",
    Column("form_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("purpose", Text, nullable=False),
    words("name"),
    Column("version", Integer, nullable=False),
    Column("open", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
    Index(None, "installation_id", "program_id", "purpose"),
    key=("form_id",),
)

form_versions = table(
    # What each version asked. A version with answers is never changed, so that answers can be read for as long as they are kept.
    "form_versions",
    Column("form_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("retired", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(["installation_id", "form_id"], ["forms.installation_id", "forms.form_id"], ondelete="CASCADE"),
    key=("form_id", "version"),
    wide=True,
)

bank_questions = table(
    "bank_questions",
    Column("name", Text, nullable=False),
    Column("question", JSON, nullable=False),
    Column("changed_at", Moment, nullable=False),
    key=("name",),
    wide=True,
)

submissions = table(
    # ``answers`` are choices and numbers, ``words`` the sealed texts. ``about`` names what was asked about, such as ``mentorship:7``; ``survey_id`` is the
    # survey that was answered, 0 for an application.
    "submissions",
    Column("submission_id", BigInteger, nullable=False),
    Column("form_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("program_id", BigInteger),
    Column("member_id", BigInteger, nullable=False),
    words("about"),
    Column("survey_id", BigInteger, nullable=False, server_default="0"),
    Column("answers", JSON, nullable=False),
    sealed("words", empty=True),
    Column("named", Boolean, nullable=False, server_default=text("false")),
    Column("at", Moment, nullable=False),
    of_member(),
    ForeignKeyConstraint(["installation_id", "form_id"], ["forms.installation_id", "forms.form_id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "form_id", "member_id", "about", "survey_id"),
    Index(None, "installation_id", "member_id"),
    Index(None, "installation_id", "program_id", "form_id"),
    key=("submission_id",),
    wide=True,
)

surveys = table(
    # A survey asked of one member. ``key`` makes each question asked once.
    "surveys",
    Column("survey_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("program_id", BigInteger),
    Column("member_id", BigInteger, nullable=False),
    words("about"),
    Column("due_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("reminded_at", Moment),
    Column("answered_at", Moment),
    Column("closed_at", Moment),
    of_member(),
    UniqueConstraint("installation_id", "key"),
    Index(None, "installation_id", "member_id"),
    Index(None, "installation_id", "program_id", "kind"),
    Index(None, "installation_id", "about"),
    key=("survey_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "submissions": ("member_id",),
    "surveys": ("member_id",),
}
