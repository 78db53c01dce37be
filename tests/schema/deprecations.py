"""Which changes of a schema its users were not told of in time: the rules of docs/api.md, *Deprecation*."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from graphql import (
    BreakingChangeType,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

TOLD_FOR = timedelta(days=183)
VERSIONS = 2
"""Minor versions that have to carry the mark."""


@dataclass(frozen=True)
class Release:
    """A schema as it was released."""

    version: tuple[int, ...]
    day: date
    schema: GraphQLSchema

    @classmethod
    def read(cls, path: Path) -> "Release":
        """From ``schema/released/VERSION.graphql``."""
        first, _, text = path.read_text().partition("\n")
        return cls(tuple(int(part) for part in path.stem.split(".")), date.fromisoformat(first.removeprefix("# ")), build_schema(text))


def marked(schema: GraphQLSchema) -> set[str]:
    """What is deprecated: ``Type.field``, ``Type.field(argument)``, ``Enum.VALUE``."""
    found: set[str] = set()
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                found |= {f"{kind.name}.{name}"} if field.deprecation_reason else set()
                found |= {f"{kind.name}.{name}({word})" for word, argument in field.args.items() if argument.deprecation_reason}
        elif isinstance(kind, GraphQLInputObjectType):
            found |= {f"{kind.name}.{name}" for name, one in kind.fields.items() if one.deprecation_reason}
        elif isinstance(kind, GraphQLEnumType):
            found |= {f"{kind.name}.{name}" for name, one in kind.values.items() if one.deprecation_reason}
    return found


_MAY_GO = {BreakingChangeType.FIELD_REMOVED, BreakingChangeType.ARG_REMOVED, BreakingChangeType.VALUE_REMOVED_FROM_ENUM, BreakingChangeType.TYPE_REMOVED}


def too_soon(releases: Sequence[Release], now: GraphQLSchema, *, today: date) -> list[str]:
    """What breaks users of the newest release and was not marked in time; nothing if nothing was released."""
    known = sorted(releases, key=lambda one: one.version)
    if not known:
        return []
    before = known[-1].schema
    gone = sorted(_names(before) - _names(now))
    told = {name: [one for one in known if name in marked(one.schema)] for name in gone}
    late = [name for name in gone if len({one.version[:2] for one in told[name]}) < VERSIONS or min(one.day for one in told[name]) > today - TOLD_FOR]
    other = [change.description for change in find_breaking_changes(before, now) if change.type not in _MAY_GO]
    return [f"{name} was removed and not marked for {VERSIONS} minor versions and {TOLD_FOR.days} days" for name in late] + other


def _names(schema: GraphQLSchema) -> set[str]:
    found: set[str] = set()
    for kind in schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            found |= {f"{kind.name}.{name}" for name in kind.fields}
            found |= {f"{kind.name}.{name}({word})" for name, field in kind.fields.items() for word in field.args}
        elif isinstance(kind, GraphQLInputObjectType):
            found |= {f"{kind.name}.{name}" for name in kind.fields}
        elif isinstance(kind, GraphQLEnumType):
            found |= {f"{kind.name}.{name}" for name in kind.values}
    return found
