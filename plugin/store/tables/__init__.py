"""All tables, by area.

Columns that name a member are listed in :data:`MEMBER_COLUMNS`, by which erasure and export find them; a test holds the list against the tables.
"""

from plugin.store.tables import access, community, mentoring, work
from plugin.store.tables import applications as developing
from plugin.store.tables import forms as forming
from plugin.store.tables import knowing as known_tables
from plugin.store.tables import pairing as paired
from plugin.store.tables import program_events as happening
from plugin.store.tables import programs as programming
from plugin.store.tables import recruiting as recruiting_tables
from plugin.store.tables import rewards as reward_tables
from plugin.store.tables import rounds as matching_rounds
from plugin.store.tables import screening as screened
from plugin.store.tables import sessions as meeting
from plugin.store.tables import telling as telling_tables
from plugin.store.tables.access import actors, audit, invitations, operator_keys, sign_ins, staff, tokens, tombstones
from plugin.store.tables.applications import application_codes, application_consents, application_refreshes, application_tokens, applications
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
from plugin.store.tables.forms import bank_questions, form_versions, forms, submissions, surveys
from plugin.store.tables.knowing import habits, learned, measures, ranking_weights, skill_choices, skill_names
from plugin.store.tables.mentoring import consents, evidence, needs, suggestions
from plugin.store.tables.pairing import agreement_signatures, agreements, pair_items, session_kits
from plugin.store.tables.program_events import event_people, program_events
from plugin.store.tables.programs import blocks, enrolments, mentees, mentorships, program_managers, programs, reports, requests
from plugin.store.tables.quota import host_calls
from plugin.store.tables.recruiting import announcements, program_invitations, referral_links, referrals, replies_read, waves
from plugin.store.tables.rewards import awards, budgets, certificates, ledger, reward_levels, reward_rules, thanks
from plugin.store.tables.rounds import (
    criterion_weights,
    group_people,
    groups_ours,
    lessons,
    mentor_choices,
    round_causes,
    round_choices,
    round_others,
    round_pairs,
    round_people,
    round_waiting,
    rounds,
    weight_moves,
)
from plugin.store.tables.screening import minors, screenings
from plugin.store.tables.sessions import breaks, let_downs, session_people, session_statements, sessions, strikes
from plugin.store.tables.telling import (
    addresses,
    calendar_events,
    calendar_feeds,
    calendar_people,
    jobs,
    kind_holds,
    mails,
    notice_choices,
    notice_people,
    notices,
    reaches,
    stories,
    story_people,
)
from plugin.store.tables.webhooks import feed, webhook_posts, webhooks
from plugin.store.tables.work import changes, checks, inbox, lanes, outbox, sweeps

__all__ = [
    "JSON",
    "MEMBER_COLUMNS",
    "actors",
    "addresses",
    "agreement_signatures",
    "agreements",
    "announcements",
    "application_codes",
    "application_consents",
    "application_refreshes",
    "application_tokens",
    "applications",
    "audit",
    "awards",
    "badges",
    "bank_questions",
    "blocks",
    "breaks",
    "budgets",
    "calendar_events",
    "calendar_feeds",
    "calendar_people",
    "certificates",
    "changes",
    "checks",
    "consents",
    "criterion_weights",
    "enrolments",
    "event_people",
    "evidence",
    "feed",
    "form_versions",
    "forms",
    "gone",
    "group_members",
    "group_people",
    "groups",
    "groups_ours",
    "habits",
    "host_calls",
    "inbox",
    "installations",
    "invitations",
    "jobs",
    "kind_holds",
    "lanes",
    "learned",
    "ledger",
    "lessons",
    "let_downs",
    "likes",
    "mails",
    "measures",
    "members",
    "mentees",
    "mentions",
    "mentor_choices",
    "mentorships",
    "metadata",
    "minors",
    "needs",
    "notice_choices",
    "notice_people",
    "notices",
    "operator_keys",
    "outbox",
    "pair_items",
    "posts",
    "program_events",
    "program_invitations",
    "program_managers",
    "programs",
    "ranking_weights",
    "rare_terms",
    "reaches",
    "referral_links",
    "referrals",
    "replies_read",
    "reports",
    "requests",
    "reward_levels",
    "reward_rules",
    "round_causes",
    "round_choices",
    "round_others",
    "round_pairs",
    "round_people",
    "round_waiting",
    "rounds",
    "screenings",
    "session_kits",
    "session_people",
    "session_statements",
    "sessions",
    "sign_ins",
    "skill_choices",
    "skill_names",
    "spaces",
    "staff",
    "stories",
    "story_people",
    "strikes",
    "submissions",
    "suggestions",
    "surveys",
    "sweeps",
    "tags",
    "thanks",
    "tokens",
    "tombstones",
    "topics",
    "vocabulary",
    "waves",
    "webhook_posts",
    "webhooks",
    "weight_moves",
]

MEMBER_COLUMNS: MemberColumns = (
    community.MEMBER_COLUMNS
    | known_tables.MEMBER_COLUMNS
    | mentoring.MEMBER_COLUMNS
    | programming.MEMBER_COLUMNS
    | access.MEMBER_COLUMNS
    | work.MEMBER_COLUMNS
    | matching_rounds.MEMBER_COLUMNS
    | forming.MEMBER_COLUMNS
    | telling_tables.MEMBER_COLUMNS
    | recruiting_tables.MEMBER_COLUMNS
    | meeting.MEMBER_COLUMNS
    | reward_tables.MEMBER_COLUMNS
    | paired.MEMBER_COLUMNS
    | happening.MEMBER_COLUMNS
    | developing.MEMBER_COLUMNS
    | screened.MEMBER_COLUMNS
)
