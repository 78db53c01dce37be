"""Random valid queries over the whole schema."""

from collections.abc import Mapping
from random import Random

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_required_argument,
)

from schema.schema import schema

CORE = schema._schema
MOST = 6
"""Fields of one selection at most."""


def _value(argument: GraphQLArgument, ids: list[str], random: Random) -> str | None:
    named = get_named_type(argument.type)
    if is_list_type(get_nullable_type(argument.type)):
        return None
    if isinstance(named, GraphQLEnumType):
        return str(random.choice(sorted(named.values)))
    found = {
        "Int": [str(one) for one in range(1, 26)],
        "String": ['"pricing"', '"a"', '""'],
        "Boolean": ["true", "false"],
        "ID": [f'"{one}"' for one in ids],
        "Float": ["0.5"],
    }.get(named.name)
    return None if found is None else random.choice(found)


def _arguments(definition: GraphQLField, ids: list[str], random: Random) -> str | None:
    given: dict[str, str] = {}
    for name, argument in definition.args.items():
        if not is_required_argument(argument) and random.random() < 0.5:
            continue
        value = _value(argument, ids, random) if name != "after" else None
        if value is not None:
            given[name] = value
        elif is_required_argument(argument):
            return None
    return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""


def _named(kind: GraphQLNamedType) -> Mapping[str, GraphQLField]:
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    found: Mapping[str, GraphQLField] = kind.fields
    return found


def _selection(kind: GraphQLNamedType, ids: list[str], depth: int, random: Random, *, most: int = MOST) -> str:
    fields = _named(kind)
    possible = [name for name, one in fields.items() if depth or is_leaf_type(get_named_type(one.type))]
    chosen = random.sample([*possible, "__typename"], min(random.randint(1, most), len(possible) + 1))
    parts: list[str] = []
    for name in chosen:
        if name == "__typename":
            parts.append(name)
            continue
        arguments = _arguments(fields[name], ids, random)
        if arguments is None:
            continue
        named = get_named_type(fields[name].type)
        alias = random.choice(["", "", "", f"other_{name}: "])
        inner = "" if is_leaf_type(named) else f" {_selection(named, ids, depth - 1, random)}"
        parts.append(f"{alias}{name}{arguments}{inner}")
    if is_interface_type(kind):
        other = random.choice(sorted(CORE.get_possible_types(kind), key=lambda one: one.name))
        parts.append(f"... on {other.name} {_selection(other, ids, max(0, depth - 1), random)}")
    if is_object_type(kind) and random.random() < 0.2:
        parts.append(f"... on {kind.name} {_selection(kind, ids, 0, random)}")
    return f"{{ {' '.join(parts or ['__typename'])} }}"


def random_query(random: Random, ids: list[str]) -> str:
    """A query that is valid, but for fields that meet under one name with different arguments."""
    assert CORE.query_type is not None
    # One or two roots: among many, one that the reader may not ask for would spoil almost every query.
    return f"query {_selection(CORE.query_type, ids, 4, random, most=2)}"
