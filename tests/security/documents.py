"""Documents for every field of the schema, made from the schema itself, so that a field that is added is tried too."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
)

from schema.schema import schema

ID_PLACE = "@id@"
SCALARS: dict[str, object] = {
    "ID": ID_PLACE,
    "String": "plain words",
    "Int": 5,
    "Float": 0.5,
    "Boolean": True,
    "DateTime": "2026-12-01T10:00:00+00:00",
    "Date": "2026-12-01",
    "Time": "10:00:00",
    "JSON": {},
}
DEPTH = 2


@dataclass(frozen=True)
class Document:
    """A document for one root field. ``variables`` hold :data:`ID_PLACE` wherever an id goes."""

    kind: str
    field: str
    text: str
    variables: dict[str, object]

    @property
    def takes_ids(self) -> bool:
        return ID_PLACE in repr(self.variables)

    def filled(self, value: str) -> dict[str, object]:
        """The variables with an id in every place for one."""
        found = _filled(self.variables, value)
        assert isinstance(found, dict)
        return found

    def __str__(self) -> str:
        return f"{self.kind} {self.field}"


def _filled(data: object, value: str) -> object:
    if isinstance(data, dict):
        return {key: _filled(one, value) for key, one in data.items()}
    if isinstance(data, list):
        return [_filled(one, value) for one in data]
    return value if data == ID_PLACE else data


def _has_id(kind: GraphQLInputType, seen: frozenset[str] = frozenset()) -> bool:
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType) and named.name not in seen:
        return any(_has_id(one.type, seen | {named.name}) for one in named.fields.values())
    return named.name == "ID"


def _value(kind: GraphQLInputType, seen: frozenset[str] = frozenset()) -> object:
    if isinstance(kind, GraphQLNonNull):
        return _value(kind.of_type, seen)
    if isinstance(kind, GraphQLList):
        return [_value(kind.of_type, seen)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        below = seen | {kind.name}
        return {name: _value(one.type, below) for name, one in kind.fields.items() if _is_given(one, seen)}
    return SCALARS[get_named_type(kind).name]


def _is_given(one: GraphQLArgument | GraphQLInputField, seen: frozenset[str] = frozenset()) -> bool:
    required = is_required_argument(one) if isinstance(one, GraphQLArgument) else is_required_input_field(one)
    named = get_named_type(one.type)
    return required or (named.name not in seen and _has_id(one.type))


def _selection(kind: GraphQLOutputType, depth: int) -> str:
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if is_union_type(named) or not (is_object_type(named) or is_interface_type(named)):
        return "{ __typename }"
    parts = ["__typename"]
    for name, one in named.fields.items():
        if any(is_required_argument(argument) for argument in one.args.values()):
            continue
        if is_leaf_type(get_named_type(one.type)):
            parts.append(name)
        elif depth > 1:
            parts.append(f"{name} {_selection(one.type, depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def document(kind: str, name: str, field: GraphQLField, *, depth: int = DEPTH) -> Document:
    """The document for a root field: every required argument, and every one that takes an id."""
    given = {key: one for key, one in field.args.items() if _is_given(one)}
    head = ", ".join(f"${key}: {one.type}" for key, one in given.items())
    call = ", ".join(f"{key}: ${key}" for key in given)
    text = f"{kind} {f'({head}) ' if head else ''}{{ {name}{f'({call})' if call else ''} {_selection(field.type, depth)} }}"
    return Document(kind, name, text, {key: _value(one.type) for key, one in given.items()})


def documents(*kinds: str, depth: int = DEPTH) -> Iterator[Document]:
    """A document for every root field of these kinds of operation."""
    roots: dict[str, GraphQLObjectType | None] = {
        "query": schema._schema.query_type,
        "mutation": schema._schema.mutation_type,
        "subscription": schema._schema.subscription_type,
    }
    for kind in kinds:
        root = roots[kind]
        assert root is not None
        for name, field in root.fields.items():
            yield document(kind, name, field, depth=depth)


def node_names() -> list[str]:
    """The types that have ids."""
    node = schema._schema.get_type("Node")
    assert is_interface_type(node)
    return sorted(one.name for one in schema._schema.get_implementations(node).objects)
