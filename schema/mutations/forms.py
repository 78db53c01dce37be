"""Making, changing and answering forms."""

from collections.abc import Mapping

import strawberry
from strawberry.scalars import JSON

from plugin.domain.forms import Form as DomainForm
from plugin.domain.people import Principal, Scope
from plugin.errors import Invalid
from plugin.services.questions import questioning
from schema.answers import AnswerInput, attempt_answers, given
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.forms import AnswerSheet, Form, FormPurpose, FormQuestion, question, sheet
from schema.types.forms import form as form_type

QUESTIONS = (
    'Questions as objects: {"key", "kind", "label"} and, where wanted, help, required, options [{"key", "label", "help"}], shown_if, least, most, earliest, '
    'latest, whole, low_label, high_label, factor, reversed; or {"bank": name} to take one from the bank.'
)


@strawberry.input
class CreateFormInput:
    """A new form; without a program it is the community's, for any program to use."""

    name: str
    purpose: FormPurpose  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    questions: list[JSON] = strawberry.field(description=QUESTIONS)
    program: strawberry.ID | None = None


@strawberry.input
class CreateFormFromTemplateInput:
    """A form as its template has it."""

    purpose: FormPurpose  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    program: strawberry.ID | None = None


@strawberry.input
class EditFormInput:
    """What changes; what is left out stays."""

    id: strawberry.ID
    version: int = strawberry.field(description="The version that was edited: if it has changed since, nothing happens.")
    name: str | None = None
    questions: list[JSON] | None = strawberry.field(default=None, description=QUESTIONS)
    open: bool | None = None


@strawberry.input
class ImportFormInput:
    """A form from a document."""

    document: JSON
    program: strawberry.ID | None = None


@strawberry.type
class FormPayload:
    """The form as it is now."""

    form: Form | None
    user_errors: list[UserError]


@strawberry.input
class BankQuestionInput:
    """A question for the bank, without a condition; its key is its name there."""

    question: JSON = strawberry.field(description=QUESTIONS)


@strawberry.type
class BankQuestionPayload:
    """The question as it is kept."""

    question: FormQuestion | None
    user_errors: list[UserError]


@strawberry.input
class RemoveBankQuestionInput:
    """Which question."""

    name: str


@strawberry.type
class RemoveBankQuestionPayload:
    """The name of what was taken out."""

    removed: str | None
    user_errors: list[UserError]


@strawberry.input
class SubmitAnswersInput:
    """A member's answers to a form that is no survey. A form of the community is answered for a program."""

    form: strawberry.ID
    answers: list[AnswerInput]
    program: strawberry.ID | None = None


@strawberry.type
class SubmitAnswersPayload:
    """The answers as they were kept; each error names the question it is about."""

    sheet: AnswerSheet | None
    user_errors: list[UserError]


def _program(principal: Principal, program: strawberry.ID | None) -> int | None:
    return None if program is None else parse_number(program, type_name="Program", installation_id=principal.installation_id)


def _objects(raw: list[JSON]) -> list[Mapping[str, object]]:
    if not all(isinstance(one, Mapping) for one in raw):
        raise Invalid("each question is an object", field="questions")
    return [dict(one) for one in raw]  # type: ignore[call-overload]  # it is a mapping


def _shown(found: DomainForm | None, principal: Principal, errors: list[UserError]) -> FormPayload:
    made = None if found is None else form_type(found, installation_id=principal.installation_id, document=questioning.document(found))
    return FormPayload(form=made, user_errors=errors)


async def create_form(info: Info, input: CreateFormInput) -> FormPayload:  # noqa: A002 - the Relay convention
    """Make a form."""
    principal = info.context.require(Scope.READ)

    async def work() -> DomainForm:
        return await questioning.create(
            info.context.runtime,
            principal,
            name=plain(input.name, "name"),
            purpose=input.purpose,
            questions=_objects(input.questions),
            program_id=_program(principal, input.program),
        )

    found, errors = await attempt(work)
    return _shown(found, principal, errors)


async def create_form_from_template(info: Info, input: CreateFormFromTemplateInput) -> FormPayload:  # noqa: A002 - the Relay convention
    """Make a form from a template."""
    principal = info.context.require(Scope.READ)

    async def work() -> DomainForm:
        program = _program(principal, input.program)
        return await questioning.create_from_template(info.context.runtime, principal, purpose=input.purpose, program_id=program)

    found, errors = await attempt(work)
    return _shown(found, principal, errors)


async def edit_form(info: Info, input: EditFormInput) -> FormPayload:  # noqa: A002 - the Relay convention
    """Change a form."""
    principal = info.context.require(Scope.READ)

    async def work() -> DomainForm:
        return await questioning.edit(
            info.context.runtime,
            principal,
            parse_number(input.id, type_name="Form", installation_id=principal.installation_id),
            version=input.version,
            questions=None if input.questions is None else _objects(input.questions),
            name=None if input.name is None else plain(input.name, "name"),
            opened=input.open,
        )

    found, errors = await attempt(work)
    return _shown(found, principal, errors)


async def import_form(info: Info, input: ImportFormInput) -> FormPayload:  # noqa: A002 - the Relay convention
    """Make a form from a document."""
    principal = info.context.require(Scope.READ)

    async def work() -> DomainForm:
        return await questioning.import_form(info.context.runtime, principal, input.document, program_id=_program(principal, input.program))

    found, errors = await attempt(work)
    return _shown(found, principal, errors)


async def put_bank_question(info: Info, input: BankQuestionInput) -> BankQuestionPayload:  # noqa: A002 - the Relay convention
    """Keep a question in the bank."""
    principal = info.context.require(Scope.READ)

    async def work() -> FormQuestion:
        _, kept = await questioning.put_in_bank(info.context.runtime, principal, _objects([input.question])[0])
        return question(kept)

    found, errors = await attempt(work)
    return BankQuestionPayload(question=found, user_errors=errors)


async def remove_bank_question(info: Info, input: RemoveBankQuestionInput) -> RemoveBankQuestionPayload:  # noqa: A002 - the Relay convention
    """Take a question out of the bank."""
    principal = info.context.require(Scope.READ)

    async def work() -> str:
        await questioning.remove_from_bank(info.context.runtime, principal, plain(input.name, "name"))
        return input.name

    found, errors = await attempt(work)
    return RemoveBankQuestionPayload(removed=found, user_errors=errors)


async def submit_answers(info: Info, input: SubmitAnswersInput) -> SubmitAnswersPayload:  # noqa: A002 - the Relay convention
    """Answer a form."""
    principal = info.context.require(Scope.ME)

    async def work() -> AnswerSheet:
        kept = await questioning.submit(
            info.context.runtime,
            principal,
            form_id=parse_number(input.form, type_name="Form", installation_id=principal.installation_id),
            answers=given(input.answers),
            program_id=_program(principal, input.program),
        )
        return sheet(kept, installation_id=principal.installation_id)

    found, errors = await attempt_answers(work)
    return SubmitAnswersPayload(sheet=found, user_errors=errors)


@strawberry.type
class FormMutations:
    """Forms and answers."""

    create_form = strawberry.field(resolver=create_form, description="Make a form. For managers.")
    create_form_from_template = strawberry.field(resolver=create_form_from_template, description="Make a form from the template of its purpose. For managers.")
    edit_form = strawberry.field(resolver=edit_form, description="Change a form; one that has answers gets a new version. For managers.")
    import_form = strawberry.field(resolver=import_form, description="Make a form from the document of another one. For managers.")
    put_bank_question = strawberry.field(resolver=put_bank_question, description="Keep a question for any form to take. For managers of the community.")
    remove_bank_question = strawberry.field(resolver=remove_bank_question, description="Take a question out of the bank; forms that took it keep it.")
    submit_answers = strawberry.field(resolver=submit_answers, description="Answer a form; earlier answers to it are replaced.")
