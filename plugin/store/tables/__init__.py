"""All tables, by area.

Columns that name a member are listed in :data:`MEMBER_COLUMNS`, by which erasure and export find them; a test holds the list against the tables.
"""

from plugin.store.tables import access, community, mentoring, work
from plugin.store.tables.access import audit, sign_ins, tokens, tombstones
from plugin.store.tables.base import JSON, MemberColumns, metadata
from plugin.store.tables.community import (
    badges,
    gone,
    group_members,
    groups,
    installations,
    likes,
    members,
    mentions,
    posts,
    rare_terms,
    spaces,
    tags,
    topics,
    vocabulary,
)
from plugin.store.tables.mentoring import consents, evidence, mentorships, needs, programs, suggestions
from plugin.store.tables.work import changes, checks, inbox, lanes, outbox, sweeps

__all__ = [
    "JSON",
    "MEMBER_COLUMNS",
    "audit",
    "badges",
    "changes",
    "checks",
    "consents",
    "evidence",
    "gone",
    "group_members",
    "groups",
    "inbox",
    "installations",
    "lanes",
    "likes",
    "members",
    "mentions",
    "mentorships",
    "metadata",
    "needs",
    "outbox",
    "posts",
    "programs",
    "rare_terms",
    "sign_ins",
    "spaces",
    "suggestions",
    "sweeps",
    "tags",
    "tokens",
    "tombstones",
    "topics",
    "vocabulary",
]

MEMBER_COLUMNS: MemberColumns = community.MEMBER_COLUMNS | mentoring.MEMBER_COLUMNS | access.MEMBER_COLUMNS | work.MEMBER_COLUMNS
