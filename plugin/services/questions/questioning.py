"""What people do with forms: managers make and read them, members see and answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plugin.domain.forms import Form, FormPurpose, Problem, Question
from plugin.domain.forms.building import parse_question, plain_question, verify_question
from plugin.domain.forms.preview import Shown, preview
from plugin.domain.forms.templates import TEMPLATES
from plugin.domain.people import Principal, Scope
from plugin.domain.surveys import SurveyKind
from plugin.domain.surveys import about as about_text
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.guarding import seeing
from plugin.services.guarding.managing import managed, may_manage, may_see, require_manager
from plugin.services.questions import form_words, forms
from plugin.services.questions.forms import Sheet
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

MAX_BANK = 1_000
FORMAT = "mentorgraph-form-1"
"""The name of the form that an exported form is written in."""
PRIVATE = frozenset(SurveyKind)
"""Purposes whose answers a manager reads as aggregates only, but for those whose writer agreed to be named."""


def _member(principal: Principal) -> int:
    if principal.member_id is None or not principal.may(Scope.ME):
        raise Forbidden("only a member answers forms: use a member's token")
    return principal.member_id


# ---------------------------------------------------------------------------------------------------------------------- making


async def create(
    runtime: Runtime, principal: Principal, *, name: str, purpose: FormPurpose, questions: Sequence[Mapping[str, object]], program_id: int | None
) -> Form:
    """Make a form of a program, or with ``None`` of the community, from questions as plain values.

    Raises as :func:`plugin.services.questions.forms.define` does.
    """

    def work(unit: UnitOfWork) -> Form:
        require_manager(unit, principal, program_id)
        return forms.define(unit, name=name, purpose=purpose, questions=_questions(unit, questions), program_id=program_id, actor=principal.actor)

    return await runtime.database.write(principal.installation_id, work)


async def create_from_template(runtime: Runtime, principal: Principal, *, purpose: FormPurpose, program_id: int | None) -> Form:
    """Make a form from the template of its purpose. Raises :class:`Invalid` for a purpose without one."""
    if purpose not in TEMPLATES:
        raise Invalid("there are templates for {choices}", field="purpose", choices=", ".join(TEMPLATES))
    name, questions = await runtime.database.read(principal.installation_id, lambda unit: form_words.from_template(unit, purpose))
    return await create(runtime, principal, name=name, purpose=purpose, questions=[plain_question(one) for one in questions], program_id=program_id)


async def edit(
    runtime: Runtime,
    principal: Principal,
    form_id: int,
    *,
    version: int,
    questions: Sequence[Mapping[str, object]] | None,
    name: str | None,
    opened: bool | None,
) -> Form:
    """Change a form that was at ``version`` when it was read; answers that there are make it a new version."""

    def work(unit: UnitOfWork) -> Form:
        managed(unit, principal, unit.forms.get(form_id), forms.missing())
        asked = None if questions is None else _questions(unit, questions)
        return forms.edit(unit, form_id, version=version, questions=asked, name=name, opened=opened, actor=principal.actor)

    return await runtime.database.write(principal.installation_id, work)


def _questions(unit: UnitOfWork, raw: Sequence[Mapping[str, object]]) -> list[Question]:
    """Questions from plain values; ``{"bank": name}``, with a key or without, takes the bank's."""
    found = []
    for one in raw:
        if set(one) <= {"bank", "key", "shown_if", "required"} and one.get("bank"):
            found.append(_from_bank(unit, one))
        else:
            found.append(parse_question(one))
    return found


def _from_bank(unit: UnitOfWork, raw: Mapping[str, object]) -> Question:
    name = str(raw["bank"])
    kept = unit.bank.get(name)
    if kept is None:
        raise NotFound("the bank has no question “{name}”", field="bank", name=name[:40])
    merged = parse_question({**plain_question(kept), **raw})
    return replace(merged, bank=name)


def document(form: Form) -> dict[str, object]:
    """A form as one document that :func:`import_form` takes, here or in another community."""
    return {
        "format": FORMAT,
        "name": form.name,
        "purpose": form.purpose.value,
        "questions": [{key: value for key, value in plain_question(one).items() if key != "bank"} for one in form.questions],
    }


async def import_form(runtime: Runtime, principal: Principal, raw: object, *, program_id: int | None) -> Form:
    """Make a form from a document. Raises :class:`Invalid` for what is none."""
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        raise Invalid("this is no form: its format must be {format}", field="document", format=FORMAT)
    name, purpose, questions = raw.get("name"), raw.get("purpose"), raw.get("questions")
    if not isinstance(name, str) or not isinstance(purpose, str) or purpose not in set(FormPurpose):
        raise Invalid("a form has a name, and a purpose of {choices}", field="document", choices=", ".join(FormPurpose))
    if not isinstance(questions, list) or not all(isinstance(one, Mapping) for one in questions):
        raise Invalid("a form has a list of questions", field="document")
    return await create(runtime, principal, name=name, purpose=FormPurpose(purpose), questions=questions, program_id=program_id)


# ---------------------------------------------------------------------------------------------------------------------- the bank


async def put_in_bank(runtime: Runtime, principal: Principal, raw: Mapping[str, object]) -> tuple[str, Question]:
    """Keep a question for any form to take, under its key. It cannot have a condition: that would ask about another form's questions."""
    question = replace(parse_question(raw), bank="")
    verify_question(question)
    if question.shown_if is not None:
        raise Invalid("a question of the bank has no condition: each form sets its own", field=question.key)

    def work(unit: UnitOfWork) -> tuple[str, Question]:
        require_manager(unit, principal, None)
        if unit.bank.get(question.key) is None and unit.bank.count() >= MAX_BANK:
            raise Conflict("the bank holds at most {most} questions", code="bank_full", most=MAX_BANK)
        unit.bank.put(question.key, question, at=unit.now)
        unit.record("bank.put", actor=principal.actor, question=question.key)
        return question.key, question

    return await runtime.database.write(principal.installation_id, work)


async def remove_from_bank(runtime: Runtime, principal: Principal, name: str) -> None:
    """Take a question out of the bank; forms that took it keep it. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork) -> None:
        require_manager(unit, principal, None)
        if not unit.bank.remove(name):
            raise NotFound("the bank has no such question", field="name")
        unit.record("bank.removed", actor=principal.actor, question=name)

    await runtime.database.write(principal.installation_id, work)


async def bank(runtime: Runtime, principal: Principal, *, program_id: int | None) -> Mapping[str, Question]:
    """The bank, for whoever manages a program, or with ``None`` the community."""

    def work(unit: UnitOfWork) -> Mapping[str, Question]:
        require_manager(unit, principal, program_id)
        return unit.bank.all()

    return await runtime.database.read(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- seeing


async def find(runtime: Runtime, principal: Principal, form_id: int) -> Form | None:
    """A form, if it is open or the reader manages it."""

    def work(unit: UnitOfWork) -> Form | None:
        form = unit.forms.get(form_id)
        return form if form is not None and (form.open or may_manage(unit, principal, form.program_id)) else None

    return await runtime.database.read(principal.installation_id, work)


async def to_change(runtime: Runtime, principal: Principal, form_id: int) -> Form:
    """A form, for who manages it. Raises :class:`Forbidden` and :class:`NotFound`."""
    return await runtime.database.read(principal.installation_id, lambda unit: managed(unit, principal, unit.forms.get(form_id), forms.missing()))


async def application(runtime: Runtime, principal: Principal, *, program_id: int, purpose: FormPurpose) -> Form | None:
    """The form that a program uses for a purpose now."""

    def work(unit: UnitOfWork) -> Form | None:
        program = unit.programs.get(program_id)
        return forms.form_of(unit, program_id, purpose.value) if program is None or may_see(unit, principal, program) else None

    return await runtime.database.read(principal.installation_id, work)


async def page(runtime: Runtime, principal: Principal, *, program_id: int | None, after: int | None, limit: int) -> list[Form]:
    """Forms newest first: those of a program for who manages it, with ``None`` all of the community."""

    def work(unit: UnitOfWork) -> list[Form]:
        require_manager(unit, principal, program_id)
        if program_id is None:
            return unit.forms.page(after=after, limit=limit)
        return [one for one in unit.forms.of_program(program_id) if after is None or one.id < after][:limit]

    return await runtime.database.read(principal.installation_id, work)


async def look(
    runtime: Runtime, principal: Principal, form_id: int, answers: Mapping[str, object], *, language: str = ""
) -> tuple[Form, Sequence[Shown], Sequence[Problem]]:
    """A form as it looks with these answers, which are not kept, to whoever reads ``language``, or in its own words. Raises :class:`NotFound`."""
    form = await find(runtime, principal, form_id)
    if form is None:
        raise NotFound("there is no such form", field="form")
    if language:
        form = form_words.spoken(form, language=language)
    shown, problems = preview(form, answers)
    return form, shown, problems


# ---------------------------------------------------------------------------------------------------------------------- answering


async def submit(runtime: Runtime, principal: Principal, *, form_id: int, answers: Mapping[str, object], program_id: int | None) -> Sheet:
    """A member answers a form that is no survey; surveys are answered where they were asked.

    Raises as :func:`plugin.services.questions.forms.submit` does, and :class:`Invalid` for a form of the community that was not answered for a program.
    """
    member_id = _member(principal)

    def work(unit: UnitOfWork) -> Sheet:
        form = forms.get(unit, form_id)
        if form.purpose.value in PRIVATE:
            raise Invalid("a survey is answered where it was asked: use answerSurvey", field="form")
        program = form.program_id if form.program_id is not None else program_id
        if form.program_id is not None and program_id not in {None, form.program_id}:
            raise Invalid("this form belongs to another program", field="program")
        if program is not None and unit.programs.get(program) is None:
            raise NotFound("there is no such program", field="program")
        if program is None and form.purpose in forms.APPLICATIONS:
            raise Invalid("say which program you apply to", field="program")
        about = "" if program is None else about_text("program", program)
        number = forms.submit(unit, form_id=form_id, member_id=member_id, answers=answers, about=about, program_id=program, named=True)
        kept = unit.submissions.get(number)
        assert kept is not None  # noqa: S101 - it was put a line above
        return forms.sheet(unit, kept)

    return await runtime.database.write(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Sheet]:
    """All answers of the member who asks, in the words in which they were asked."""
    member_id = _member(principal)

    def work(unit: UnitOfWork) -> list[Sheet]:
        known: dict[tuple[int, int | None], Form] = {}
        return [forms.sheet(unit, one, known=known) for one in unit.submissions.of_member(member_id)]

    return await runtime.database.read(principal.installation_id, work)


async def answers(runtime: Runtime, principal: Principal, form_id: int, *, after: int | None, limit: int) -> list[Sheet]:
    """Answers to a form for who manages it, the oldest first; of a survey only those whose writer agreed to be named. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork) -> list[Sheet]:
        form = managed(unit, principal, unit.forms.get(form_id), forms.missing())
        known: dict[tuple[int, int | None], Form] = {}
        found = [one for one in unit.submissions.of_form(form_id) if form.purpose.value not in PRIVATE or one.named]
        shown = [forms.sheet(unit, one, known=known) for one in found if after is None or one.id > after][:limit]
        seeing.saw(unit, principal, {one.member_id for one in shown}, what="answers")
        return shown

    return await runtime.database.write(principal.installation_id, work)
