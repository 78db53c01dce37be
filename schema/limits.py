"""What a query may ask for, checked before anything is executed.

The rule classes are built once: classes made per request would never hit the cache of validated queries, and shared instances race between requests.
"""

from collections.abc import Iterator

from graphql import DirectiveNode, FieldNode, GraphQLError, NoSchemaIntrospectionCustomRule, OperationDefinitionNode, ValidationContext, ValidationRule
from strawberry.extensions import SchemaExtension

from plugin.domain.people import Scope
from schema.context import Context
from schema.cost import measuring
from schema.errors import mask

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


class MaxDirectives(ValidationRule):
    """At most :data:`MAX_DIRECTIVES` directives in a document."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._count = 0

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        """Count one."""
        self._count += 1
        if self._count == MAX_DIRECTIVES + 1:
            self.report_error(GraphQLError(f"a query may have at most {MAX_DIRECTIVES} directives"))


class MaxCost(ValidationRule):
    """At most :data:`MAX_DEPTH` levels and :data:`MAX_COST` values in an operation."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._measuring = measuring(context.document, context.schema)

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Measure one."""
        found = self._measuring.operation(node)
        if found.depth > MAX_DEPTH:
            self.report_error(GraphQLError(f"a query may have at most {MAX_DEPTH} levels, this one has {found.depth}", node))
        if found.cost > MAX_COST:
            self.report_error(GraphQLError(f"a query may ask for at most {MAX_COST} values, this one asks for {found.cost}: take smaller pages", node))


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
            self.report_error(GraphQLError(f"a query may have at most {MAX_ALIASES} aliases"))


RULES = (MaxCost, MaxAliases, MaxDirectives)


class Limits(SchemaExtension):
    """Refuses what is too long before it is parsed, and what asks for too much before it is executed; masks errors after."""

    def on_operation(self) -> Iterator[None]:
        """Around a whole operation."""
        execution = self.execution_context
        if execution.query is not None and len(execution.query) > MAX_CHARACTERS:
            raise GraphQLError(f"a query may have at most {MAX_CHARACTERS} characters")
        execution.parse_options["max_tokens"] = MAX_TOKENS
        execution.validation_rules = (*execution.validation_rules, *RULES)
        context = execution.context
        if isinstance(context, Context):
            context.renew()
        if not isinstance(context, Context) or context.principal is None or not context.principal.may(Scope.INTROSPECT):
            execution.validation_rules = (*execution.validation_rules, NoSchemaIntrospectionCustomRule)
        yield
        result = execution.result
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [mask(error) for error in errors[:MAX_ERRORS]]  # type: ignore[union-attr]  # it has errors
