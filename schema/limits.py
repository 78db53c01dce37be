"""What a query may ask for, checked before anything is executed.

The rule classes are built once: classes made per request would never hit the cache of validated queries, and shared instances race between requests.
"""

from collections.abc import Iterator

from graphql import DirectiveNode, GraphQLError, NoSchemaIntrospectionCustomRule, ValidationContext, ValidationRule
from strawberry.extensions import SchemaExtension
from strawberry.extensions.max_aliases import create_validator as aliases_rule
from strawberry.extensions.query_depth_limiter import create_validator as depth_rule

from plugin.domain.people import Scope
from schema.context import Context
from schema.errors import mask

MAX_BODY = 100_000
"""Bytes of a request."""
MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_ALIASES = 15
MAX_DEPTH = 10
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


RULES = (depth_rule(MAX_DEPTH, None), aliases_rule(MAX_ALIASES), MaxDirectives)


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
