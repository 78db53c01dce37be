"""Answers as they are handed in, and their problems as errors that a client can act on."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import strawberry
from strawberry.scalars import JSON

from plugin.domain.forms import AnswersRefused
from plugin.errors import Invalid
from schema.errors import UserError, attempt
from schema.inputs import plain

T = TypeVar("T")
MAX_GIVEN = 200
"""Answers in one call; a form has fewer questions."""


@strawberry.input(
    description="The answer to one question. By kind the value is a text; a number; true or false; the key of an option; a list of keys, in order for a "
    'ranking; a point of a scale; a day as YYYY-MM-DD; a time zone; [{"day": 0, "start": "18:00", "end": "20:00"}] with 0 for Monday; '
    '[{"skill": "…", "level": 1}].'
)
class AnswerInput:
    """One answer."""

    question: str
    value: JSON | None = None


def given(answers: Sequence[AnswerInput]) -> dict[str, object]:
    """Answers by question. Raises :class:`Invalid` for too many, or two to one question."""
    if len(answers) > MAX_GIVEN:
        raise Invalid(f"give at most {MAX_GIVEN} answers", field="answers")
    found: dict[str, object] = {}
    for one in answers:
        key = plain(one.question, "answers")[:100]
        if key in found:
            raise Invalid("answer each question once", field=key)
        found[key] = one.value
    return found


async def attempt_answers(work: Callable[[], Awaitable[T]]) -> tuple[T | None, list[UserError]]:
    """As :func:`schema.errors.attempt`, with one error for each question whose answer does not fit."""
    refused: list[UserError] = []

    async def tried() -> T | None:
        try:
            return await work()
        except AnswersRefused as error:
            refused.extend(UserError(code=one.code, message=one.message, field=one.question) for one in error.problems)
            return None

    found, errors = await attempt(tried)
    return found, [*refused, *errors]
