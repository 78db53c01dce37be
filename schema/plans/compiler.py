"""From a valid document to plain code.

What a client writes never becomes source text: names of the document (aliases above all) are constants that the source refers to by number. The source has
only names of Python attributes of our own types in it.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_argument_values,
    get_variable_values,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from schema.batches import batch_of
from schema.context import Context
from schema.plans.running import Finish, PlanInfo, Run, Unusual

MOST_FIELDS = 2_000
"""Fields of a plan, with a field counted wherever a fragment repeats it; what is longer is left to the engine."""


class NotPlannable(Exception):
    """A document that is left to the engine, for a reason in words."""


@dataclass(frozen=True)
class _Call:
    """A field with arguments: what the engine would work out before it calls the resolver."""

    definition: GraphQLField
    details: FieldDetails
    ours: StrawberryField


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A compiled operation."""

    schema: Schema
    operation: OperationDefinitionNode
    fields: frozenset[tuple[str, str]]
    """Fields with code of their own that it calls, by type and name."""
    _start: Callable[[object, Run], dict[str, Any]]
    _calls: tuple[_Call, ...]
    _fixed: tuple[Mapping[str, Any], ...] | None
    """The arguments of all calls, where no variable changes them."""

    async def run(self, context: Context, variables: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
        """The answer's data and how many values it has. Raises :class:`Unusual`, or whatever a resolver raised; then the engine has to execute it."""
        arguments = self._fixed
        if arguments is None:
            arguments = _arguments(self.schema, self._calls, _coerced(self.schema, self.operation, variables))
        run = Run(context, arguments)
        try:
            data = self._start(None, run)
            await run.settle()
        except BaseException:
            run.give_up()
            raise
        return data, run.values


def compile_operation(schema: Schema, document: DocumentNode, *, name: str | None) -> Plan:
    """A plan for one query of a document that is valid. Raises :class:`NotPlannable`."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    chosen = [one for one in operations if name is None or (one.name is not None and one.name.value == name)]
    if len(chosen) != 1:
        raise NotPlannable("it is not clear which operation is meant")
    (operation,) = chosen
    if operation.operation is not OperationType.QUERY:
        raise NotPlannable("only queries can be executed twice")
    _refuse_directives(document)
    return _Compiler(schema, document, operation).plan()


def _refuse_directives(document: DocumentNode) -> None:
    class Finder(Visitor):
        def enter_directive(self, *_: object) -> None:
            raise NotPlannable("directives are the engine's")

    visit(document, Finder())


def _coerced(schema: Schema, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> VariableValues:
    found = get_variable_values(schema._schema, operation.variable_definitions or (), dict(variables))  # noqa: SLF001 - Strawberry's only way to it
    if isinstance(found, list):
        raise Unusual
    return found


def _arguments(schema: Schema, calls: tuple[_Call, ...], values: VariableValues) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        convert_arguments(
            get_argument_values(call.definition, call.details.node, values, call.details.fragment_variable_values),
            call.ours.arguments,
            scalar_registry=schema.schema_converter.scalar_registry,
            config=schema.config,
        )
        for call in calls
    )


def _is_variable(calls: tuple[_Call, ...]) -> bool:
    found: list[VariableNode] = []

    class Finder(Visitor):
        def enter_variable(self, node: VariableNode, *_: object) -> None:
            found.append(node)

    for call in calls:
        for argument in call.details.node.arguments or ():
            visit(argument, Finder())
    return bool(found)


@dataclass
class _Compiler:
    """Writes one plan."""

    schema: Schema
    document: DocumentNode
    operation: OperationDefinitionNode
    names: dict[str, Any] = field(default_factory=lambda: {"Unusual": Unusual})
    source: list[str] = field(default_factory=list)
    calls: list[_Call] = field(default_factory=list)
    called: set[tuple[str, str]] = field(default_factory=set)
    count: int = 0

    def plan(self) -> Plan:
        core = self.schema._schema  # noqa: SLF001 - Strawberry's only way to it
        fragments = {one.name.value: FragmentDetails(one) for one in self.document.definitions if isinstance(one, FragmentDefinitionNode)}
        self.fragments, self.none = fragments, VariableValues({}, {})
        root = core.query_type
        assert root is not None  # noqa: S101 - ours has one
        start = self._function(root, collect_fields(core, fragments, self.none, root, self.operation).grouped_field_set)
        namespace = self.names
        exec(compile("\n".join(self.source), "<plan>", "exec"), namespace)  # noqa: S102 # nosec B102 - made of our own names and numbers only
        calls = tuple(self.calls)
        fixed = None if _is_variable(calls) else _arguments(self.schema, calls, self.none)
        return Plan(schema=self.schema, operation=self.operation, fields=frozenset(self.called), _start=namespace[start], _calls=calls, _fixed=fixed)

    # ------------------------------------------------------------------------------------------------------------- names

    def _name(self, letter: str, value: Any = None) -> str:  # noqa: ANN401 - anything can be a constant
        self.count += 1
        name = f"{letter}{self.count}"
        if value is not None:
            self.names[name] = value
        return name

    # ------------------------------------------------------------------------------------------------------------- selections

    def _function(self, kind: GraphQLObjectType, grouped: Mapping[str, list[FieldDetails]]) -> str:
        """A function that fills one selection of one type; its name."""
        name = self._name("f")
        before: list[str] = []
        entries: list[str] = []
        after: list[str] = []
        for key, details in grouped.items():
            if self.count > MOST_FIELDS:
                raise NotPlannable("it is too long")
            constant = self._name("k", key)
            entries.append(f"{constant}: {self._field(kind, constant, details, before, after)}")
        lines = [f"def {name}(s, run):", *before, f"    run.values += {len(entries)}", f"    o = {{{', '.join(entries)}}}", *after, "    return o"]
        self.source += lines
        return name

    def _field(self, kind: GraphQLObjectType, constant: str, details: list[FieldDetails], before: list[str], after: list[str]) -> str:
        """The expression for one field; statements that it needs before and after go into the lists."""
        name = details[0].node.name.value
        if name == "__typename":
            return self._name("c", kind.name)
        definition = kind.fields.get(name)
        if definition is None or name.startswith("__"):
            raise NotPlannable("introspection is the engine's")
        ours = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if not isinstance(ours, StrawberryField) or ours.extensions or ours.permission_classes:
            raise NotPlannable("a field with extensions is the engine's")
        value = self._name("v")
        if ours.base_resolver is None:
            if not ours.python_name.isidentifier() or keyword.iskeyword(ours.python_name):
                raise NotPlannable("an attribute with an odd name")
            before.append(f"    {value} = s.{ours.python_name}")
            return self._complete(value, definition.type, details)
        self.called.add((kind.name, name))
        finish = self._finisher(definition.type, details)
        together = batch_of(ours)
        if together is not None and not ours.arguments:
            after.append(f"    run.together({self._name('b', together)}, s, {finish}, o, {constant})")
            return "None"
        call = self._call(definition, details[0], ours)
        if ours.is_async:
            after.append(f"    run.later({call}, {finish}, o, {constant})")
            return "None"
        before += [f"    {value} = {call}", f"    if {self._name('a', isawaitable)}({value}): raise Unusual"]
        return f"{finish}({value}, run)"

    def _call(self, definition: GraphQLField, details: FieldDetails, ours: StrawberryField) -> str:
        resolver = ours.base_resolver
        assert resolver is not None  # noqa: S101 - asked before
        given: list[str] = []
        if resolver.self_parameter:
            given.append("s")
        given += [f"{one.name}=s" for one in (resolver.parent_parameter, resolver.root_parameter) if one]
        if resolver.info_parameter:
            given.append(f"{resolver.info_parameter.name}=run.info")
        if ours.arguments:
            given.append(f"**run.arguments[{len(self.calls)}]")
            self.calls.append(_Call(definition, details, ours))
        return f"{self._name('r', resolver.wrapped_func)}({', '.join(given)})"

    # ------------------------------------------------------------------------------------------------------------- values

    def _finisher(self, kind: GraphQLOutputType, details: list[FieldDetails]) -> str:
        """The name of a function of a value and the run that completes the value."""
        name = self._name("d")
        self.source += [f"def {name}(v, run):", f"    return {self._complete('v', kind, details)}"]
        return name

    def _complete(self, value: str, kind: GraphQLOutputType, details: list[FieldDetails]) -> str:
        """The expression that completes the value in a variable."""
        if is_non_null_type(kind):
            inner = self._present(value, kind.of_type, details)
            return f"{inner} if {value} is not None else {self._name('u', _missing)}()"
        return f"None if {value} is None else {self._present(value, kind, details)}"

    def _present(self, value: str, kind: GraphQLOutputType, details: list[FieldDetails]) -> str:
        if is_list_type(kind):
            item = self._name("i")
            inner = self._complete(item, kind.of_type, details)
            return f"[{inner} for {item} in ({value} if {value}.__class__ is list or {value}.__class__ is tuple else {self._name('l', _listed)}({value}))]"
        if is_leaf_type(kind):
            return self._leaf(value, kind)
        if is_object_type(kind):
            return f"{self._object(kind, details)}({value}, run)"
        if is_interface_type(kind):
            return f"{self._interface(kind, details)}({value}, run)"
        raise NotPlannable("unions are the engine's")

    def _leaf(self, value: str, kind: GraphQLLeafType) -> str:
        ready = {"ID": "str", "String": "str", "Boolean": "bool"}.get(kind.name)
        serialize = self._name("z", _serializer(kind))
        return f"({value} if {value}.__class__ is {ready} else {serialize}({value}))" if ready else f"{serialize}({value})"

    def _object(self, kind: GraphQLObjectType, details: list[FieldDetails]) -> str:
        grouped = collect_subfields(self.schema._schema, self.fragments, self.none, self.operation, kind, details).grouped_field_set  # noqa: SLF001 - as above
        inner = self._function(kind, grouped)
        if kind.is_type_of is None:
            return inner
        name, check, known = self._name("f"), self._name("t", kind.is_type_of), self._name("y", _class_of(kind))
        # The engine looks for the type first as well; what is of another type is an error there.
        self.source += [f"def {name}(s, run):", f"    if s.__class__ is not {known} and not {check}(s, None): raise Unusual", f"    return {inner}(s, run)"]
        return name

    def _interface(self, kind: GraphQLInterfaceType, details: list[FieldDetails]) -> str:
        core = self.schema._schema  # noqa: SLF001 - as above
        possible = [(self._name("c", one.name), self._object(one, details)) for one in core.get_possible_types(kind)]
        table, name = self._name("m"), self._name("f")
        kinds = self._name("w", _type_name)
        self.source += [
            f"{table} = {{{', '.join(f'{known}: {function}' for known, function in possible)}}}",
            f"def {name}(s, run):",
            f"    g = {table}.get({kinds}(s))",
            "    if g is None: raise Unusual",
            "    return g(s, run)",
        ]
        return name


def _class_of(kind: GraphQLObjectType) -> type:
    """The class whose objects are of a type whatever the engine's own look at them would take."""
    found: type = kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].origin
    return found


def _missing() -> None:
    """A null where none may be."""
    raise Unusual


def _listed(value: object) -> list[Any]:
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise Unusual
    return list(value)


def _type_name(value: object) -> str:
    """The type of an object behind an interface; generic ones are left to the engine."""
    definition = getattr(type(value), "__strawberry_definition__", None)
    if definition is None or definition.is_graphql_generic:
        raise Unusual
    return str(definition.name)


def _serializer(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """What the engine does with a leaf: a value that it serializes to nothing is an error there."""
    serialize = kind.coerce_output_value

    def checked(value: object) -> object:
        found = serialize(value)
        if found is None:
            raise Unusual
        return found

    return checked


__all__ = ["Finish", "NotPlannable", "Plan", "PlanInfo", "compile_operation"]
