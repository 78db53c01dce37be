"""Surveys as GraphQL shows them: those that wait for a member, and what the answers say together."""

from datetime import datetime

import strawberry

from plugin.domain import results as aggregates
from plugin.domain.forms import Form as DomainForm
from plugin.services.mentorships.answering import Waiting
from plugin.services.questions.questioning import document
from schema.context import Info
from schema.ids import GlobalId
from schema.types.figures import Figure, figure
from schema.types.forms import Form, FormPurpose, FormQuestion, question
from schema.types.forms import form as form_type
from schema.types.member import Member, members_by_number

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.type(description="How often something was chosen; null where so few chose it, or did not, that the number would point at people.")
class ResultCell:
    """A cell."""

    key: str
    label: str
    count: int | None


@strawberry.type(description="What the answers to one question say together.")
class QuestionResult:
    """A question's figures."""

    question: FormQuestion
    retired: bool
    answers: int = strawberry.field(description="How many answers the figures rest on; 0 if there are too few for any.")
    mean: Figure | None
    cells: list[ResultCell]


@strawberry.type(description="What the items of one factor say together, reversed ones turned round.")
class FactorResult:
    """A factor's figures."""

    factor: str
    items: list[str]
    mean: Figure | None
    alpha: Figure | None = strawberry.field(description="Cronbach's alpha with Feldt's interval.")
    alpha_bootstrap: Figure | None = strawberry.field(description="The same with an interval that does not rest on normal answers.")


@strawberry.type(description="What the answers to a form say together, and of nobody alone.")
class FormResults:
    """A form's figures."""

    form: Form
    answers: int
    held_back: int = strawberry.field(description="The newest answers, that wait for their batch of five to be full.")
    questions: list[QuestionResult]
    factors: list[FactorResult]
    nps: Figure | None


def results(form: DomainForm, found: aggregates.Results, *, installation_id: int) -> FormResults:
    """A form's figures as GraphQL shows them."""
    return FormResults(
        form=form_type(form, installation_id=installation_id, document=document(form)),
        answers=found.answers,
        held_back=found.held_back,
        questions=[
            QuestionResult(
                question=question(one.question),
                retired=one.retired,
                answers=one.answers,
                mean=figure(one.mean),
                cells=[ResultCell(key=cell.key, label=cell.label, count=cell.count) for cell in one.cells],
            )
            for one in found.questions
        ],
        factors=[
            FactorResult(factor=one.factor, items=list(one.items), mean=figure(one.mean), alpha=figure(one.alpha), alpha_bootstrap=figure(one.bootstrap))
            for one in found.factors
        ],
        nps=figure(found.nps),
    )


@strawberry.type(description="A survey that waits for the member's answer. Nobody on the other side ever sees it.")
class WaitingSurvey:
    """A survey."""

    id: strawberry.ID
    kind: FormPurpose
    form: Form
    due_at: datetime
    closes_at: datetime
    other_numbers: strawberry.Private[tuple[int, ...]]

    @strawberry.field(description="The others in the mentorship that it is about.")
    async def others(self, info: Info) -> list[Member]:
        """Whom it is about."""
        return await members_by_number(info, self.other_numbers)


def waiting_survey(found: Waiting, *, installation_id: int) -> WaitingSurvey:
    """A survey as GraphQL shows it to whom it was put."""
    return WaitingSurvey(
        id=strawberry.ID(str(GlobalId("Survey", installation_id, str(found.survey.id)))),
        kind=found.form.purpose,
        form=form_type(found.form, installation_id=installation_id, document=document(found.form)),
        due_at=found.survey.due_at,
        closes_at=found.survey.closes_at,
        other_numbers=found.others,
    )
