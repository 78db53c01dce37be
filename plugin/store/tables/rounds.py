"""Matching rounds, groups, and what a community's answers have taught.

Whoever is named stands in a column that refers to members, and goes with the member: no plain data of a round names anybody.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKeyConstraint, Index, Integer, Text, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, table, words
from plugin.store.types import Moment


def _of_round() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", "round_id"], ["rounds.installation_id", "rounds.round_id"], ondelete="CASCADE")


rounds = table(
    "rounds",
    Column("round_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("design", JSON, nullable=False),
    Column("run", Integer, nullable=False, server_default="0"),
    Column("progress", Float, nullable=False, server_default="0"),
    Column("kept_from", BigInteger),
    Column("figures", JSON, nullable=False),
    words("failure"),
    Column("created_at", Moment, nullable=False),
    Column("computed_at", Moment),
    Column("published_at", Moment),
    Index(None, "installation_id", "program_id"),
    Index("ix_rounds_state", "installation_id", "state"),
    key=("round_id",),
)

round_choices = table(
    # What somebody decided by hand: pins and bans, or who is to be together or apart; and who joins, with themselves. ``was`` is what the last computation
    # that was done went by: one that is stopped or fails leaves the round, and so the decisions, as they were.
    "round_choices",
    Column("round_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("was", Text, nullable=False),
    Column("one_id", BigInteger, nullable=False),
    Column("other_id", BigInteger, nullable=False),
    _of_round(),
    of_member("one_id"),
    of_member("other_id"),
    key=("round_id", "one_id", "other_id"),
)

round_people = table(
    "round_people",
    Column("round_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("mentor", Boolean, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("minimum", Integer, nullable=False),
    _of_round(),
    of_member(),
    Index(None, "installation_id", "member_id"),
    key=("round_id", "member_id"),
)

round_pairs = table(
    "round_pairs",
    Column("round_id", BigInteger, nullable=False),
    Column("mentor_id", BigInteger, nullable=False),
    Column("mentee_id", BigInteger, nullable=False),
    Column("score", Float, nullable=False),
    Column("pinned", Boolean, nullable=False, server_default=text("false")),
    Column("rank", Integer),
    Column("parts", JSON, nullable=False),
    Column("state", Text, nullable=False),
    words("note"),
    _of_round(),
    of_member("mentor_id"),
    of_member("mentee_id"),
    Index("ix_round_pairs_mentee", "installation_id", "mentee_id"),
    Index("ix_round_pairs_mentor", "installation_id", "mentor_id"),
    key=("round_id", "mentor_id", "mentee_id"),
)

round_waiting = table(
    "round_waiting",
    Column("round_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("removed_by", JSON, nullable=False),
    _of_round(),
    of_member(),
    key=("round_id", "member_id"),
)

round_others = table(
    # Whom else a waiting mentee could get, best first.
    "round_others",
    Column("round_id", BigInteger, nullable=False),
    Column("mentee_id", BigInteger, nullable=False),
    Column("mentor_id", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("remaining", Integer, nullable=False),
    Column("barriers", JSON, nullable=False),
    _of_round(),
    of_member("mentor_id"),
    of_member("mentee_id"),
    key=("round_id", "mentee_id", "mentor_id"),
)

round_causes = table(
    # Why the last computation could not be done: a smallest set of what cannot hold together.
    "round_causes",
    Column("round_id", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    words("name"),
    Column("mentor_id", BigInteger),
    Column("mentee_id", BigInteger),
    Column("minimum", Integer),
    _of_round(),
    of_member("mentor_id"),
    of_member("mentee_id"),
    key=("round_id", "place"),
)

mentor_choices = table(
    # Whom a mentee would like to have, the dearest first.
    "mentor_choices",
    Column("program_id", BigInteger, nullable=False),
    Column("mentee_id", BigInteger, nullable=False),
    Column("mentor_id", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    of_member("mentee_id"),
    of_member("mentor_id"),
    key=("program_id", "mentee_id", "mentor_id"),
)

groups_ours = table(
    # Groups that we made, in contrast to those of the host.
    "groups_ours",
    Column("group_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("round_id", BigInteger),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("slot", Integer),
    Column("reasons", JSON, nullable=False),
    words("host_key"),
    words("note"),
    Column("created_at", Moment, nullable=False),
    Column("published_at", Moment),
    _of_round(),
    Index(None, "installation_id", "program_id"),
    key=("group_id",),
)

group_people = table(
    "group_people",
    Column("group_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("mentor", Boolean, nullable=False),
    Column("pinned", Boolean, nullable=False, server_default=text("false")),
    Column("joined_at", Moment, nullable=False),
    ForeignKeyConstraint(["installation_id", "group_id"], ["groups_ours.installation_id", "groups_ours.group_id"], ondelete="CASCADE"),
    of_member(),
    Index(None, "installation_id", "member_id"),
    key=("group_id", "member_id"),
)

lessons = table(
    # What mentors and mentees said to a pair, and what the pair looked like, for the weights to learn from.
    "lessons",
    Column("lesson_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),  # 0: outside of programs
    Column("kind", Text, nullable=False),
    Column("mentor_id", BigInteger, nullable=False),
    Column("mentee_id", BigInteger, nullable=False),
    words("reason"),
    Column("rating", Float),
    Column("fits", JSON, nullable=False),
    Column("learned", Boolean, nullable=False, server_default=text("false")),
    Column("at", Moment, nullable=False),
    of_member("mentor_id"),
    of_member("mentee_id"),
    Index(None, "installation_id", "program_id", "at"),
    key=("lesson_id",),
)

criterion_weights = table(
    # By what a criterion's weight is multiplied in a program, as its answers have taught.
    "criterion_weights",
    Column("program_id", BigInteger, nullable=False),
    Column("criterion", Text, nullable=False),
    Column("factor", Float, nullable=False),
    Column("samples", Integer, nullable=False),
    key=("program_id", "criterion"),
)

weight_moves = table(
    # Each change of such a factor, and the data that moved it, as numbers.
    "weight_moves",
    Column("move_id", BigInteger, nullable=False),
    Column("program_id", BigInteger, nullable=False),
    Column("criterion", Text, nullable=False),
    Column("earlier", Float, nullable=False),
    Column("later", Float, nullable=False),
    Column("because", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "installation_id", "program_id", "at"),
    key=("move_id",),
)

MEMBER_COLUMNS: MemberColumns = {
    "round_choices": ("one_id", "other_id"),
    "round_people": ("member_id",),
    "round_pairs": ("mentor_id", "mentee_id"),
    "round_waiting": ("member_id",),
    "round_others": ("mentor_id", "mentee_id"),
    "round_causes": ("mentor_id", "mentee_id"),
    "mentor_choices": ("mentee_id", "mentor_id"),
    "group_people": ("member_id",),
    "lessons": ("mentor_id", "mentee_id"),
}
