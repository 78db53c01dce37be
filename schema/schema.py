"""The schema, and its printed form."""

from dataclasses import replace
from datetime import date, datetime

import strawberry
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition
from strawberry.types import ExecutionContext
from strawberry.types.scalar import ScalarDefinition

from plugin.clock import in_our_time
from schema.limits import Limits
from schema.mutation import Mutation
from schema.query import Query
from schema.remembering import Parsing, Validating
from schema.subscription import Subscription
from schema.types.viewer import Need


class Schema(strawberry.Schema):
    """Ours: errors are logged where they are masked, not a second time."""

    def process_errors(self, errors: list, execution_context: ExecutionContext | None = None) -> None:  # type: ignore[type-arg]
        """Nothing: :func:`schema.errors.mask` has logged what is worth it."""


def _of_our_time(scalar: ScalarDefinition) -> ScalarDefinition:
    """Days or times as Strawberry reads them, of those that one can reckon with."""
    read = scalar.parse_value
    assert read is not None  # noqa: S101 - Strawberry's own have one

    def read_ours(value: object) -> object:
        found = read(value)
        try:
            return in_our_time(found)
        except ValueError as error:
            raise StrawberryInputCoercionError(f'Value cannot represent a {scalar.name}: "{value}". {error}') from None

    return replace(scalar, parse_value=read_ours)


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Need],
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map={date: _of_our_time(DateDefinition), datetime: _of_our_time(DateTimeDefinition)}),
    extensions=[Limits, lambda: Parsing(maxsize=256), lambda: Validating(maxsize=256)],
)
"""The one GraphQL schema."""


def sdl() -> str:
    """The schema as text, which is committed as ``schema/schema.graphql``."""
    return schema.as_str() + "\n"
