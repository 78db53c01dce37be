"""How deep and how dear a query is, worked out before anything is executed.

A fragment is measured once and its figure taken again wherever it is spread: walking into every spread takes time that doubles with every level of nesting,
so thirty short fragments would hold up the service for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

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
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_list_type,
    is_object_type,
    parse,
)

from schema.paging import DEFAULT_PAGE, MAX_PAGE

USUAL = 5
"""How many rows a list without pages is taken to have."""
CHANGE = 10
"""What a mutation costs besides its answer."""
ASKING: Mapping[str, str] = {"__schema": "__Schema", "__type": "__Type"}
"""Fields by which a schema tells of itself, and their types."""
OF_TYPES = frozenset({"__Schema", "__Type", "__Field", "__Directive"})
"""Types that have lists in them."""
KNOWING = 16_000
"""What it costs to get to know the whole schema, as tools do: most of what an operation may. It takes a tenth of a second, in which nobody else is served."""
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
        """A field and what is below it. Introspection has a scope of its own, and is measured by what tools ask to know a schema."""
        name = node.name.value
        if name in ASKING and node.selection_set is not None and parent is self.schema.query_type:
            asked = self.selections(node.selection_set, self.schema.get_type(ASKING[name])).cost
            return Measure(1, 1 + asked * KNOWING // _all_there_is(self.schema))
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
            rows = _rows_of(self.schema).get(name, USUAL) if parent is not None and parent.name in OF_TYPES else USUAL
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


@lru_cache(maxsize=4)
def _rows_of(schema: GraphQLSchema) -> Mapping[str, int]:
    """How many rows the lists have by which a schema tells of itself: there are as many types and directives as there are, of the rest so many on average."""
    kinds = list(schema.type_map.values())
    fields = [field for kind in kinds if is_object_type(kind) or is_interface_type(kind) for field in kind.fields.values()]
    inputs = sum(len(kind.fields) for kind in kinds if is_input_object_type(kind))
    values = sum(len(kind.values) for kind in kinds if is_enum_type(kind))
    among = {"fields": len(fields), "inputFields": inputs, "enumValues": values, "interfaces": 0, "possibleTypes": len(kinds)}
    rows = {name: -(-total // len(kinds)) or 1 for name, total in among.items()}
    arguments = sum(len(field.args) for field in fields)
    return rows | {"types": len(kinds), "directives": len(schema.directives), "args": -(-arguments // max(1, len(fields)))}


@lru_cache(maxsize=4)
def _all_there_is(schema: GraphQLSchema) -> int:
    """What the query would cost by which tools get to know a schema, counted as anything else."""
    query = get_introspection_query(
        descriptions=True, specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    found = measuring(parse(query), schema)
    (operation,) = (one for one in parse(query).definitions if isinstance(one, OperationDefinitionNode))
    (asked,) = (one for one in operation.selection_set.selections if isinstance(one, FieldNode) and one.selection_set is not None)
    return found.selections(asked.selection_set or operation.selection_set, schema.get_type(ASKING["__schema"])).cost


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
