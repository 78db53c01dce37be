"""Which documents have a plan."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, NoSchemaIntrospectionCustomRule, parse, specified_rules, validate
from strawberry import Schema

from schema import limits, trusted
from schema.cost import operation_cost
from schema.plans.compiler import NotPlannable, Plan, compile_operation
from schema.remembering import holds_words

KEPT = 256
"""Documents that are remembered at most; the one that was sent longest ago goes first."""
SIGHTINGS = 3
"""How often a document must come before the work of compiling it is worth it. One that is trusted is compiled at once."""
COSTS = 32
"""Sets of variables whose cost is remembered, for each plan."""


@dataclass(kw_only=True)
class Prepared:
    """A document with its plan."""

    plan: Plan
    trusted: bool
    _document: DocumentNode
    _name: str | None
    _schema: Schema
    _costs: dict[bytes, int] = field(default_factory=dict)

    def cost(self, variables: Mapping[str, Any], key: bytes) -> int:
        """The most that the operation can cost; ``key`` are the variables as bytes."""
        # Variables may be somebody's words, so that only a hash of them is kept.
        key = blake2b(key, digest_size=16).digest()
        known = self._costs.get(key)
        if known is None:
            if len(self._costs) >= COSTS:
                self._costs.clear()
            core = self._schema._schema  # noqa: SLF001 - Strawberry's only way to it
            known = self._costs[key] = operation_cost(self._document, core, name=self._name, variables=variables)
        return known


class Plans:
    """Plans of one schema, by text and name of the operation."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._known: OrderedDict[tuple[str, str | None], Prepared | int | None] = OrderedDict()

    def find(self, text: str, name: str | None) -> Prepared | None:
        """What was prepared for a document. ``None`` while it has not come often enough, and for ever if it is left to the engine."""
        if holds_words(text):
            return None
        key = text, name
        known = self._known.get(key, 0)
        if key in self._known:
            self._known.move_to_end(key)
        elif len(self._known) >= KEPT:
            self._known.popitem(last=False)
        if isinstance(known, int):
            safe = trusted.document_hash(text) in trusted.documents()
            known = known + 1 if known + 1 < SIGHTINGS and not safe else self._prepare(text, name, safe=safe)
            self._known[key] = known
        return known if isinstance(known, Prepared) else None

    def _prepare(self, text: str, name: str | None, *, safe: bool) -> Prepared | None:
        if len(text) > limits.MAX_CHARACTERS:
            return None
        try:
            document = parse(text, max_tokens=limits.MAX_TOKENS)
            core = self._schema._schema  # noqa: SLF001 - Strawberry's only way to it
            if validate(core, document, [*specified_rules, *limits.RULES, NoSchemaIntrospectionCustomRule], max_errors=1):
                return None
            plan = compile_operation(self._schema, document, name=name)
        except (GraphQLError, NotPlannable, RecursionError):
            return None
        return Prepared(plan=plan, trusted=safe, _document=document, _name=name, _schema=self._schema)


def variables_key(variables: Mapping[str, Any]) -> bytes:
    """Variables as bytes, the same for the same values."""
    return orjson.dumps(variables, option=orjson.OPT_SORT_KEYS) if variables else b""
