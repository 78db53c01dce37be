"""What a query may ask for, checked before anything is executed.

The rule classes are built once: classes made per request would never hit the cache of validated queries, and shared instances race between requests.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from math import ceil

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    Node,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import SchemaExtension

from plugin.domain.people import Scope
from schema.budget import Charge
from schema.context import Context
from schema.cost import measuring, operation_cost, values_in
from schema.errors import mask, veil

MAX_BODY = 100_000
"""Bytes of a request."""
MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_ALIASES = 15
MAX_DEPTH = 10
MAX_COST = 20_000
"""Values in an answer, by a static upper bound; see :mod:`schema.cost`."""
MAX_DIRECTIVES = 50
MAX_ERRORS = 5
MAX_SECONDS = 10.0
"""How long an operation may take; then its work is stopped. A subscription may take as long to begin."""
MAX_NAME = 100
"""Characters of an operation's name that an error repeats."""
REFUSED_COST = 10
"""What a query costs that is refused."""


def _too_much(message: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": "too_much"})


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


class MaxDirectives(ValidationRule):
    """At most :data:`MAX_DIRECTIVES` directives in a document."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._count = 0

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        """Count one."""
        self._count += 1
        if self._count == MAX_DIRECTIVES + 1:
            self.report_error(_too_much(f"a query may have at most {MAX_DIRECTIVES} directives"))


class MaxCost(ValidationRule):
    """At most :data:`MAX_DEPTH` levels and :data:`MAX_COST` values in an operation."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._measuring = measuring(context.document, context.schema)

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Measure one."""
        found = self._measuring.operation(node)
        if found.depth > MAX_DEPTH:
            self.report_error(_too_much(f"a query may have at most {MAX_DEPTH} levels, this one has {found.depth}", node))
        if found.cost > MAX_COST:
            self.report_error(_too_much(f"a query may ask for at most {MAX_COST} values, this one asks for {found.cost}: take smaller pages", node))


class MaxAliases(ValidationRule):
    """At most :data:`MAX_ALIASES` fields under another name in a document; how often a fragment is spread makes no difference to the answer."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._count = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count one."""
        self._count += node.alias is not None
        if self._count == MAX_ALIASES + 1:
            self._count += 1
            self.report_error(_too_much(f"a query may have at most {MAX_ALIASES} aliases"))


def may_introspect(context: object) -> bool:
    """Whether the schema may be told."""
    return isinstance(context, Context) and context.principal is not None and context.principal.may(Scope.INTROSPECT)


def shown(result: object, errors: Sequence[GraphQLError], context: object) -> list[GraphQLError]:
    """What a client is shown of the errors of a result."""
    executed = getattr(result, "data", None) is not None or any(one.path is not None for one in errors)
    told = errors if executed or may_introspect(context) else veil(errors)
    return [mask(error) for error in told[:MAX_ERRORS]]


def refused(context: object) -> None:
    """What is refused costs a little."""
    if isinstance(context, Context) and context.budgets is not None:
        context.budgets.charge(context.principal, REFUSED_COST)


RULES = (MaxCost, MaxAliases, MaxDirectives)


class Limits(SchemaExtension):
    """Refuses what is too long before it is parsed, and what asks for too much before it is executed; stops what takes too long; masks errors after."""

    def __init__(self, **_: object) -> None:
        self._requested = 0
        self._charge: Charge | None = None
        self._actual = 0

    def on_operation(self) -> Iterator[None]:
        """Around a whole operation."""
        execution = self.execution_context
        if execution.query is not None and len(execution.query) > MAX_CHARACTERS:
            raise _too_much(f"a query may have at most {MAX_CHARACTERS} characters")
        execution.parse_options["max_tokens"] = MAX_TOKENS
        execution.validation_rules = (*execution.validation_rules, *RULES)
        context = execution.context
        if isinstance(context, Context):
            context.renew()
        if not may_introspect(context):
            execution.validation_rules = (*execution.validation_rules, NoSchemaIntrospectionCustomRule)
        yield
        result = execution.result
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = shown(result, errors, context)  # type: ignore[union-attr]  # it has errors

    def on_parse(self) -> Iterator[None]:
        """Which operation is meant must be clear before anything is looked at."""
        yield
        document = self.execution_context.graphql_document
        if document is None:
            refused(self.execution_context.context)
            return
        operations = _operations(document)
        name = self.execution_context._provided_operation_name  # noqa: SLF001 - its public name guesses the first
        if name is None and len(operations) == 1:
            return
        if name is not None and any(one.name is not None and one.name.value == name for one in operations):
            return
        refused(self.execution_context.context)
        if not operations:
            raise GraphQLError("Must provide an operation.")
        if name is None:
            raise GraphQLError("Must provide operation name if query contains multiple operations.")
        raise GraphQLError(f'Unknown operation named "{name[:MAX_NAME]}".')

    def on_validate(self) -> Iterator[None]:
        """What is valid is charged for; so is what is not, a little."""
        yield
        execution = self.execution_context
        context, document = execution.context, execution.graphql_document
        if not isinstance(context, Context) or context.budgets is None or document is None:
            return
        if execution.pre_execution_errors:
            refused(context)
            return
        operations = _operations(document)
        if not context.streams and any(one.operation is OperationType.SUBSCRIPTION for one in operations):
            raise GraphQLError("a subscription goes over a WebSocket (graphql-transport-ws)", extensions={"code": "not_over_http"})
        graphql_schema = execution.schema._schema  # noqa: SLF001 - Strawberry's only way to it
        self._requested = operation_cost(document, graphql_schema, name=execution.operation_name, variables=execution.variables)
        self._charge = context.budgets.charge(context.principal, self._requested)
        if self._charge.retry_after > 0:
            context.status, context.retry_after = 429, self._charge.retry_after
            seconds = ceil(self._charge.retry_after)
            raise GraphQLError(
                f"you asked for too much in a short time: ask again in {seconds} s, or for less", extensions={"code": "too_many", "retryAfter": seconds}
            )

    async def on_execute(self) -> AsyncIterator[None]:
        """Stops what takes too long, and gives back what was charged for values that did not come."""
        context = self.execution_context.context
        try:
            async with asyncio.timeout(MAX_SECONDS):
                yield
        except TimeoutError as error:
            if isinstance(context, Context):
                context.status = 503
            raise GraphQLError(f"this took more than {MAX_SECONDS:g} s and was stopped: ask for less", extensions={"code": "timeout"}) from error
        data = getattr(self.execution_context.result, "data", None)
        if self._charge is not None and isinstance(context, Context) and context.budgets is not None and data is not None:
            self._actual = min(self._requested, values_in(data))
            context.runtime.meter.answered("engine", requested=self._requested, actual=self._actual)
            # Half of what was set aside for an answer stays charged: working out that there is nothing takes time too.
            self._charge = context.budgets.charge(context.principal, -(self._requested - self._actual) / 2)

    def get_results(self) -> dict[str, object]:
        """``extensions.cost`` of the answer."""
        if self._charge is None:
            return {}
        throttle = {"maximum": self._charge.maximum, "available": self._charge.available, "restoredPerSecond": self._charge.restored}
        return {"cost": {"requested": self._requested, "actual": self._actual, "throttle": throttle}}
