"""What is done later, what members were told, and how they want to be told."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint, text

from plugin.store.tables.base import JSON, MemberColumns, of_member, sealed, table, words
from plugin.store.types import Moment

jobs = table(
    # Work for later. A key is one piece of work; ``about`` holds ids of ours and nothing else about anybody.
    "jobs",
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("every_days", Integer),
    words("timezone"),
    Column("done_at", Moment),
    words("error"),
    Index("ix_jobs_open", "installation_id", "next_at", postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    Index("ix_jobs_state", "installation_id", "state", "next_at"),
    key=("key",),
)

notices = table(
    "notices",
    Column("notice_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("group", Text, nullable=False),
    sealed("about"),
    Column("state", Text, nullable=False),
    words("channel"),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("until", Moment),
    Column("released", Boolean, nullable=False, server_default=text("false")),
    Column("sent_at", Moment),
    Column("read_at", Moment),
    words("why"),
    of_member(),
    UniqueConstraint("installation_id", "key"),
    Index("ix_notices_open", "installation_id", "due_at", postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    Index(None, "installation_id", "member_id", "created_at"),
    Index("ix_notices_state", "installation_id", "state", "created_at"),
    key=("notice_id",),
    wide=True,
)

notice_people = table(
    # Whom a notice to somebody else names, or whose words it holds: both go with that member.
    "notice_people",
    Column("member_id", BigInteger, nullable=False),
    Column("notice_id", BigInteger, nullable=False),
    ForeignKeyConstraint(["installation_id", "notice_id"], ["notices.installation_id", "notices.notice_id"], ondelete="CASCADE"),
    of_member(),
    Index(None, "installation_id", "notice_id"),
    key=("member_id", "notice_id"),
)

notice_choices = table(
    # Channel and frequency of a member for a group of kinds.
    "notice_choices",
    Column("member_id", BigInteger, nullable=False),
    Column("group", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("frequency", Text, nullable=False),
    of_member(),
    key=("member_id", "group"),
)

reaches = table(
    # When a member can be reached, where they said so.
    "reaches",
    Column("member_id", BigInteger, nullable=False),
    words("timezone"),
    words("locale"),
    Column("quiet_from", SmallInteger, nullable=False),
    Column("quiet_until", SmallInteger, nullable=False),
    Column("digest_at", SmallInteger, nullable=False),
    Column("weekday", SmallInteger, nullable=False),
    of_member(),
    key=("member_id",),
)

kind_holds = table(
    # Kinds of notices that a manager wants to see before they go.
    "kind_holds",
    Column("kind", Text, nullable=False),
    Column("since", Moment, nullable=False),
    key=("kind",),
)

addresses = table(
    "addresses",
    Column("member_id", BigInteger, nullable=False),
    sealed("address"),
    Column("code", LargeBinary),  # keyed hash; gone once confirmed
    Column("code_until", Moment),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    # The two are of older versions, which may run beside this one; they go with the next generation of the tables.
    Column("codes_sent", SmallInteger, nullable=False, server_default="0"),
    Column("codes_since", Moment),
    Column("confirmed_at", Moment),
    Column("bounces", SmallInteger, nullable=False, server_default="0"),
    Column("stopped_at", Moment),
    of_member(),
    key=("member_id",),
)

mails = table(
    "mails",
    Column("mail_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    sealed("body", empty=True),  # gone once sent
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
    words("error"),
    of_member(),
    UniqueConstraint("installation_id", "key"),
    Index("ix_mails_open", "installation_id", "next_at", postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
    Index("ix_mails_state", "installation_id", "state", "created_at"),
    key=("mail_id",),
    wide=True,
)

calendar_events = table(
    "calendar_events",
    Column("uid", Text, nullable=False),
    sealed("body"),
    Column("sequence", Integer, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    key=("uid",),
)

calendar_people = table(
    "calendar_people",
    Column("uid", Text, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    ForeignKeyConstraint(["installation_id", "uid"], ["calendar_events.installation_id", "calendar_events.uid"], ondelete="CASCADE"),
    of_member(),
    Index(None, "installation_id", "member_id"),
    key=("uid", "member_id"),
)

calendar_feeds = table(
    # Private addresses of calendars, as hashes of their secret part.
    "calendar_feeds",
    Column("member_id", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    of_member(),
    UniqueConstraint("installation_id", "digest"),
    key=("member_id",),
)

stories = table(
    # What a pair would tell the community about its mentorship; told once everybody in it agreed.
    "stories",
    Column("story_id", BigInteger, nullable=False),
    Column("mentorship_id", BigInteger, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    sealed("words"),
    Column("state", Text, nullable=False),
    words("space_id"),
    Column("created_at", Moment, nullable=False),
    of_member("author_id"),
    UniqueConstraint("installation_id", "mentorship_id"),
    key=("story_id",),
)

story_people = table(
    # Whose agreement a story needs. A person who goes takes the story along while it is not out.
    "story_people",
    Column("story_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("agreed", Boolean),
    ForeignKeyConstraint(["installation_id", "story_id"], ["stories.installation_id", "stories.story_id"], ondelete="CASCADE"),
    of_member(),
    key=("story_id", "member_id"),
)

MEMBER_COLUMNS: MemberColumns = {
    "notices": ("member_id",),
    "notice_people": ("member_id",),
    "notice_choices": ("member_id",),
    "reaches": ("member_id",),
    "addresses": ("member_id",),
    "mails": ("member_id",),
    "calendar_people": ("member_id",),
    "calendar_feeds": ("member_id",),
    "stories": ("author_id",),
    "story_people": ("member_id",),
}
