"""Answering surveys, and taking a program's tables out."""

import base64
from enum import StrEnum

import strawberry

from plugin.domain.people import Scope
from plugin.services.mentorships import answering
from plugin.services.programs import program_tables
from schema.answers import AnswerInput, attempt_answers, given
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.forms import AnswerSheet, sheet

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


class _Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


ExportFormat = strawberry.enum(_Format, name="ExportFormat", description="How a table is written.")


@strawberry.input
class AnswerSurveyInput:
    """Answers to a survey that was put to the member."""

    survey: strawberry.ID
    answers: list[AnswerInput]
    named: bool = strawberry.field(default=False, description="Let the program's managers see these answers with the name; else only figures of many show.")


@strawberry.type
class AnswerSurveyPayload:
    """The answers as they were kept; each error names the question it is about."""

    sheet: AnswerSheet | None
    user_errors: list[UserError]


@strawberry.input
class ExportTableInput:
    """Which table of which program; without a table all of them, in one archive."""

    program: strawberry.ID
    table: str | None = None
    format: ExportFormat = _Format.CSV


@strawberry.type(description="A file.")
class ExportFile:
    """A file with its content."""

    name: str
    content_type: str
    rows: int
    content: str = strawberry.field(description="The bytes in base64.")


@strawberry.type
class ExportTablePayload:
    """The file."""

    file: ExportFile | None
    user_errors: list[UserError]


async def answer_survey(info: Info, input: AnswerSurveyInput) -> AnswerSurveyPayload:  # noqa: A002 - the Relay convention
    """Answer a survey."""
    principal = info.context.require(Scope.ME)

    async def work() -> AnswerSheet:
        number = parse_number(input.survey, type_name="Survey", installation_id=principal.installation_id)
        kept = await answering.answer(info.context.runtime, principal, number, answers=given(input.answers), named=input.named)
        return sheet(kept, installation_id=principal.installation_id)

    found, errors = await attempt_answers(work)
    return AnswerSurveyPayload(sheet=found, user_errors=errors)


async def export_table(info: Info, input: ExportTableInput) -> ExportTablePayload:  # noqa: A002 - the Relay convention
    """Take a table out."""
    principal = info.context.require(Scope.READ)

    async def work() -> ExportFile:
        number = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        name = None if input.table is None else plain(input.table, "table")
        made = await program_tables.export(info.context.runtime, principal, number, name=name, form=str(input.format))
        return ExportFile(name=made.name, content_type=made.content_type, rows=made.rows, content=base64.b64encode(made.content).decode())

    found, errors = await attempt(work)
    return ExportTablePayload(file=found, user_errors=errors)


@strawberry.type
class EvaluationMutations:
    """Surveys and exports."""

    answer_survey = strawberry.field(resolver=answer_survey, description="Answer a survey that was put to oneself.")
    export_table = strawberry.field(resolver=export_table, description="A program's table as CSV or Parquet, or all of them; put on record. For its managers.")
