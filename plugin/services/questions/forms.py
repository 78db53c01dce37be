"""Forms: made, changed by versions, answered, and read back.

Texts of members are sealed at rest, each bound to its row. A version that was answered is never changed: editing makes the next one, and what is no longer
asked stays readable in the words in which it was asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from plugin.domain.forms import FREE, Answer, AnswersRefused, Form, FormPurpose, Question, QuestionKind, check, plain_answers
from plugin.domain.forms.building import verify, verify_change
from plugin.domain.forms.reading import Unfit, read_answer
from plugin.domain.surveys import SurveyKind, parse_about
from plugin.domain.surveys import about as about_text
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.questions.form_words import from_template
from plugin.store.repositories.forms import Submission
from plugin.store.unit_of_work import UnitOfWork

MAX_ANSWERS = 100_000
"""Bytes of all answers to one form."""
MAX_FORMS = 500
"""Forms of one community."""
SURVEYS = tuple(FormPurpose(kind.value) for kind in SurveyKind)
APPLICATIONS = (FormPurpose.MENTOR, FormPurpose.MENTEE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An answer together with the question as it was asked. ``retired`` says that the question is no longer asked."""

    question: Question
    answer: Answer
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Answers of one member to one form, readable."""

    id: int
    form: Form
    member_id: int
    about: str
    named: bool
    at: datetime
    lines: tuple[Line, ...]


# ---------------------------------------------------------------------------------------------------------------------- defining


def define(unit: UnitOfWork, *, name: str, purpose: FormPurpose, questions: Sequence[Question], program_id: int | None = None, actor: str = "system") -> Form:
    """Make a form. Raises :class:`Invalid` with the question's key as the field, :class:`NotFound` for a program there is not."""
    if program_id is not None and unit.programs.get(program_id) is None:
        raise NotFound("there is no such program", field="program")
    if unit.forms.count() >= MAX_FORMS:
        raise Conflict("a community has at most {most} forms", code="too_many_forms", most=MAX_FORMS)
    form = Form(id=unit.new_id(), name=" ".join(name.split()), purpose=purpose, questions=tuple(questions), program_id=program_id, created_at=unit.now)
    verify(form)
    unit.forms.put(form, at=unit.now)
    unit.record("form.made", actor=actor, form=str(form.id))
    return form


def begin_surveys(unit: UnitOfWork) -> None:
    """Have a community's surveys asked by the templates, each until there is a form for it."""
    for purpose in SURVEYS:
        if not unit.forms.of_program(None, purpose=purpose):
            name, questions = from_template(unit, purpose)
            define(unit, name=name, purpose=purpose, questions=questions)


def edit(
    unit: UnitOfWork,
    form_id: int,
    *,
    version: int,
    questions: Sequence[Question] | None = None,
    name: str | None = None,
    opened: bool | None = None,
    actor: str = "system",
) -> Form:
    """Change a form: in place as long as nobody answered this version, else as the next version.

    ``version`` is the one that the editor saw. Raises :class:`Conflict` if it has changed since, and :class:`Invalid` as :func:`define` does.
    """
    form = get(unit, form_id)
    if form.version != version:
        raise Conflict("this form is at version {version} now: load it again", code="changed", field="version", version=form.version)
    edited = replace(form, name=form.name if name is None else " ".join(name.split()), open=form.open if opened is None else opened)
    if questions is not None and tuple(questions) != form.questions:
        verify_change(form, questions)
        edited = _with_questions(unit, edited, tuple(questions))
    verify(edited)
    unit.forms.put(edited, at=unit.now)
    unit.record("form.edited", actor=actor, form=str(form_id), version=edited.version)
    return edited


def _with_questions(unit: UnitOfWork, form: Form, questions: tuple[Question, ...]) -> Form:
    if unit.submissions.answered(form.id, form.version):
        return form.renewed(questions)
    if form.version == 1:
        return replace(form, questions=questions)
    earlier = unit.forms.get(form.id, version=form.version - 1)
    # What only this unanswered version asked need not be remembered; what earlier ones asked must.
    retired = form.retired if earlier is None else earlier.renewed(questions).retired
    return replace(form, questions=questions, retired=retired)


def get(unit: UnitOfWork, form_id: int, *, version: int | None = None) -> Form:
    """A form. Raises :class:`NotFound`."""
    form = unit.forms.get(form_id, version=version)
    if form is None:
        raise missing()
    return form


def missing() -> NotFound:
    """What is said where there is no form."""
    return NotFound("there is no such form", field="form")


def form_of(unit: UnitOfWork, program_id: int | None, role: str) -> Form | None:
    """The open form that a program uses for a purpose, such as the role ``mentor`` or ``mentee``: its own, else the community's; the newest of each."""
    purpose = FormPurpose(role)
    owners = (program_id, None) if program_id is not None else (None,)
    return next((form for owner in owners for form in unit.forms.of_program(owner, purpose=purpose) if form.open), None)


# ---------------------------------------------------------------------------------------------------------------------- answering


def submit(
    unit: UnitOfWork,
    *,
    form_id: int,
    member_id: int,
    answers: Mapping[str, object],
    about: str = "",
    program_id: int | None = None,
    survey_id: int = 0,
    named: bool = False,
) -> int:
    """Keep a member's answers, in place of earlier ones about the same thing; returns their id.

    ``answers`` are plain values by question as JSON gives them; ``about`` names what was asked about, as ``program:7``. Raises
    :class:`~plugin.domain.forms.AnswersRefused` with every problem, :class:`Conflict` for a form that is closed.
    """
    form = get(unit, form_id)
    if not form.open:
        raise Conflict("this form is closed", code="form_closed", field="form")
    checked = check(form, answers)
    if checked.problems:
        raise AnswersRefused(checked.problems)
    free = {one.key for one in form.questions if one.kind in FREE}
    plain = plain_answers(checked.answers)
    if len(orjson.dumps(plain)) > MAX_ANSWERS:
        raise Invalid("all answers together have at most {most} bytes: write less", code="too_large", field="answers", most=MAX_ANSWERS)
    before = unit.submissions.find(form_id, member_id, about, survey_id=survey_id)
    number = unit.new_id() if before is None else before.id
    words = {key: value for key, value in plain.items() if key in free}
    submission = Submission(
        id=number,
        form_id=form_id,
        version=form.version,
        program_id=program_id if program_id is not None else _program_of(form, about),
        member_id=member_id,
        about=about,
        survey_id=survey_id,
        answers={key: value for key, value in plain.items() if key not in free},
        words=unit.seal(orjson.dumps(words), purpose=_seal(number)) if words else None,
        named=named,
        at=unit.now,
    )
    unit.submissions.put(submission)
    return number


def _program_of(form: Form, about: str) -> int | None:
    found = parse_about(about)
    return found[1] if found is not None and found[0] == "program" else form.program_id


def _seal(submission_id: int) -> str:
    return f"answers:{submission_id}"


# ---------------------------------------------------------------------------------------------------------------------- reading back


def raw_answers(unit: UnitOfWork, one: Submission) -> dict[str, object]:
    """Answers as plain values, with the texts opened."""
    words: dict[str, object] = {} if one.words is None else orjson.loads(unit.unseal(one.words, purpose=_seal(one.id)))
    return {**one.answers, **words}


def sheet(unit: UnitOfWork, one: Submission, *, known: dict[tuple[int, int | None], Form] | None = None) -> Sheet:
    """Answers with their questions as they were asked. ``known`` remembers forms over many calls."""
    memory = {} if known is None else known
    asked = _remember(unit, memory, one.form_id, one.version)
    today = _remember(unit, memory, one.form_id, None)
    still = {question.key for question in today.questions}
    raw = raw_answers(unit, one)
    lines = []
    for question in asked.questions:
        answer = reread(question, raw.get(question.key))
        if answer is not None:
            lines.append(Line(question=question, answer=answer, retired=question.key not in still))
    return Sheet(id=one.id, form=asked, member_id=one.member_id, about=one.about, named=one.named, at=one.at, lines=tuple(lines))


def _remember(unit: UnitOfWork, memory: dict[tuple[int, int | None], Form], form_id: int, version: int | None) -> Form:
    found = memory.get((form_id, version))
    if found is None:
        found = memory[form_id, version] = get(unit, form_id, version=version)
    return found


def reread(question: Question, raw: object) -> Answer | None:
    """A kept answer as the question has it; ``None`` for none, and for one that does not fit."""
    try:
        return read_answer(question, raw)
    except Unfit:
        # A limit that was narrowed later, or a time zone that was renamed: the answer no longer fits, and is not guessed at.
        return None


def choices_of(form: Form, one: Submission) -> dict[str, Answer]:
    """The answers to a version of a form that are choices and numbers; the texts stay sealed."""
    found = {question.key: reread(question, one.answers.get(question.key)) for question in form.questions}
    return {key: answer for key, answer in found.items() if answer is not None}


def answers_of(unit: UnitOfWork, program_id: int) -> Mapping[int, Mapping[str, Answer]]:
    """Every applicant's answers by the questions that are asked today: member → key → answer. What no longer fits its question is left out."""
    found: dict[int, dict[str, Answer]] = {}
    applications = {form.id: form for form in _applications(unit, program_id)}
    for one in unit.submissions.of_forms(applications, program_id=program_id):
        raw = raw_answers(unit, one)
        for question in applications[one.form_id].questions:
            answer = reread(question, raw.get(question.key))
            if answer is not None:
                found.setdefault(one.member_id, {})[question.key] = answer
    return found


def _applications(unit: UnitOfWork, program_id: int) -> Iterable[Form]:
    for owner in (None, program_id):
        for purpose in APPLICATIONS:
            yield from unit.forms.of_program(owner, purpose=purpose)


def kinds_of(unit: UnitOfWork, program_id: int) -> Mapping[str, QuestionKind]:
    """The kind of every question that a program's applicants are asked."""
    return {question.key: question.kind for form in _applications(unit, program_id) for question in form.questions}


# ---------------------------------------------------------------------------------------------------------------------- a member's own


def export_of(unit: UnitOfWork, member_id: int) -> list[dict[str, object]]:
    """Everything that a member answered, with the questions, as plain values; for the export of what is kept about them."""
    known: dict[tuple[int, int | None], Form] = {}
    found = []
    for one in unit.submissions.of_member(member_id):
        asked = _remember(unit, known, one.form_id, one.version)
        raw = raw_answers(unit, one)
        labels = {question.key: question.label for question in asked.questions}
        found.append(
            {
                "form": asked.name,
                "version": one.version,
                "about": one.about,
                "at": one.at.isoformat(),
                "named": one.named,
                "answers": [{"question": labels.get(key, key), "key": key, "answer": value} for key, value in raw.items()],
            }
        )
    return found


def forget_words_about(unit: UnitOfWork, member_id: int, mentorships: Iterable[int], sessions: Iterable[int] = ()) -> int:
    """Forget what others wrote in their own words about mentorships and sessions of a member who is erased; what they chose stays, for the aggregates.

    Returns how many texts were forgotten.
    """
    abouts = [about_text("mentorship", one) for one in mentorships] + [about_text("session", one) for one in sessions]
    return unit.submissions.drop_words(abouts, but_of=member_id)
