"""How programs are doing, for those who manage them; and the surveys that wait for a member."""

from dataclasses import replace

import strawberry

from plugin.domain.people import Scope
from plugin.services.mentorships import answering
from plugin.services.programs import evaluating, program_tables
from plugin.services.programs.program_facts import CohortBy as DomainCohortBy
from plugin.services.questions import form_words
from schema.context import Info
from schema.ids import parse_number
from schema.types.evaluation import (
    Cohort,
    CohortBy,
    ExportTable,
    ProgramEvaluation,
    ProgramHealth,
    advice,
    cohort,
    health,
)
from schema.types.surveys import FormResults, WaitingSurvey, results, waiting_survey

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.

MAX_NAMES = 20


@strawberry.type
class EvaluationQueries:
    """For managers of a program, but for one's own surveys."""

    @strawberry.field(description="How a program is doing now, and what follows from it; for its managers.")
    async def program_evaluation(self, info: Info, program: strawberry.ID) -> ProgramEvaluation:
        """Figures and advice."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await evaluating.evaluation(info.context.runtime, principal, number)
        mine = principal.installation_id
        return ProgramEvaluation(health=health(found.health, installation_id=mine), advice=[advice(one, installation_id=mine) for one in found.advice])

    @strawberry.field(description="A program's figures week by week, the oldest first; for its managers.")
    async def program_history(self, info: Info, program: strawberry.ID, weeks: int = 12) -> list[ProgramHealth]:
        """Figures over time."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await evaluating.history(info.context.runtime, principal, number, weeks=weeks)
        return [health(one, installation_id=principal.installation_id) for one in found]

    @strawberry.field(description="Lines of some of a program's figures over time, as SVG; for its managers.")
    async def program_chart(self, info: Info, program: strawberry.ID, names: list[str], weeks: int = 12) -> str:
        """A picture."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        return await evaluating.chart(info.context.runtime, principal, number, names=names[:MAX_NAMES], weeks=weeks)

    @strawberry.field(description="A program's mentees by cohort, each beside all the others; for its managers.")
    async def program_cohorts(self, info: Info, program: strawberry.ID, by: CohortBy = DomainCohortBy.MONTH) -> list[Cohort]:
        """Cohorts compared."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        return [cohort(one) for one in await evaluating.cohorts(info.context.runtime, principal, number, by=by)]

    @strawberry.field(description="What the answers to a form say together, those of one program if it is named; for managers. Single answers never show.")
    async def form_results(self, info: Info, form: strawberry.ID, program: strawberry.ID | None = None) -> FormResults:
        """Figures of answers."""
        principal = info.context.require(Scope.READ)
        mine = principal.installation_id
        number = parse_number(form, type_name="Form", installation_id=mine)
        of = None if program is None else parse_number(program, type_name="Program", installation_id=mine)
        asked, found = await evaluating.results(info.context.runtime, principal, number, program_id=of)
        return results(asked, found, installation_id=mine)

    @strawberry.field(description="The tables of a program that exportTable writes.")
    async def export_tables(self, info: Info) -> list[ExportTable]:
        """What can be exported."""
        info.context.require(Scope.READ)
        return [ExportTable(name=one.name, about=one.about) for one in program_tables.TABLES.values()]

    @strawberry.field(
        description="Surveys that wait for the member behind the token, in their language where the words are ours; the one that closes first first."
    )
    async def my_surveys(self, info: Info) -> list[WaitingSurvey]:
        """What one is asked."""
        principal = info.context.require(Scope.ME)
        found = await answering.mine(info.context.runtime, principal)
        language = await form_words.reading_language(info.context.runtime, principal) if found else ""
        shown = [replace(one, form=form_words.spoken(one.form, language=language)) for one in found]
        return [waiting_survey(one, installation_id=principal.installation_id) for one in shown]
