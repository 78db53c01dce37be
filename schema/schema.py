"""The schema, and its printed form."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

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


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Need],
    config=StrawberryConfig(disable_field_suggestions=True),
    extensions=[Limits, lambda: Parsing(maxsize=256), lambda: Validating(maxsize=256)],
)
"""The one GraphQL schema."""


def sdl() -> str:
    """The schema as text, which is committed as ``schema/schema.graphql``."""
    return schema.as_str() + "\n"
