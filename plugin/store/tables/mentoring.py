"""What members need, agree to and are suggested."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint

from plugin.store.tables.base import JSON, MemberColumns, of_member, table, words
from plugin.store.types import Moment, Terms

consents = table(
    "consents",
    Column("member_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("text_version", Text, nullable=False),
    of_member(),
    key=("member_id", "kind", "at"),
)

needs = table(
    "needs",
    Column("need_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    words("text"),
    Column("topic_id", Text),
    Column("terms", Terms, nullable=False),
    Column("stated_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    words("trace_id"),
    of_member(),
    Index(None, "installation_id", "member_id", "stated_at"),
    Index("ix_needs_open", "installation_id", "state"),
    Index(None, "installation_id", "topic_id"),
    key=("need_id",),
)

suggestions = table(
    "suggestions",
    Column("suggestion_id", BigInteger, nullable=False),
    Column("need_id", BigInteger, nullable=False),
    Column("for_member_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("score", Float, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    of_member(),
    of_member("for_member_id"),
    UniqueConstraint("installation_id", "need_id", "member_id"),
    Index(None, "installation_id", "for_member_id", "created_at", "rank"),
    key=("suggestion_id",),
)

evidence = table(
    # Which posts a suggestion rests on, so that a removed post takes its traces along.
    "evidence",
    Column("suggestion_id", BigInteger, nullable=False),
    Column("post_id", Text, nullable=False),
    ForeignKeyConstraint(["installation_id", "suggestion_id"], ["suggestions.installation_id", "suggestions.suggestion_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "post_id"),
    key=("suggestion_id", "post_id"),
)

MEMBER_COLUMNS: MemberColumns = {
    "consents": ("member_id",),
    "needs": ("member_id",),
    "suggestions": ("member_id", "for_member_id"),
}
