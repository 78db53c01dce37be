"""All tables.

``installation_id`` leads every primary, unique and foreign key: it isolates communities, and it is the column by which the tables can be spread over machines
(docs/decisions/0005-tenant-key.md). Ids of the host are text; ids of ours are 63-bit numbers that rise with time. Columns that name a member are listed in
:data:`MEMBER_COLUMNS`, by which erasure and export find them; a test holds the list against the tables.
"""

from sqlalchemy import JSON as GENERIC_JSON
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from plugin.store.types import Moment, Terms

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_1_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
JSON = GENERIC_JSON().with_variant(JSONB(), "postgresql")


def _table(name: str, *parts: SchemaItem, key: tuple[str, ...]) -> Table:
    return Table(
        name, metadata, Column("installation_id", BigInteger, nullable=False), *parts, PrimaryKeyConstraint("installation_id", *key), sqlite_with_rowid=False
    )


def _of_member(column: str = "member_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["installation_id", column], ["members.installation_id", "members.member_id"], ondelete="CASCADE")


def _text(name: str, *, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=default is None, server_default=default)


installations = Table(
    "installations",
    metadata,
    Column("installation_id", BigInteger, primary_key=True),
    Column("host", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    _text("name"),
    Column("state", Text, nullable=False),
    _text("locale"),
    Column("created_at", Moment, nullable=False),
    Column("policy", JSON, nullable=False),
    Column("host_settings", JSON, nullable=False),
    Column("limits", JSON, nullable=False),
    Column("remote", JSON, nullable=False),
    Column("profile_fields", JSON, nullable=False),
    Column("secrets", LargeBinary, nullable=False),  # sealed: the host's key, hook and sign-in secrets
    Column("keys", LargeBinary, nullable=False),  # sealed: our own keys for terms and tombstones; never rotated
    Column("pinged_at", Moment),
    Column("revision", BigInteger, nullable=False, server_default="0"),  # of the graph; every process follows it
    UniqueConstraint("installation_id", "host", "base_url"),
)

members = _table(
    "members",
    Column("member_id", BigInteger, nullable=False),
    Column("host_user_id", Text, nullable=False),
    Column("username", Text, nullable=False),
    _text("name"),
    _text("avatar_url"),
    Column("standing", Text, nullable=False),
    Column("created_at", Moment),
    Column("last_seen_at", Moment),
    Column("trust_level", SmallInteger, nullable=False, server_default="0"),
    Column("admin", Boolean, nullable=False, server_default=text("false")),
    Column("moderator", Boolean, nullable=False, server_default=text("false")),
    _text("title"),
    _text("bio"),
    _text("location"),
    _text("locale"),
    _text("timezone"),
    Column("fields", JSON, nullable=False),
    Column("read_at", Moment),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("installation_id", "host_user_id"),
    Index(None, "installation_id", "username"),
    key=("member_id",),
)

groups = _table(
    "groups",
    Column("group_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    _text("title"),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    key=("group_id",),
)

group_members = _table(
    "group_members",
    Column("group_id", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    _of_member(),
    Index(None, "installation_id", "member_id"),
    key=("group_id", "member_id"),
)

spaces = _table(
    "spaces",
    Column("space_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    _text("slug"),
    _text("url"),
    Column("access", Text, nullable=False),
    Column("group_ids", JSON, nullable=False),
    Column("parent_id", Text),
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    key=("space_id",),
)

tags = _table("tags", Column("name", Text, nullable=False), key=("name",))

topics = _table(
    "topics",
    Column("topic_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    _text("url"),
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

posts = _table(
    "posts",
    Column("post_id", Text, nullable=False),
    Column("topic_id", Text, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reply_to_number", Integer),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    _text("url"),
    Column("terms", Terms, nullable=False),
    Column("like_count", Integer, nullable=False, server_default="0"),
    Column("live", Boolean, nullable=False, server_default=text("true")),  # false: said to be deleted, being asked
    Column("seen_sweep", BigInteger, nullable=False, server_default="0"),
    _of_member("author_id"),
    Index(None, "installation_id", "topic_id", "number"),
    Index(None, "installation_id", "author_id", "created_at"),
    key=("post_id",),
)

mentions = _table(
    "mentions",
    Column("post_id", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    _of_member(),
    Index(None, "installation_id", "member_id"),
    key=("post_id", "member_id"),
)

gone = _table(
    # What the host said is gone: ids only, so that a late delivery does not bring it back.
    "gone",
    Column("kind", Text, nullable=False),
    Column("host_id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    key=("kind", "host_id"),
)

likes = _table(
    "likes",
    Column("post_id", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    _of_member(),
    Index(None, "installation_id", "member_id"),
    key=("post_id", "member_id"),
)

badges = _table(
    "badges",
    Column("member_id", BigInteger, nullable=False),
    Column("badge_id", Text, nullable=False),
    Column("grant_id", Text, nullable=False),
    _text("name"),
    Column("granted_at", Moment, nullable=False),
    _of_member(),
    key=("member_id", "badge_id", "grant_id"),
)

rare_terms = _table(
    # A word that fewer than three members have used: no text, only who, so that the third use can be told from the first.
    "rare_terms",
    Column("digest", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    _of_member(),
    key=("digest", "member_id"),
)

vocabulary = _table(
    "vocabulary",
    Column("digest", BigInteger, nullable=False),
    Column("word", Text, nullable=False),
    key=("digest",),
)

consents = _table(
    "consents",
    Column("member_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("text_version", Text, nullable=False),
    _of_member(),
    key=("member_id", "kind", "at"),
)

needs = _table(
    "needs",
    Column("need_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    _text("text"),
    Column("topic_id", Text),
    Column("terms", Terms, nullable=False),
    Column("stated_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    _of_member(),
    Index(None, "installation_id", "member_id", "stated_at"),
    Index("ix_needs_open", "installation_id", "state"),
    Index(None, "installation_id", "topic_id"),
    key=("need_id",),
)

suggestions = _table(
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
    _of_member(),
    _of_member("for_member_id"),
    UniqueConstraint("installation_id", "need_id", "member_id"),
    Index(None, "installation_id", "for_member_id", "created_at", "rank"),
    key=("suggestion_id",),
)

evidence = _table(
    # Which posts a suggestion rests on, so that a removed post takes its traces along.
    "evidence",
    Column("suggestion_id", BigInteger, nullable=False),
    Column("post_id", Text, nullable=False),
    ForeignKeyConstraint(["installation_id", "suggestion_id"], ["suggestions.installation_id", "suggestions.suggestion_id"], ondelete="CASCADE"),
    Index(None, "installation_id", "post_id"),
    key=("suggestion_id", "post_id"),
)

programs = _table(
    "programs",
    Column("program_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    _text("purpose"),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    key=("program_id",),
)

mentorships = _table(
    "mentorships",
    Column("mentorship_id", BigInteger, nullable=False),
    Column("program_id", BigInteger),
    Column("mentor_id", BigInteger),
    Column("mentee_id", BigInteger),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(None, "installation_id", "mentor_id"),
    Index(None, "installation_id", "mentee_id"),
    key=("mentorship_id",),
)

tokens = _table(
    "tokens",
    Column("token_id", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("member_id", BigInteger),
    Column("scopes", JSON, nullable=False),
    Column("audience", Text, nullable=False),
    _text("name"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    _of_member(),
    UniqueConstraint("installation_id", "digest"),
    Index("ix_tokens_digest", "digest"),
    key=("token_id",),
)

sign_ins = _table(
    # One nonce of a sign-in. ``flow`` decides which address may finish it: a nonce of one flow is worthless in the other.
    "sign_ins",
    Column("nonce", LargeBinary, nullable=False),
    Column("flow", Text, nullable=False),
    Column("binding", LargeBinary, nullable=False),  # hash of the browser's cookie, or the PKCE challenge
    _text("next_path"),
    Column("expires_at", Moment, nullable=False),
    key=("nonce",),
)

tombstones = _table(
    "tombstones",
    Column("digest", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    key=("digest",),
)

inbox = _table(
    "inbox",
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary),  # sealed; gone once handled
    Column("trace_id", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("next_at", Moment, nullable=False),
    Column("handled_at", Moment),
    _text("error"),
    Index("ix_inbox_open", "installation_id", "next_at", postgresql_where=text("state = 'new'"), sqlite_where=text("state = 'new'")),
    Index("ix_inbox_state", "installation_id", "state", "received_at"),
    key=("event_id",),
)

outbox = _table(
    "outbox",
    Column("message_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("member_id", BigInteger),
    Column("body", LargeBinary),  # sealed; gone once sent
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
    _text("remote_id"),
    _text("url"),
    _text("error"),
    _of_member(),
    UniqueConstraint("installation_id", "key"),
    Index("ix_outbox_open", "installation_id", "next_at", postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
    Index("ix_outbox_state", "installation_id", "state", "created_at"),
    key=("message_id",),
)

checks = _table(
    # Something that a hint or a sweep made doubtful and that the host is asked about, once, however often it was doubted.
    "checks",
    Column("kind", Text, nullable=False),
    Column("host_id", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    _text("error"),
    Index(None, "installation_id", "due_at"),
    key=("kind", "host_id"),
)

sweeps = _table(
    "sweeps",
    Column("sweep", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("cursor", Text),
    Column("began_at", Moment),
    Column("finished_at", Moment),
    Column("calls", Integer, nullable=False, server_default="0"),
    _text("error"),
    key=("sweep",),
)

lanes = _table(
    # One row for each kind of work of a community. A lease on it is what keeps two workers from doing the same work, and keeps a community's work in order.
    "lanes",
    Column("lane", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment, nullable=False),
    _text("holder"),
    _text("note"),
    Index("ix_lanes_due", "due_at"),
    key=("lane",),
)

changes = _table(
    # What the graph in memory has not seen yet, by the revision of its installation.
    "changes",
    Column("revision", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Moment, nullable=False),
    key=("revision", "kind", "subject"),
)

audit = _table(
    "audit",
    Column("number", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    key=("number",),
)

MEMBER_COLUMNS: dict[str, tuple[str, ...]] = {
    "members": ("member_id",),
    "group_members": ("member_id",),
    "topics": ("author_id",),
    "posts": ("author_id",),
    "mentions": ("member_id",),
    "likes": ("member_id",),
    "badges": ("member_id",),
    "rare_terms": ("member_id",),
    "consents": ("member_id",),
    "needs": ("member_id",),
    "suggestions": ("member_id", "for_member_id"),
    "mentorships": ("mentor_id", "mentee_id"),
    "tokens": ("member_id",),
    "outbox": ("member_id",),
}
