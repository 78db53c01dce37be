"""Every column that names a member is known to the export and the erasure."""

import pytest
from sqlalchemy import Table

from plugin.domain.content import Post, Topic
from plugin.domain.forms import FormPurpose, Question, QuestionKind
from plugin.domain.members import Consent, ConsentRecord
from plugin.domain.needs import Need, Reason, Suggestion
from plugin.domain.people import Office, Scope
from plugin.domain.programs import Role
from plugin.domain.screening import Check, Minor, Screening
from plugin.domain.skills import SkillChoice, Standing
from plugin.domain.surveys import Survey, SurveyKind
from plugin.services.questions import forms
from plugin.store.database import Database
from plugin.store.repositories.outbox import Outgoing
from plugin.store.repositories.privacy import HIDDEN, PRIVATE_OF_OTHERS
from plugin.store.repositories.tokens import Token
from plugin.store.tables import (
    MEMBER_COLUMNS,
    application_codes,
    application_consents,
    application_refreshes,
    applications,
    badges,
    metadata,
    programs,
    rare_terms,
)
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.matching.support import put_enrolment
from tests.plugin.services.messages.support import fill_telling
from tests.plugin.store.any_rows import fill_taking_part, put_row
from tests.plugin.store.round_rows import OF_BOTH, fill_rounds
from tests.plugin.store.test_database import member
from tests.plugin.support import community


def columns_that_name_a_member(table: Table) -> set[str]:
    by_key = {key.parent.name for constraint in table.foreign_key_constraints for key in constraint.elements if key.column.table.name == "members"} - {
        "installation_id"
    }
    by_name = {
        column.name
        for column in table.c
        if column.name.endswith("_id") and (column.name.startswith(("member", "author", "mentor_", "mentee", "user", "person")) or "member" in column.name)
    }
    return by_key | by_name


def test_the_registry_is_whole() -> None:
    found = {name: columns_that_name_a_member(table) for name, table in metadata.tables.items()}
    assert {name: columns for name, columns in found.items() if columns} == {name: set(columns) for name, columns in MEMBER_COLUMNS.items()}


def fill(unit: UnitOfWork) -> tuple[int, int]:
    """A row in every table of the registry about the first member, and some about the second."""
    one, other = member(unit, "1", name="Planted"), member(unit, "2")
    unit.flush_rows()
    put_row(unit, programs, program_id=1, state="draft", format="one_to_one", goals=[])
    unit.groups.put("g", name="g", title="g")
    unit.groups.add("g", [one.id, other.id])
    unit.topics.put(Topic(id="t", title="of one", author_id=one.id))
    unit.topics.put(Topic(id="u", title="of other", author_id=other.id, solution_post_id="p"))
    for post_id, author, topic in (("p", one, "u"), ("q", other, "t")):
        unit.posts.put(
            Post(
                id=post_id,
                topic_id=topic,
                author_id=author.id,
                number=2,
                reply_to_number=None,
                created_at=unit.now,
                updated_at=unit.now,
                version=1,
                terms={1: 1},
            )
        )
    unit.posts.set_mentions("p", [other.id], new=True)
    unit.posts.set_mentions("q", [one.id, other.id], new=True)
    unit.flush_rows()
    for post_id, liker in (("p", other), ("q", one), ("q", other)):
        unit.likes.put(post_id, liker.id, at=unit.now)
    unit.learned.put_study([(one.id, 1.0, 2.0), (other.id, 2.0, 1.0)], meaning=None, at=unit.now)
    for each in (one, other):
        unit._connection.execute(
            badges.insert().values(installation_id=unit.installation_id, member_id=each.id, badge_id="b", grant_id="", granted_at=unit.now)
        )
        unit._connection.execute(rare_terms.insert().values(installation_id=unit.installation_id, member_id=each.id, digest=5))
        unit.skills.choose(SkillChoice(member_id=each.id, key="k", name="k", standing=Standing.EXPERT, at=unit.now))
        unit.consents.add(ConsentRecord(member_id=each.id, kind=Consent.MESSAGES, at=unit.now, given=True, source="self", text_version="1"))
        need = Need(id=unit.new_id(), member_id=each.id, text="need", topic_id=None, terms={1: 1}, stated_at=unit.now)
        unit.needs.put(need)
        helper = other if each is one else one
        reason = Reason(criterion="x", contribution=1.0, post_ids=("p",))
        unit.suggestions.replace(
            need.id,
            [
                Suggestion(
                    id=unit.new_id(),
                    need_id=need.id,
                    member_id=helper.id,
                    for_member_id=each.id,
                    score=1.0,
                    rank=1,
                    reasons=(reason,),
                    created_at=unit.now,
                )
            ],
        )
        unit.tokens.put(
            Token(
                id=unit.new_id(),
                digest=str(each.id).encode(),
                member_id=each.id,
                scopes=frozenset({Scope.ME}),
                audience="api",
                name="",
                created_at=unit.now,
                expires_at=None,
            )
        )
        unit.outbox.put(
            Outgoing(
                id=unit.new_id(),
                key=f"k{each.id}",
                kind="suggestions",
                member_id=each.id,
                body=b"x",
                state="pending",
                attempts=0,
                created_at=unit.now,
                next_at=unit.now,
            )
        )
        form = forms.define(unit, name="F", purpose=FormPurpose.OTHER, questions=[Question(key="q", kind=QuestionKind.SHORT_TEXT, label="?")])
        forms.submit(unit, form_id=form.id, member_id=each.id, answers={"q": "words"}, about="")
        unit.surveys.put(Survey(id=unit.new_id(), key=f"k{each.id}", kind=SurveyKind.NPS, member_id=each.id, about="program:1", due_at=unit.now))
    fill_taking_part(unit, one.id, other.id)
    put_row(unit, applications, application_id=1, client_id="a", redirect_uris=[], grants=[], scopes=[])
    for each in (one, other):
        for kept in (application_consents, application_codes, application_refreshes):
            values = {} if kept is application_consents else {"digest": b"%d" % each.id}
            put_row(unit, kept, application_id=1, member_id=each.id, scopes=[], **values)
    for each, helper in ((one, other), (other, one)):
        put_enrolment(unit, 1, each.id, Role.MENTOR)
        unit.record("met", actor=str(each.id), member=str(each.id))
        unit.staff.grant(each.id, Office.SAFETY, at=unit.now)
        fill_telling(unit, each.id)
        unit.blocks.put(each.id, helper.id, at=unit.now)
        unit.screenings.declare(Minor(member_id=each.id, age=16, stated_at=unit.now, guardian=b"x"))
        unit.screenings.put(Screening(member_id=each.id, checks=frozenset(Check), cleared_at=unit.now, expires_at=unit.now))
    fill_rounds(unit, one.id, other.id)
    fill_rounds(unit, other.id, one.id)
    return one.id, other.id


async def test_the_export_has_every_table_and_the_erasure_leaves_no_row(database: Database) -> None:
    installation = await community(database)
    one, other = await database.write(installation, fill)
    rows = await database.read(installation, lambda unit: unit.personal.rows_of(one))
    assert rows.keys() == MEMBER_COLUMNS.keys()
    assert not [name for name, found in rows.items() if not found], "this test puts a row into every table"
    before = await database.read(installation, lambda unit: unit.personal.rows_of(other))
    await database.write(installation, lambda unit: unit.personal.erase(one))
    after = await database.read(installation, lambda unit: unit.personal.rows_of(one))
    assert not [name for name, found in after.items() if found]
    left = await database.read(installation, lambda unit: unit.personal.rows_of(other))
    about_both = {"likes", "mentions", "suggestions", "blocks", "requests", "reports", "referrals", "session_statements", "thanks"} | OF_BOTH
    assert {name for name in left if len(left[name]) != len(before[name])} == about_both
    assert await database.read(installation, lambda unit: unit.posts.mentions()) == [("q", other)]
    topic = await database.read(installation, lambda unit: unit.topics.get("u"))
    assert topic is not None
    assert topic.solution_post_id is None


@pytest.mark.slow
async def test_what_others_said_in_private_is_not_exported(database: Database) -> None:
    installation = await community(database)
    one, other = await database.write(installation, fill)
    whole = await database.read(installation, lambda unit: unit.personal.rows_of(one))
    told = await database.read(installation, lambda unit: unit.personal.exported(one))
    for name, mine, theirs in (("reports", "reporter_id", "about_id"), ("blocks", "member_id", "other_id"), ("mentor_choices", "mentee_id", "mentor_id")):
        assert {row[theirs] for row in whole[name]} >= {one, other}, name
        assert {row[mine] for row in told[name]} == {one}, name
    assert not [row for row in told["lessons"] if "reason" in row or "rating" in row]
    assert {row.get("for_member_id", one) for row in told["suggestions"]} == {one}
    assert {row["member_id"] for row in told["suggestions"]} == {one, other}
    assert told.keys() == whole.keys()
    assert all(told[name] == whole[name] for name in whole if name not in {*PRIVATE_OF_OTHERS, *HIDDEN})
