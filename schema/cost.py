"""How deep and how dear a query is, worked out before anything is executed.

A fragment is measured once and its figure taken again wherever it is spread: walking into every spread takes time that doubles with every level of nesting,
so thirty short fragments would hold up the service for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

from schema.paging import DEFAULT_PAGE, MAX_PAGE

USUAL = 5
"""How many rows a list without pages is taken to have."""
CHANGE = 10
"""What a mutation costs besides its answer."""
WEIGHTS: Mapping[tuple[str, str], int] = {("Query", "expertsFor"): 100, ("Mutation", "setNeed"): 100}
"""Fields that take more work than their answers show, by type and name."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The levels below a place, and how many values it stands for."""

    depth: int = 0
    cost: int = 0


@dataclass
class Measuring:
    """Measures the operations of one document."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: Mapping[str, object] | None = None
    """The values that the request gives, if they are known already."""
    known: dict[str, Measure] = field(default_factory=dict)

    def operation(self, node: OperationDefinitionNode) -> Measure:
        """An operation; what is not in the schema counts as a single value, other rules refuse it."""
        return self.selections(node.selection_set, self.schema.get_root_type(node.operation))

    def selections(self, node: SelectionSetNode, parent: GraphQLNamedType | None) -> Measure:
        """What is selected of a type."""
        depth = cost = 0
        for one in node.selections:
            if isinstance(one, FieldNode):
                found = self.field(one, parent)
            elif isinstance(one, InlineFragmentNode):
                kind = self.schema.get_type(one.type_condition.name.value) if one.type_condition else parent
                found = self.selections(one.selection_set, kind)
            elif isinstance(one, FragmentSpreadNode):
                found = self.fragment(one.name.value)
            else:
                continue
            depth, cost = max(depth, found.depth), cost + found.cost
        return Measure(depth, cost)

    def fragment(self, name: str) -> Measure:
        """A fragment. One that spreads itself ends here; another rule refuses it."""
        if name not in self.known and name in self.fragments:
            self.known[name] = Measure()
            node = self.fragments[name]
            self.known[name] = self.selections(node.selection_set, self.schema.get_type(node.type_condition.name.value))
        return self.known.get(name, Measure())

    def field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Measure:
        """A field and what is below it. Introspection is bounded by the schema itself and has a scope of its own."""
        name = node.name.value
        if name.startswith("__"):
            return Measure(1, 1)
        definition = parent.fields.get(name) if is_object_type(parent) or is_interface_type(parent) else None
        if node.selection_set is None:
            return Measure(1, 1)
        below = self.selections(node.selection_set, None if definition is None else get_named_type(definition.type))
        rows = 1
        if definition is not None and "first" in definition.args:
            rows = self._page(node)
        elif definition is not None and is_list_type(get_nullable_type(definition.type)) and name != "edges":
            rows = USUAL
        return Measure(below.depth + 1, 1 + self._weight(name, parent) + rows * below.cost)

    def _weight(self, name: str, parent: GraphQLNamedType | None) -> int:
        if parent is None:
            return 0
        return WEIGHTS.get((parent.name, name), CHANGE if parent is self.schema.mutation_type else 0)

    def _page(self, node: FieldNode) -> int:
        """The rows of a page: as many as are asked for, the most there can be if that is said by a variable that is not known yet."""
        for argument in node.arguments or ():
            if argument.name.value == "first":
                if isinstance(argument.value, IntValueNode):
                    return min(MAX_PAGE, abs(int(argument.value.value[:12])))
                given = self.variables.get(argument.value.name.value) if self.variables is not None and isinstance(argument.value, VariableNode) else None
                return min(MAX_PAGE, abs(given)) if isinstance(given, int) else MAX_PAGE
        return DEFAULT_PAGE


def measuring(document: DocumentNode, schema: GraphQLSchema, *, variables: Mapping[str, object] | None = None) -> Measuring:
    """What measures the operations of a document."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    return Measuring(schema, fragments, variables)


def operation_cost(document: DocumentNode, schema: GraphQLSchema, *, name: str | None, variables: Mapping[str, object] | None) -> int:
    """The most that one operation of a document can cost with these variables; 0 if there is no such operation."""
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode) and (name is None or (one.name is not None and one.name.value == name)):
            return measuring(document, schema, variables=variables or {}).operation(one).cost
    return 0


def values_in(data: object) -> int:
    """How many values an answer has, counted as a query's cost is."""
    count, left = 0, [data]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            count += len(one)
            left += [value for value in one.values() if isinstance(value, dict | list)]
        elif isinstance(one, list):
            left += [value for value in one if isinstance(value, dict | list)]
    return count
