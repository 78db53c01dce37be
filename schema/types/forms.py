"""Forms and answers as GraphQL shows them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from plugin.domain import forms as domain
from plugin.domain.forms.answers import LEVELS, Answer, SkillLevel, Slot, clock_time, plain_answer
from plugin.domain.forms.preview import Control as DomainControl
from plugin.domain.forms.preview import Shown
from plugin.services.questions.forms import Line, Sheet
from schema.ids import GlobalId
from schema.types.node import Node

FormPurpose = strawberry.enum(domain.FormPurpose, name="FormPurpose", description="What a form is for.")
QuestionKind = strawberry.enum(domain.QuestionKind, name="QuestionKind", description="The twelve kinds of questions.")
Control = strawberry.enum(DomainControl, name="FormControl", description="The element by which a question is answered.")

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@strawberry.type(description="One of the things to choose from.")
class FormOption:
    """An option."""

    key: str
    label: str
    help: str


@strawberry.type(description="A question of a form.")
class FormQuestion:
    """A question."""

    key: str = strawberry.field(description="What answers are kept under; it never changes its meaning.")
    kind: QuestionKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    label: str
    help: str
    required: bool = strawberry.field(description="Must be answered if it is shown.")
    options: list[FormOption]
    shown_if: JSON | None = strawberry.field(description='When it is shown: {"question", "operator", "value"}, {"all": […]}, {"any": […]} or {"not": …}.')
    least: float | None = strawberry.field(description="Lowest value, shortest text, fewest choices or hours; the lower end of a scale.")
    most: float | None
    earliest: date | None
    latest: date | None
    whole: bool
    low_label: str
    high_label: str
    factor: str = strawberry.field(description="The factor that a scale question is an item of.")
    reversed: bool = strawberry.field(description="Whether the item counts the other way round.")
    bank: str = strawberry.field(description="The question of the bank that it was taken from.")


def question(one: domain.Question) -> FormQuestion:
    """A question as GraphQL shows it."""
    return FormQuestion(
        key=one.key,
        kind=one.kind,
        label=one.label,
        help=one.help,
        required=one.required,
        options=[FormOption(key=option.key, label=option.label, help=option.help) for option in one.options],
        shown_if=None if one.shown_if is None else JSON(domain.plain_condition(one.shown_if)),
        least=one.least,
        most=one.most,
        earliest=one.earliest,
        latest=one.latest,
        whole=one.whole,
        low_label=one.low_label,
        high_label=one.high_label,
        factor=one.factor,
        reversed=one.reversed,
        bank=one.bank,
    )


@strawberry.type(description="A version of a form.")
class Form(Node):
    """A form."""

    name: str
    purpose: FormPurpose  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    version: int = strawberry.field(description="Rises when a form that has answers is edited.")
    open: bool
    questions: list[FormQuestion]
    retired: list[FormQuestion] = strawberry.field(description="Questions of earlier versions that are no longer asked; their answers stay readable.")
    program_id: strawberry.ID | None
    document: JSON = strawberry.field(description="The form as a document that importForm takes.")


def form(one: domain.Form, *, installation_id: int, document: Mapping[str, object]) -> Form:
    """A form as GraphQL shows it."""
    return Form(
        id=strawberry.ID(str(GlobalId("Form", installation_id, str(one.id)))),
        name=one.name,
        purpose=one.purpose,
        version=one.version,
        open=one.open,
        questions=[question(each) for each in one.questions],
        retired=[question(each) for each in one.retired],
        program_id=None if one.program_id is None else strawberry.ID(str(GlobalId("Program", installation_id, str(one.program_id)))),
        document=JSON(dict(document)),
    )


@strawberry.type(description="What is wrong with the answer to one question.")
class FormProblem:
    """A problem."""

    question: str
    code: str
    message: str


@strawberry.type(description="A point of a scale, or a level of a skill.")
class FormPoint:
    """A point."""

    value: int
    label: str


@strawberry.type(description="A question as a page draws it.")
class ShownQuestion:
    """A question and how it looks now."""

    number: int
    control: Control  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    visible: bool = strawberry.field(description="Whether it is shown with the answers given so far.")
    asks: list[str] = strawberry.field(description="Questions whose answers decide whether it is shown: look again when they change.")
    points: list[FormPoint]
    characters: int | None = strawberry.field(description="The longest text.")
    question: FormQuestion


@strawberry.type(description="A form as it looks with the answers given so far.")
class FormPreview:
    """Everything that a page needs to draw a form."""

    form: Form
    questions: list[ShownQuestion]
    problems: list[FormProblem]


def shown(one: Shown) -> ShownQuestion:
    """A question as a page draws it."""
    return ShownQuestion(
        number=one.number,
        control=one.control,
        visible=one.visible,
        asks=list(one.asks),
        points=[FormPoint(value=value, label=label) for value, label in one.points],
        characters=one.characters,
        question=question(one.question),
    )


def problems(found: Sequence[domain.Problem]) -> list[FormProblem]:
    """Problems as GraphQL shows them."""
    return [FormProblem(question=one.question, code=one.code, message=one.message) for one in found]


@strawberry.type(description="An answer, beside the question as it was asked.")
class FormAnswer:
    """One answer."""

    question: FormQuestion
    value: JSON = strawberry.field(description="As it was handed in.")
    text: str = strawberry.field(description="In words.")
    retired: bool = strawberry.field(description="Whether the question is no longer asked.")


@strawberry.type(description="A member's answers to a form.")
class AnswerSheet(Node):
    """Answers."""

    form_id: strawberry.ID
    form_name: str
    version: int = strawberry.field(description="The version of the form that was answered.")
    member_id: strawberry.ID
    about: str
    named: bool = strawberry.field(description="Whether the member agreed that managers see the answers with the name.")
    at: datetime
    answers: list[FormAnswer]


def sheet(one: Sheet, *, installation_id: int) -> AnswerSheet:
    """Answers as GraphQL shows them."""
    return AnswerSheet(
        id=strawberry.ID(str(GlobalId("AnswerSheet", installation_id, str(one.id)))),
        form_id=strawberry.ID(str(GlobalId("Form", installation_id, str(one.form.id)))),
        form_name=one.form.name,
        version=one.form.version,
        member_id=strawberry.ID(str(GlobalId("Member", installation_id, str(one.member_id)))),
        about=one.about,
        named=one.named,
        at=one.at,
        answers=[_answer(line) for line in one.lines],
    )


def _answer(line: Line) -> FormAnswer:
    return FormAnswer(question=question(line.question), value=JSON(plain_answer(line.answer)), text=in_words(line.question, line.answer), retired=line.retired)


def in_words(asked: domain.Question, answer: Answer) -> str:
    """An answer as a person reads it."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, tuple):
        return ", ".join(_part(asked, one) for one in answer)
    if isinstance(answer, str) and asked.kind is domain.QuestionKind.SINGLE_CHOICE:
        return _part(asked, answer)
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def _part(asked: domain.Question, one: str | Slot | SkillLevel) -> str:
    if isinstance(one, Slot):
        return f"{DAYS[one.day]} {clock_time(one.start)}-{clock_time(one.end)}"
    if isinstance(one, SkillLevel):
        return f"{one.skill} ({LEVELS[one.level]})"
    return next((option.label for option in asked.options if option.key == one), one)
