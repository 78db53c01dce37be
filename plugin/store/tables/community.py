"""What the host tells about a community: its members, groups, spaces, topics and posts."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, metadata, of_member, sealed, table, words
from plugin.store.types import Moment, Terms

installations = Table(
    "installations",
    metadata,
    Column("installation_id", BigInteger, primary_key=True),
    Column("host", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    words("name"),
    Column("state", Text, nullable=False),
    words("locale"),
    Column("created_at", Moment, nullable=False),
    Column("policy", JSON, nullable=False),
    Column("host_settings", JSON, nullable=False),
    Column("limits", JSON, nullable=False),
    Column("remote", JSON, nullable=False),
    Column("profile_fields", JSON, nullable=False),
    words("accent"),
    sealed("secrets"),  # the host's key, hook and sign-in secrets
    sealed("keys"),  # our own keys for terms and tombstones; never rotated
    Column("pinged_at", Moment),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("revision", BigInteger, nullable=False, server_default="0"),  # of the graph; every process follows it
    UniqueConstraint("installation_id", "host", "base_url"),
)

members = table(
    "members",
    Column("member_id", BigInteger, nullable=False),
    Column("host_user_id", Text, nullable=False),
    Column("username", Text, nullable=False),
    words("name"),
    words("avatar_url"),
    Column("standing", Text, nullable=False),
    Column("created_at", Moment),
    Column("last_seen_at", Moment),
    Column("trust_level", SmallInteger, nullable=False, server_default="0"),
    Column("admin", Boolean, nullable=False, server_default=text("false")),
    Column("moderator", Boolean, nullable=False, server_default=text("false")),
    words("title"),
    words("bio"),
    words("location"),
    words("locale"),
    words("timezone"),
    Column("fields", JSON, nullable=False),
    Column("read_at", Moment),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("installation_id", "host_user_id"),
    Index(None, "installation_id", "username"),
    Index("ix_members_any_case", "installation_id", text("lower(username)")),
    key=("member_id",),
)

groups = table(
    "groups",
    Column("group_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    words("title"),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    key=("group_id",),
)

group_members = table(
    "group_members",
    Column("group_id", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    of_member(),
    Index(None, "installation_id", "member_id"),
    key=("group_id", "member_id"),
)

badges = table(
    "badges",
    Column("member_id", BigInteger, nullable=False),
    Column("badge_id", Text, nullable=False),
    Column("grant_id", Text, nullable=False),
    words("name"),
    Column("granted_at", Moment, nullable=False),
    of_member(),
    key=("member_id", "badge_id", "grant_id"),
)

spaces = table(
    "spaces",
    Column("space_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    words("slug"),
    words("url"),
    Column("access", Text, nullable=False),
    Column("group_ids", JSON, nullable=False),
    Column("parent_id", Text),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    key=("space_id",),
)

tags = table("tags", Column("name", Text, nullable=False), key=("name",))

topics = table(
    "topics",
    Column("topic_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    words("url"),
    Column("space_id", Text),
    Column("tags", JSON, nullable=False),
    Column("author_id", BigInteger),
    Column("created_at", Moment),
    Column("bumped_at", Moment),
    Column("visible", Boolean, nullable=False, server_default=text("true")),
    Column("closed", Boolean, nullable=False, server_default=text("false")),
    Column("solution_post_id", Text),
    Column("read_at", Moment),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    Index(None, "installation_id", "author_id"),
    key=("topic_id",),
)

posts = table(
    "posts",
    Column("post_id", Text, nullable=False),
    Column("topic_id", Text, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reply_to_number", Integer),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    words("url"),
    Column("terms", Terms, nullable=False),
    Column("like_count", Integer, nullable=False, server_default="0"),
    Column("live", Boolean, nullable=False, server_default=text("true")),  # false: said to be deleted, being asked
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    of_member("author_id"),
    Index(None, "installation_id", "topic_id", "number"),
    Index(None, "installation_id", "author_id", "created_at"),
    key=("post_id",),
)

mentions = table(
    "mentions",
    Column("post_id", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    of_member(),
    Index(None, "installation_id", "member_id"),
    key=("post_id", "member_id"),
)

likes = table(
    "likes",
    Column("post_id", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    of_member(),
    Index(None, "installation_id", "member_id"),
    key=("post_id", "member_id"),
)

gone = table(
    # What the host said is gone: ids only, so that a late delivery does not bring it back.
    "gone",
    Column("kind", Text, nullable=False),
    Column("host_id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    key=("kind", "host_id"),
)

rare_terms = table(
    # A word that fewer than three members have used: no text, only who, so that the third use can be told from the first.
    "rare_terms",
    Column("digest", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    of_member(),
    key=("digest", "member_id"),
)

vocabulary = table(
    "vocabulary",
    Column("digest", BigInteger, nullable=False),
    Column("word", Text, nullable=False),
    key=("digest",),
)

MEMBER_COLUMNS: MemberColumns = {
    "members": ("member_id",),
    "group_members": ("member_id",),
    "badges": ("member_id",),
    "topics": ("author_id",),
    "posts": ("author_id",),
    "mentions": ("member_id",),
    "likes": ("member_id",),
    "rare_terms": ("member_id",),
}
