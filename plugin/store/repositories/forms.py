"""Forms, answers and surveys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.domain.forms import Form, FormPurpose, Question
from plugin.domain.forms.building import parse_question, plain_question
from plugin.domain.surveys import Survey, SurveyKind
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import bank_questions, form_versions, forms, submissions, surveys


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Answers of one member to one version of a form. ``words`` are the sealed texts; ``named`` says that the member agreed to be shown by name."""

    id: int
    form_id: int
    version: int
    program_id: int | None
    member_id: int
    about: str
    survey_id: int = 0
    answers: Mapping[str, object]
    words: bytes | None = field(repr=False)
    named: bool
    at: datetime


class Forms(Repository):
    """Forms and the versions of what they ask."""

    def put(self, form: Form, *, at: datetime) -> None:
        """Insert or replace a form and its present version."""
        head = {
            "form_id": form.id,
            "program_id": form.program_id,
            "purpose": form.purpose.value,
            "name": form.name,
            "version": form.version,
            "open": form.open,
            "created_at": form.created_at or at,
        }
        self._put(forms, [head])
        body = {
            "form_id": form.id,
            "version": form.version,
            "questions": [plain_question(one) for one in form.questions],
            "retired": [plain_question(one) for one in form.retired],
            "created_at": at,
        }
        self._put(form_versions, [body], keep=["created_at"])

    def get(self, form_id: int, *, version: int | None = None) -> Form | None:
        """A form at its present version, or at an earlier one."""
        head = self._one(self._select(forms).where(forms.c.form_id == form_id))
        return None if head is None else self._whole(head, version)

    def of_program(self, program_id: int | None, *, purpose: FormPurpose | None = None) -> list[Form]:
        """The forms of a program, or of the community with ``None``; newest first."""
        owner = forms.c.program_id.is_(None) if program_id is None else forms.c.program_id == program_id
        statement = self._select(forms).where(owner)
        if purpose is not None:
            statement = statement.where(forms.c.purpose == purpose.value)
        found = (self._whole(row, None) for row in self._rows(statement.order_by(forms.c.form_id.desc())))
        return [one for one in found if one is not None]

    def page(self, *, after: int | None, limit: int) -> list[Form]:
        """All forms, newest first."""
        statement = self._select(forms)
        if after is not None:
            statement = statement.where(forms.c.form_id < after)
        found = (self._whole(row, None) for row in self._rows(statement.order_by(forms.c.form_id.desc()).limit(limit)))
        return [one for one in found if one is not None]

    def count(self) -> int:
        """How many forms there are."""
        return int(self._rows(self._select(forms, func.count()))[0][0])

    def _whole(self, head: Row[*tuple[Any, ...]], version: int | None) -> Form | None:
        wanted = head.version if version is None else version
        body = self._one(self._select(form_versions).where(form_versions.c.form_id == head.form_id, form_versions.c.version == wanted))
        if body is None:
            return None
        return Form(
            id=head.form_id,
            name=head.name,
            purpose=FormPurpose(head.purpose),
            version=wanted,
            questions=tuple(parse_question(one) for one in body.questions),
            retired=tuple(parse_question(one) for one in body.retired),
            program_id=head.program_id,
            open=head.open,
            created_at=head.created_at,
        )


class Bank(Repository):
    """Questions that any form may take."""

    def put(self, name: str, question: Question, *, at: datetime) -> None:
        """Insert or replace a question."""
        self._put(bank_questions, [{"name": name, "question": plain_question(question), "changed_at": at}])

    def get(self, name: str) -> Question | None:
        """The question of this name."""
        row = self._one(self._select(bank_questions).where(bank_questions.c.name == name))
        return None if row is None else parse_question(row.question)

    def all(self) -> dict[str, Question]:
        """Every question by name."""
        return {row.name: parse_question(row.question) for row in self._rows(self._select(bank_questions).order_by(bank_questions.c.name))}

    def count(self) -> int:
        """How many questions there are."""
        return int(self._rows(self._select(bank_questions, func.count()))[0][0])

    def remove(self, name: str) -> bool:
        """Take a question out; forms that took it keep it. Returns whether it was there."""
        return self._run(self._delete(bank_questions).where(bank_questions.c.name == name)) > 0


class Submissions(Repository):
    """Answers."""

    def put(self, one: Submission) -> None:
        """Insert or replace answers."""
        values = {
            "submission_id": one.id,
            "form_id": one.form_id,
            "version": one.version,
            "program_id": one.program_id,
            "member_id": one.member_id,
            "about": one.about,
            "survey_id": one.survey_id,
            "answers": dict(one.answers),
            "words": one.words,
            "named": one.named,
            "at": one.at,
        }
        self._put(submissions, [values])

    def get(self, submission_id: int) -> Submission | None:
        """Answers by their id."""
        row = self._one(self._select(submissions).where(submissions.c.submission_id == submission_id))
        return None if row is None else _submission(row)

    def find(self, form_id: int, member_id: int, about: str, *, survey_id: int = 0) -> Submission | None:
        """What a member answered to a form about something."""
        mine = submissions.c.form_id == form_id, submissions.c.member_id == member_id, submissions.c.about == about, submissions.c.survey_id == survey_id
        row = self._one(self._select(submissions).where(*mine))
        return None if row is None else _submission(row)

    def of_form(self, form_id: int) -> list[Submission]:
        """All answers to a form, the oldest first."""
        rows = self._rows(self._select(submissions).where(submissions.c.form_id == form_id).order_by(submissions.c.submission_id))
        return [_submission(row) for row in rows]

    def of_forms(self, form_ids: Iterable[int], *, program_id: int | None = None) -> list[Submission]:
        """All answers to some forms, of one program if it is given, the oldest first."""
        found: list[Submission] = []
        for part in chunks(form_ids):
            statement = self._select(submissions).where(submissions.c.form_id.in_(part))
            if program_id is not None:
                statement = statement.where(submissions.c.program_id == program_id)
            found += [_submission(row) for row in self._rows(statement)]
        return sorted(found, key=lambda one: one.id)

    def of_surveys(self, survey_ids: Iterable[int]) -> list[Submission]:
        """The answers to some surveys, the oldest first."""
        found: list[Submission] = []
        for part in chunks(survey_ids):
            found += [_submission(row) for row in self._rows(self._select(submissions).where(submissions.c.survey_id.in_(part)))]
        return sorted(found, key=lambda one: one.id)

    def of_member(self, member_id: int) -> list[Submission]:
        """All answers of a member, the oldest first."""
        rows = self._rows(self._select(submissions).where(submissions.c.member_id == member_id).order_by(submissions.c.submission_id))
        return [_submission(row) for row in rows]

    def answered(self, form_id: int, version: int) -> bool:
        """Whether anybody answered a version."""
        at = submissions.c.form_id == form_id, submissions.c.version == version
        return bool(self._rows(self._select(submissions, submissions.c.submission_id).where(*at).limit(1)))

    def drop_words(self, abouts: Iterable[str], *, but_of: int) -> int:
        """Forget the texts that others than ``but_of`` wrote about these things; what was chosen stays. Returns how many were forgotten."""
        count = 0
        for part in chunks(abouts):
            which = submissions.c.about.in_(part), submissions.c.member_id != but_of, submissions.c.words.is_not(None)
            count += self._run(self._update(submissions).where(*which).values(words=None))
        return count


def _submission(row: Row[*tuple[Any, ...]]) -> Submission:
    return Submission(
        id=row.submission_id,
        form_id=row.form_id,
        version=row.version,
        program_id=row.program_id,
        member_id=row.member_id,
        about=row.about,
        survey_id=row.survey_id,
        answers=row.answers,
        words=None if row.words is None else bytes(row.words),
        named=row.named,
        at=row.at,
    )


class Surveys(Repository):
    """What was asked of whom."""

    def put(self, one: Survey) -> None:
        """Insert or replace a survey."""
        values = {
            "survey_id": one.id,
            "key": one.key,
            "kind": one.kind.value,
            "program_id": one.program_id,
            "member_id": one.member_id,
            "about": one.about,
            "due_at": one.due_at,
            "asked_at": one.asked_at,
            "reminded_at": one.reminded_at,
            "answered_at": one.answered_at,
            "closed_at": one.closed_at,
        }
        self._put(surveys, [values])

    def get(self, survey_id: int) -> Survey | None:
        """A survey by its id."""
        row = self._one(self._select(surveys).where(surveys.c.survey_id == survey_id))
        return None if row is None else _survey(row)

    def by_key(self, key: str) -> Survey | None:
        """The survey that was asked under a key."""
        row = self._one(self._select(surveys).where(surveys.c.key == key))
        return None if row is None else _survey(row)

    def of_member(self, member_id: int) -> list[Survey]:
        """What was asked of a member, newest first."""
        return [_survey(row) for row in self._rows(self._select(surveys).where(surveys.c.member_id == member_id).order_by(surveys.c.survey_id.desc()))]

    def of_program(self, program_id: int) -> list[Survey]:
        """What was asked within a program, the oldest first."""
        return [_survey(row) for row in self._rows(self._select(surveys).where(surveys.c.program_id == program_id).order_by(surveys.c.survey_id))]

    def unasked_about(self, about: str) -> list[Survey]:
        """Surveys about something that are neither answered nor closed."""
        which = surveys.c.about == about, surveys.c.answered_at.is_(None), surveys.c.closed_at.is_(None)
        return [_survey(row) for row in self._rows(self._select(surveys).where(*which).order_by(surveys.c.survey_id))]


def _survey(row: Row[*tuple[Any, ...]]) -> Survey:
    return Survey(
        id=row.survey_id,
        key=row.key,
        kind=SurveyKind(row.kind),
        program_id=row.program_id,
        member_id=row.member_id,
        about=row.about,
        due_at=row.due_at,
        asked_at=row.asked_at,
        reminded_at=row.reminded_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
    )
