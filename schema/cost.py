"""How deep and how dear a query is, worked out before anything is executed.

A fragment is measured once and its figure taken again wherever it is spread: walking into every spread takes time that doubles with every level of nesting,
so thirty short fragments would hold up the service for ever.
"""

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
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

from schema.paging import DEFAULT_PAGE, MAX_PAGE

USUAL = 5
"""How many rows a list without pages is taken to have."""


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
            rows = _page(node)
        elif definition is not None and is_list_type(get_nullable_type(definition.type)) and name != "edges":
            rows = USUAL
        return Measure(below.depth + 1, 1 + rows * below.cost)


def _page(node: FieldNode) -> int:
    """The rows of a page: as many as are asked for, the most there can be if a variable says it."""
    for argument in node.arguments or ():
        if argument.name.value == "first":
            return min(MAX_PAGE, abs(int(argument.value.value[:12]))) if isinstance(argument.value, IntValueNode) else MAX_PAGE
    return DEFAULT_PAGE


def measuring(document: DocumentNode, schema: GraphQLSchema) -> Measuring:
    """What measures the operations of a document."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    return Measuring(schema, fragments)
