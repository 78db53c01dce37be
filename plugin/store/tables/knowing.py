"""What members decide about their skills, what curators decide about names, what a community's history taught, and how the community was doing day by day."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, Text

from plugin.store.tables.base import JSON, MemberColumns, of_member, table, words
from plugin.store.types import Moment

skill_choices = table(
    "skill_choices",
    Column("member_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    key=("member_id", "key"),
)

skill_names = table(
    # A curator's word that one name is another of the same skill.
    "skill_names",
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("into_key", Text, nullable=False),
    Column("into", Text, nullable=False),
    Column("at", Moment, nullable=False),
    key=("key",),
)

habits = table(
    "habits",
    Column("member_id", BigInteger, nullable=False),
    Column("answered", Float, nullable=False),
    Column("expected", Float, nullable=False),
    of_member(),
    key=("member_id",),
)

learned = table(
    # One row: when the history was studied last, as of when the habits are, and what words have to do with each other (keyed digests, no words).
    "learned",
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", LargeBinary),
    key=("kind",),
)

ranking_weights = table(
    # Every change of the weights of the ranking, with what moved it; the newest one that was taken is in force.
    "ranking_weights",
    Column("change_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("taken", Boolean, nullable=False),
    words("actor"),
    Column("weights", JSON, nullable=False),
    Column("questions", Integer, nullable=False, server_default="0"),
    Column("because", JSON, nullable=False),
    key=("change_id",),
)

measures = table(
    # One number of one day; the subject is a category's id, or empty for the whole community. Never a member.
    "measures",
    Column("day", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("value", Float, nullable=False),
    key=("day", "name", "subject"),
)

MEMBER_COLUMNS: MemberColumns = {
    "skill_choices": ("member_id",),
    "habits": ("member_id",),
}
