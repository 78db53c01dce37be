"""Reading forms and answers."""

import strawberry

from plugin.domain.forms.templates import TEMPLATES
from plugin.domain.forms.templates import template as domain_template
from plugin.domain.people import Scope
from plugin.errors import Invalid, NotFound
from plugin.services.questions import form_words, questioning
from schema.answers import AnswerInput, given
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.forms import AnswerSheet, Form, FormPreview, FormPurpose, FormQuestion, problems, question, sheet, shown
from schema.types.forms import form as form_type


@strawberry.type(description="A form to start from.")
class FormTemplate:
    """A template."""

    purpose: FormPurpose  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    name: str
    questions: list[FormQuestion]


def _number(info: Info, id_: strawberry.ID | None, type_name: str) -> int | None:
    return None if id_ is None else parse_number(id_, type_name=type_name, installation_id=info.context.require(Scope.READ).installation_id)


@strawberry.type
class FormQueries:
    """What can be read about forms."""

    @strawberry.field(description="A form by its id: an open one for every member, any for its managers.")
    async def form(self, info: Info, id: strawberry.ID) -> Form | None:  # noqa: A002 - the field's own name
        """One form."""
        principal = info.context.require(Scope.READ)
        try:
            number = parse_number(id, type_name="Form", installation_id=principal.installation_id)
        except NotFound:
            return None
        found = await questioning.find(info.context.runtime, principal, number)
        return None if found is None else form_type(found, installation_id=principal.installation_id, document=questioning.document(found))

    @strawberry.field(description="Forms of a program, or of the whole community, newest first. For managers.")
    async def forms(self, info: Info, program: strawberry.ID | None = None, first: int | None = None, after: str | None = None) -> Connection[Form]:
        """A page of forms."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "form", 1)
        rows = await questioning.page(
            info.context.runtime, principal, program_id=_number(info, program, "Program"), after=None if place is None else place[0], limit=size + 1
        )
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: form_type(row, installation_id=principal.installation_id, document=questioning.document(row)),
            cursor=lambda row: encode_cursor("form", row.id),
        )

    @strawberry.field(
        description="The form that a program uses for a purpose now, such as applying as a mentor; in the reader's language where the words are ours."
    )
    async def program_form(
        self,
        info: Info,
        program: strawberry.ID,
        purpose: FormPurpose,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Form | None:
        """The form in use."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await questioning.application(info.context.runtime, principal, program_id=number, purpose=purpose)
        if found is None:
            return None
        shown_as = form_words.spoken(found, language=await form_words.reading_language(info.context.runtime, principal))
        return form_type(shown_as, installation_id=principal.installation_id, document=questioning.document(found))

    @strawberry.field(description="A form as it looks with the answers given so far, for a page that draws it. Nothing is kept.")
    async def form_preview(self, info: Info, form: strawberry.ID, answers: list[AnswerInput] | None = None) -> FormPreview:
        """What a page draws."""
        principal = info.context.require(Scope.READ)
        number = parse_number(form, type_name="Form", installation_id=principal.installation_id)
        language = await form_words.reading_language(info.context.runtime, principal)
        found, questions, wrong = await questioning.look(info.context.runtime, principal, number, given(answers or []), language=language)
        return FormPreview(
            form=form_type(found, installation_id=principal.installation_id, document=questioning.document(found)),
            questions=[shown(one) for one in questions],
            problems=problems(wrong),
        )

    @strawberry.field(description="The questions of the template of a purpose, to start a form from.")
    async def form_template(
        self,
        info: Info,
        purpose: FormPurpose,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> FormTemplate:
        """A template."""
        info.context.require(Scope.READ)
        if purpose not in TEMPLATES:
            raise Invalid(f"there are templates for {', '.join(TEMPLATES)}", field="purpose")
        name, questions = domain_template(purpose)
        return FormTemplate(purpose=purpose, name=name, questions=[question(one) for one in questions])

    @strawberry.field(description="Questions that any form may take. For managers.")
    async def question_bank(self, info: Info, program: strawberry.ID | None = None) -> list[FormQuestion]:
        """The bank."""
        principal = info.context.require(Scope.READ)
        found = await questioning.bank(info.context.runtime, principal, program_id=_number(info, program, "Program"))
        return [question(one) for one in found.values()]

    @strawberry.field(description="What the member behind the token answered, with the questions as they were asked.")
    async def my_answers(self, info: Info) -> list[AnswerSheet]:
        """One's own answers."""
        principal = info.context.require(Scope.ME)
        return [sheet(one, installation_id=principal.installation_id) for one in await questioning.mine(info.context.runtime, principal)]

    @strawberry.field(description="Answers to a form, the oldest first; of a survey only those whose writer agreed to be named. For managers.")
    async def form_answers(self, info: Info, form: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[AnswerSheet]:
        """A page of answers."""
        principal = info.context.require(Scope.READ)
        number = parse_number(form, type_name="Form", installation_id=principal.installation_id)
        size, place = page_size(first), decode_cursor(after, "sheet", 1)
        rows = await questioning.answers(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: sheet(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("sheet", row.id),
        )
