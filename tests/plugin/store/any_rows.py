"""Rows for tables whose own services are not what a test is about."""

from datetime import date

from sqlalchemy import JSON, BigInteger, Boolean, Date, Float, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from plugin.store import tables
from plugin.store.types import Moment
from plugin.store.unit_of_work import UnitOfWork


def put_row(unit: UnitOfWork, table: Table, **given: object) -> None:
    """Insert a row with these values, and something that fits in every other column that must have one."""
    values: dict[str, object] = {"installation_id": unit.installation_id}
    for column in table.c:
        if column.name not in values and (column.name in given or (not column.nullable and column.server_default is None)):
            values[column.name] = given.get(column.name, _some(unit, column.type))
    unit._connection.execute(table.insert().values(**values))


def _some(unit: UnitOfWork, kind: object) -> object:
    if isinstance(kind, Moment):
        return unit.now
    if isinstance(kind, Date):
        return date(2026, 1, 1)
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, BigInteger):
        return unit.new_id()
    if isinstance(kind, Integer | Float):
        return 1
    if isinstance(kind, LargeBinary):
        return b"x%d" % unit.new_id()
    if isinstance(kind, JSON | JSONB):
        return []
    if isinstance(kind, Text):
        return f"x{unit.new_id()}"
    raise AssertionError(f"no value is known for {kind!r}")


def fill_taking_part(unit: UnitOfWork, one: int, other: int) -> None:
    """Rows of programs, requests, mentorships and what members were told, about two members."""
    program, event, story = unit.new_id(), "event", unit.new_id()
    put_row(unit, tables.programs, program_id=program, state="draft", format="one_to_one", goals=[])
    put_row(unit, tables.calendar_events, uid=event)
    put_row(unit, tables.stories, story_id=story, author_id=other)
    for mentor, mentee in ((one, other), (other, one)):
        mentorship = unit.new_id()
        put_row(unit, tables.mentorships, mentorship_id=mentorship, mentor_id=mentor)
        put_row(unit, tables.mentees, mentorship_id=mentorship, seat=0, member_id=mentee)
        put_row(unit, tables.requests, mentor_id=mentor, mentee_id=mentee, state="pending")
        put_row(unit, tables.reports, reporter_id=mentor, about_id=mentee)
        put_row(unit, tables.program_managers, program_id=program, member_id=mentor)
        put_row(unit, tables.calendar_people, uid=event, member_id=mentor)
        put_row(unit, tables.story_people, story_id=story, member_id=mentor)
        put_row(unit, tables.awards, program_id=program, member_id=mentor)
        put_row(unit, tables.certificates, program_id=program, member_id=mentor)
        put_row(unit, tables.thanks, program_id=program, from_id=mentee, to_id=mentor)
        put_row(unit, tables.ledger, program_id=program, member_id=mentor)
        put_row(unit, tables.replies_read, program_id=program, member_id=mentor)
        put_row(unit, tables.program_invitations, program_id=program, member_id=mentor)
        put_row(unit, tables.referral_links, program_id=program, referrer_id=mentor)
        put_row(unit, tables.referrals, program_id=program, member_id=mentee, referrer_id=mentor)
        fill_meeting(unit, mentorship, program, mentor, mentee)
        for table in (tables.notices, tables.notice_choices, tables.reaches, tables.addresses, tables.mails, tables.calendar_feeds):
            put_row(unit, table, member_id=mentor)
    put_row(unit, tables.stories, author_id=one)


def fill_meeting(unit: UnitOfWork, mentorship: int, program: int, one: int, other: int) -> None:
    """Rows of a session about two members, and what followed for the first."""
    session, enrolment, agreement = unit.new_id(), unit.new_id(), unit.new_id()
    event = unit.new_id()
    put_row(unit, tables.program_events, event_id=event, program_id=program)
    put_row(unit, tables.event_people, event_id=event, member_id=one)
    put_row(unit, tables.agreements, agreement_id=agreement, mentorship_id=mentorship)
    put_row(unit, tables.agreement_signatures, agreement_id=agreement, member_id=one)
    put_row(unit, tables.pair_items, mentorship_id=mentorship, member_id=one)
    put_row(unit, tables.sessions, session_id=session, mentorship_id=mentorship)
    for each in (one, other):
        put_row(unit, tables.session_people, session_id=session, member_id=each)
    put_row(unit, tables.session_statements, session_id=session, member_id=one, about_id=other)
    for table in (tables.strikes, tables.let_downs):
        put_row(unit, table, session_id=session, member_id=one)
    put_row(unit, tables.enrolments, enrolment_id=enrolment, program_id=program, member_id=one, role=f"mentor {enrolment}")
    put_row(unit, tables.breaks, enrolment_id=enrolment, member_id=one)
